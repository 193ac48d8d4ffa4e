// Stages that suspend a case, and deadlines that are put aside, taken up again, counted anew and
// run side by side. With a guest of its own, as small as a guest can be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/decide.h"
#include "engine/core/evolve.h"

namespace apdr::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A command "ask" makes the event "Ask"; both say what they are about.
struct Word final : Payload {
  Word(std::string word, std::string about) : name(std::move(word)), subject(std::move(about)) {}
  [[nodiscard]] std::string_view type() const override { return name; }
  std::string name;
  std::string subject;
};

struct Nothing final : DomainState {
  [[nodiscard]] std::unique_ptr<DomainState> Clone() const override {
    return std::make_unique<Nothing>();
  }
};

constexpr int kDays = 10;

std::optional<std::string> AboutWhat(const TimerInput& input) {
  const std::string& subject = static_cast<const Word&>(*input.event.payload).subject;
  return subject.empty() ? std::nullopt : std::optional(subject);
}

Deadline DueAfter(Date from, int days) {
  return {.timer = "A",
          .due_on = from + days,
          .fires_on = from + days,
          .level = 0,
          .reminder = false,
          .past_when_recorded = false,
          .explanation = {},
          .subject = {},
          .days_counted = static_cast<std::uint32_t>(days),
          .counted_from = from};
}

class Visit final : public DomainModule {
 public:
  Visit() {
    definition_.name = "visit";
    definition_.policy = "p@1";
    definition_.zone = absl::UTCTimeZone();
    definition_.stages = {{"new", "New"},
                          {"here", "Here"},
                          {"busy", "Busy"},
                          {"away", "Away", /*suspends=*/true},
                          {"shut", "Shut", /*suspends=*/true, /*closed=*/true}};
    definition_.transitions = {{"new", "Come", "here"},   {"here", "Work", "busy"},
                               {"here", "Leave", "away"}, {"busy", "Leave", "away"},
                               {"away", "Return", kBack}, {"here", "Shut", "shut"},
                               {"away", "Shut", "shut"},  {"shut", "Open", kBack}};
    for (const char* word : {"Come", "Work", "Leave", "Return", "Shut", "Open", "Ask", "Answer"}) {
      definition_.events.emplace_back(word);
      CommandSpec spec{.type = word, .title = word, .stages = {}, .roles = {}};
      spec.opens_case = std::string_view(word) == "Come";
      if (std::string_view(word) == "Open") spec.stages = {"shut"};
      definition_.commands.push_back(std::move(spec));
    }
    definition_.events.emplace_back("Late");
    TimerSpec timer;
    timer.id = "A";
    timer.starts_on = {"Ask"};
    timer.stops_on = {"Answer"};
    timer.pauses_on = {"Shut"};
    timer.resumes_on = {"Open"};
    timer.recounts_on = {"Return"};
    timer.emits = "Late";
    timer.subject = AboutWhat;
    timer.start = [](const TimerInput& input) {
      Deadline deadline = DueAfter(input.event.occurred_on, kDays);
      deadline.subject = AboutWhat(input).value_or("");
      return std::vector<Deadline>{deadline};
    };
    timer.recount = [](const Deadline& deadline, const TimerInput&) {
      Deadline counted = DueAfter(deadline.counted_from, 2 * kDays);
      counted.subject = deadline.subject;
      return counted;
    };
    timer.fire = [](const Deadline& deadline, const State&) {
      return std::make_shared<Word>("Late", deadline.subject);
    };
    definition_.timers.push_back(std::move(timer));
  }

  [[nodiscard]] const Definition& definition() const override { return definition_; }
  [[nodiscard]] std::variant<std::vector<PayloadPtr>, Rejection> Decide(
      const RuleInput& input) const override {
    return std::vector<PayloadPtr>{input.command.payload};
  }
  void Evolve(DomainState&, const Event&) const override {}
  [[nodiscard]] std::vector<std::string> UniqueKeys(const State&, const Payload&) const override {
    return {};
  }
  [[nodiscard]] CaseFacts Facts(const State&) const override { return {}; }
  [[nodiscard]] std::string SaveState(const DomainState&) const override { return {}; }
  [[nodiscard]] absl::StatusOr<std::unique_ptr<DomainState>> LoadState(
      std::string_view) const override {
    return std::make_unique<Nothing>();
  }

 private:
  Definition definition_;
};

const Date kMonday(2026, 3, 2);

