#include "tests/support/library_loan_domain/library_loan_domain.h"

#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "engine/base/check.h"
#include "engine/base/date.h"
#include "engine/base/id_source.h"
#include "engine/codec/message_payload.h"

namespace apdr::testing {
namespace {

using codec::As;
using codec::MakePayload;
using codec::TryAs;
using core::PayloadPtr;
using library::v1::AddNote;
using library::v1::FeeOverdue;
using library::v1::ItemLent;
using library::v1::ItemReportedLost;
using library::v1::ItemReturned;
using library::v1::LendItem;
using library::v1::LoanMoved;
using library::v1::LoanOverdue;
using library::v1::LoanReminderIssued;
using library::v1::LoanRenewed;
using library::v1::LoanState;
using library::v1::MoveLoan;
using library::v1::NoteAdded;
using library::v1::RenewLoan;
using library::v1::ReportLost;
using library::v1::ReturnItem;

struct LoanDomainState final : core::DomainState {
  [[nodiscard]] std::unique_ptr<core::DomainState> Clone() const override {
    return std::make_unique<LoanDomainState>(*this);
  }
  LoanState loan;
};

Date DueOn(const core::State& state) {
  const std::optional<Date> due_on = ParseDate(LoanOf(state).due_on());
  APDR_CHECK(due_on.has_value());
  return *due_on;
}

std::vector<PayloadPtr> DecideLend(const LendItem& command, Date today) {
  ItemLent event;
  *event.mutable_item() = command.item();
  event.set_card(command.card());
  event.set_slip(command.slip());
  event.set_due_on(FormatDate(today + command.days()));
  event.set_branch_id(command.branch_id());
  event.set_region_id(command.region_id());
  return {MakePayload(std::move(event))};
}

std::vector<PayloadPtr> DecideRenew(const RenewLoan& command, const core::RuleInput& input) {
  const Date due_on = input.command.occurred_on + command.days();
  if (due_on <= DueOn(input.state)) return {};  // Already lent for as long.
  LoanRenewed event;
  event.set_due_on(FormatDate(due_on));
  return {MakePayload(std::move(event))};
}

// A lost item that comes back is first noted, so that one command makes two events.
std::vector<PayloadPtr> DecideReturn(const core::RuleInput& input, bool lost) {
  ItemReturned event;
  event.set_late(input.command.occurred_on > DueOn(input.state));
  std::vector<PayloadPtr> payloads;
  if (lost) {
    NoteAdded note;
    note.set_text("found again");
    payloads.push_back(MakePayload(std::move(note)));
  }
  payloads.push_back(MakePayload(std::move(event)));
  return payloads;
}

std::vector<PayloadPtr> DecideNote(const AddNote& command) {
  NoteAdded event;
  event.set_text(command.text());
  event.set_settles(command.settles());
  return {MakePayload(std::move(event))};
}

std::vector<PayloadPtr> DecideMove(const MoveLoan& command, const core::State& state) {
  if (command.branch_id() == LoanOf(state).branch_id()) return {};
  LoanMoved event;
  event.set_branch_id(command.branch_id());
  return {MakePayload(std::move(event))};
}

}  // namespace

LibraryLoanModule::LibraryLoanModule() : definition_(LibraryLoanDefinition()) {}

std::variant<std::vector<PayloadPtr>, core::Rejection> LibraryLoanModule::Decide(
    const core::RuleInput& input) const {
  const core::Payload& payload = *input.command.payload;
  if (const auto* lend = TryAs<LendItem>(payload)) {
    return DecideLend(*lend, input.command.occurred_on);
  }
  if (const auto* renew = TryAs<RenewLoan>(payload)) return DecideRenew(*renew, input);
  if (TryAs<ReturnItem>(payload) != nullptr) {
    return DecideReturn(input, definition_.stages.at(input.state.stage).name == "lost");
  }
  if (TryAs<ReportLost>(payload) != nullptr) {
    return std::vector<PayloadPtr>{MakePayload(ItemReportedLost())};
  }
  if (const auto* note = TryAs<AddNote>(payload)) return DecideNote(*note);
  return DecideMove(As<MoveLoan>(payload), input.state);
}

void LibraryLoanModule::Evolve(core::DomainState& state, const core::Event& event) const {
  LoanState& loan = static_cast<LoanDomainState&>(state).loan;
  const core::Payload& payload = *event.payload;
  if (const auto* lent = TryAs<ItemLent>(payload)) {
    loan.set_barcode(lent->item().barcode());
    loan.set_due_on(lent->due_on());
    loan.set_branch_id(lent->branch_id());
    loan.set_region_id(lent->region_id());
  } else if (const auto* renewed = TryAs<LoanRenewed>(payload)) {
    loan.set_due_on(renewed->due_on());
    loan.set_renewals(loan.renewals() + 1);
  } else if (TryAs<NoteAdded>(payload) != nullptr) {
    loan.set_notes(loan.notes() + 1);
  } else if (const auto* moved = TryAs<LoanMoved>(payload)) {
    loan.set_branch_id(moved->branch_id());
  } else if (TryAs<LoanReminderIssued>(payload) != nullptr) {
    loan.set_reminders(loan.reminders() + 1);
  }
}

std::vector<std::string> LibraryLoanModule::UniqueKeys(const core::State&,
                                                       const core::Payload& command) const {
  const auto* lend = TryAs<LendItem>(command);
  if (lend == nullptr) return {};
  return {"slip:" + lend->slip(), "slip:" + lend->slip()};  // Twice, as a guest may.
}

// A slip is free again when the item is back.
bool LibraryLoanModule::HoldsKey(const core::State& state, const std::string&) const {
  return definition_.stages.at(state.stage).name != "returned";
}

std::vector<CaseId> LibraryLoanModule::CasesRead(const core::State&,
                                                 const core::Payload& command) const {
  const auto* note = TryAs<AddNote>(command);
  if (note == nullptr || !IsUuid(note->text())) return {};
  return {CaseId(note->text())};
}

PayloadPtr LibraryLoanModule::Blank(std::string_view type) const {
  const google::protobuf::Message* prototype = codec::FindPrototype(type);
  if (prototype == nullptr) return nullptr;
  return codec::OwnPayload(std::unique_ptr<const google::protobuf::Message>(prototype->New()));
}

core::CaseFacts LibraryLoanModule::Facts(const core::State& state) const {
  const LoanState& loan = LoanOf(state);
  return {.cycle = loan.renewals() + 1,
          .setting_id = loan.branch_id(),
          .authority_id = loan.region_id(),
          .summary = MakePayload(LoanState(loan))};
}

std::string LibraryLoanModule::SaveState(const core::DomainState& state) const {
  return static_cast<const LoanDomainState&>(state).loan.SerializeAsString();
}

absl::StatusOr<std::unique_ptr<core::DomainState>> LibraryLoanModule::LoadState(
    std::string_view bytes) const {
  auto state = std::make_unique<LoanDomainState>();
  APDR_CHECK(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  if (!state->loan.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("Expected to load a loan, but the bytes are not one.");
  }
  return state;
}

const LoanState& LoanOf(const core::State& state) {
  return static_cast<const LoanDomainState&>(*state.domain).loan;
}

}  // namespace apdr::testing
