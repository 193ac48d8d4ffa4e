#include "engine/core/workflow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/library_loan_domain/library_loan_domain.h"

namespace apdr::core {
namespace {

using apdr::testing::LibraryLoanDefinition;
using apdr::testing::LibraryLoanModule;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kRenew = "apdr.testing.library.v1.RenewLoan";
constexpr std::string_view kLost = "apdr.testing.library.v1.ItemReportedLost";

// The library loan with another declaration.
class AlteredModule final : public DomainModule {
 public:
  explicit AlteredModule(Definition definition) : definition_(std::move(definition)) {}
  [[nodiscard]] const Definition& definition() const override { return definition_; }
  [[nodiscard]] std::variant<std::vector<PayloadPtr>, Rejection> Decide(
      const RuleInput& input) const override {
    return library_.Decide(input);
  }
  void Evolve(DomainState& state, const Event& event) const override {
    library_.Evolve(state, event);
  }
  [[nodiscard]] std::vector<std::string> UniqueKeys(const State& state,
                                                    const Payload& command) const override {
    return library_.UniqueKeys(state, command);
  }
  [[nodiscard]] CaseFacts Facts(const State& state) const override { return library_.Facts(state); }
  [[nodiscard]] std::string SaveState(const DomainState& state) const override {
    return library_.SaveState(state);
  }
  [[nodiscard]] absl::StatusOr<std::unique_ptr<DomainState>> LoadState(
      std::string_view bytes) const override {
    return library_.LoadState(bytes);
  }

 private:
  LibraryLoanModule library_;
  Definition definition_;
};

void Compile(Definition definition) {
  const AlteredModule module(std::move(definition));
  const Workflow workflow(module);
}

std::vector<std::string> Codes(const std::vector<const Rule*>& rules) {
  std::vector<std::string> codes;
  for (const Rule* rule : rules) codes.push_back(rule->code);
  return codes;
}

TEST(Workflow, FindsCommandsWithTheirRulesInRegistryOrder) {
  const LibraryLoanModule module;
  const Workflow workflow(module);
  const Workflow::CompiledCommand* renew = workflow.FindCommand(kRenew);
  ASSERT_NE(renew, nullptr);
  EXPECT_THAT(Codes(renew->rules),
              ElementsAre("OTHER_BRANCH", "OVERDUE_NOT_RENEWED", "RENEWALS_USED_UP"));
  EXPECT_THAT(renew->admitted, ElementsAre(false, true, false, false));
}

TEST(Workflow, FindsNothingThatIsNotDeclared) {
  const LibraryLoanModule module;
  const Workflow workflow(module);
  EXPECT_EQ(workflow.FindCommand("apdr.testing.library.v1.BurnBooks"), nullptr);
  EXPECT_EQ(workflow.FindRule("NO_BURNING"), nullptr);
  EXPECT_EQ(workflow.FindTimer("D9"), nullptr);
  EXPECT_FALSE(workflow.HasEvent(kRenew));
}

TEST(Workflow, KnowsWhichTimersAnEventTouches) {
  const LibraryLoanModule module;
  const Workflow workflow(module);
  std::vector<std::string> ids;
  for (const TimerSpec* timer : workflow.TimersTouchedBy(kLost)) ids.push_back(timer->id);
  EXPECT_THAT(ids, ElementsAre("D1", "D2", "D3"));
}

TEST(Workflow, StartsACaseInTheFirstStage) {
  const LibraryLoanModule module;
  const Workflow workflow(module);
  const State state = workflow.NewState();
  EXPECT_EQ(workflow.StageAt(state.stage).name, "none");
  EXPECT_EQ(state.version, CaseVersion(0));
  EXPECT_THAT(state.deadlines, IsEmpty());
}

TEST(WorkflowDeathTest, RefusesATransitionToAStageThatIsNotDeclared) {
  Definition definition = LibraryLoanDefinition();
  definition.transitions[0].to = "burnt";
  EXPECT_DEATH(Compile(definition), "found != stages.end");
}

TEST(WorkflowDeathTest, RefusesATransitionOnAnEventThatIsNotDeclared) {
  Definition definition = LibraryLoanDefinition();
  definition.transitions[0].event = "Burnt";
  EXPECT_DEATH(Compile(definition), "event != events_.end");
}

TEST(WorkflowDeathTest, RefusesARuleThatGuardsNoCommand) {
  Definition definition = LibraryLoanDefinition();
  definition.rules[0].guards = {"BurnBooks"};
  EXPECT_DEATH(Compile(definition), "commands_.contains");
}

TEST(WorkflowDeathTest, RefusesARuleWithoutACheck) {
  Definition definition = LibraryLoanDefinition();
  definition.rules[0].check = nullptr;
  EXPECT_DEATH(Compile(definition), "rule.check");
}

TEST(WorkflowDeathTest, RefusesATimerThatEmitsAnUndeclaredEvent) {
  Definition definition = LibraryLoanDefinition();
  definition.timers[0].emits = "Burnt";
  EXPECT_DEATH(Compile(definition), "HasEvent");
}

TEST(WorkflowDeathTest, RefusesACommandDeclaredTwice) {
  Definition definition = LibraryLoanDefinition();
  definition.commands.push_back(definition.commands[0]);
  EXPECT_DEATH(Compile(definition), "commands_.emplace");
}

}  // namespace
}  // namespace apdr::core