class SuspensionTest : public ::testing::Test {
 protected:
  // "accepted" or the code of the rejection.
  std::string Send(const std::string& word, Date on = kMonday, std::string about = {}) {
    const Command command{.payload = std::make_shared<Word>(word, std::move(about)),
                          .occurred_on = on,
                          .expected = AnyVersion{},
                          .departures = {}};
    const Context context{.now = absl::FromCivil(on, absl::UTCTimeZone()) + absl::Hours(12),
                          .today = on,
                          .actor = {},
                          .key_holders = {}};
    const Decision decision = Decide(workflow, state, command, context);
    if (const auto* rejection = std::get_if<Rejection>(&decision)) return rejection->code();
    for (const Event& event : std::get<std::vector<Event>>(decision)) {
      Evolve(workflow, state, event);
    }
    return "accepted";
  }

  // "x 2026-03-12" of what runs.
  [[nodiscard]] std::vector<std::string> Running() const {
    std::vector<std::string> running;
    for (const auto& [key, deadline] : state.deadlines) {
      running.push_back(deadline.deadline.subject + " " + FormatDate(deadline.deadline.due_on));
    }
    return running;
  }

  [[nodiscard]] std::string Stage() const { return workflow.StageAt(state.stage).name; }

  Visit module;
  Workflow workflow{module};
  State state = workflow.NewState();
};

TEST_F(SuspensionTest, ASuspendedCaseGoesBackToTheStageInWhichItWas) {
  for (const char* word : {"Come", "Work", "Leave"}) ASSERT_EQ(Send(word), "accepted");
  EXPECT_EQ(Stage(), "away");
  ASSERT_EQ(Send("Return"), "accepted");
  EXPECT_EQ(Stage(), "busy");
}

TEST_F(SuspensionTest, OneSuspensionMayStandInAnother) {
  for (const char* word : {"Come", "Work", "Leave", "Shut"}) ASSERT_EQ(Send(word), "accepted");
  ASSERT_EQ(Send("Open"), "accepted");
  EXPECT_EQ(Stage(), "away");
  ASSERT_EQ(Send("Return"), "accepted");
  EXPECT_EQ(Stage(), "busy");
}

TEST_F(SuspensionTest, AClosedStageAdmitsOnlyWhatNamesIt) {
  for (const char* word : {"Come", "Shut"}) ASSERT_EQ(Send(word), "accepted");
  EXPECT_EQ(Send("Ask"), "STAGE_ORDER");
  EXPECT_EQ(Send("Open"), "accepted");
}

TEST_F(SuspensionTest, AReturnThatNothingPrecededLeavesTheCaseWhereItIs) {
  const Event event{.payload = std::make_shared<Word>("Return", ""),
                    .occurred_on = kMonday,
                    .policy = "p@1",
                    .departures = {},
                    .warnings = {},
                    .deadlines_started = {},
                    .deadlines_stopped = {},
                    .deadline_fired = {}};
  state.stage = 3;  // Away, folded without the event that led there.
  Evolve(workflow, state, event);
  EXPECT_EQ(Stage(), "away");
}

TEST_F(SuspensionTest, DeadlinesRunSideBySideAndStopBySubject) {
  Send("Come");
  Send("Ask", kMonday, "x");
  Send("Ask", kMonday + 1, "y");
  EXPECT_THAT(Running(), ElementsAre("x 2026-03-12", "y 2026-03-13"));
  Send("Answer", kMonday + 2, "x");
  EXPECT_THAT(Running(), ElementsAre("y 2026-03-13"));
}

TEST_F(SuspensionTest, AnEventWithoutASubjectStopsAllOfThem) {
  Send("Come");
  Send("Ask", kMonday, "x");
  Send("Ask", kMonday, "y");
  Send("Answer", kMonday + 2);
  EXPECT_THAT(Running(), IsEmpty());
}

TEST_F(SuspensionTest, DeadlinesPutAsideAreTakenUpAgainAsTheyWere) {
  Send("Come");
  Send("Ask", kMonday, "x");
  Send("Shut", kMonday + 1);
  EXPECT_THAT(Running(), IsEmpty());
  Send("Open", kMonday + 30);
  EXPECT_THAT(Running(), ElementsAre("x 2026-03-12"));
}

TEST_F(SuspensionTest, DeadlinesAreCountedAnewFromWhereTheyWereCountedFrom) {
  Send("Come");
  Send("Ask", kMonday, "x");
  Send("Leave", kMonday + 1);
  Send("Return", kMonday + 2);
  EXPECT_THAT(Running(), ElementsAre("x 2026-03-22"));
}

}  // namespace
}  // namespace apdr::core
