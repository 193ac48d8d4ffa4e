#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/domain_module.h"
#include "tests/support/library_loan_domain/library_loan.pb.h"

namespace apdr::testing {

// The second guest of the engine: a library lends one item to one borrower.
//
//   stages    none -> lent -> returned, lent -> lost -> returned
//   rules     SLIP_TAKEN integrity, LOAN_TOO_SHORT integrity and wrong in any state (a loan of one
//   day),
//             OTHER_BRANCH must, before the stage; OVERDUE_NOT_RENEWED must;
//             RENEWALS_USED_UP should (a must in branch STRICT), NOTE_WITHOUT_LOSS should,
//             RETURNED_LATE warning, NOTE_ON_NOTHING warning (a note on a loan that is not there)
//   timers    D1 reminders 5 and 2 days before the due date; D2 overdue, levels 1 and 2 (1 and 8
//   days
//             after it); D3 fee for a lost item, 30 days, stopped by a note that settles it
class LibraryLoanModule final : public core::DomainModule {
 public:
  LibraryLoanModule();

  [[nodiscard]] const core::Definition& definition() const override { return definition_; }
  [[nodiscard]] std::variant<std::vector<core::PayloadPtr>, core::Rejection> Decide(
      const core::RuleInput& input) const override;
  void Evolve(core::DomainState& state, const core::Event& event) const override;
  [[nodiscard]] std::vector<std::string> UniqueKeys(const core::State& state,
                                                    const core::Payload& command) const override;
  [[nodiscard]] bool HoldsKey(const core::State& state, const std::string& key) const override;
  // A note whose text is a case id looks at that loan.
  [[nodiscard]] std::vector<CaseId> CasesRead(const core::State& state,
                                              const core::Payload& command) const override;
  [[nodiscard]] core::PayloadPtr Blank(std::string_view type) const override;
  [[nodiscard]] core::CaseFacts Facts(const core::State& state) const override;
  [[nodiscard]] std::string SaveState(const core::DomainState& state) const override;
  [[nodiscard]] absl::StatusOr<std::unique_ptr<core::DomainState>> LoadState(
      std::string_view bytes) const override;

 private:
  core::Definition definition_;
};

// The guest's state inside a core::State.
[[nodiscard]] const library::v1::LoanState& LoanOf(const core::State& state);

// The declaration, for tests that change a copy of it.
[[nodiscard]] core::Definition LibraryLoanDefinition();

}  // namespace apdr::testing
