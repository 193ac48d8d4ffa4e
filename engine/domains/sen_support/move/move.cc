#include "engine/domains/sen_support/move/move.h"

#include <algorithm>
#include <array>

#include "apdr/sen/v1/governance.pb.h"
#include "engine/domains/sen_support/registration/registration.h"

namespace apdr::sen {
namespace {

bool IsAgreed(const v1::RecordSharing& sharing, Date on) {
  const std::optional<Date> agreed_on = ParseDate(sharing.on());
  return Includes(sharing.agreed_by(), IsParentOrYoungPerson) && (!agreed_on || *agreed_on <= on);
}

}  // namespace

void Evolve(CaseState& record, const v1::TransitionPlanned& event, Date occurred_on) {
  if (IsAgreed(event.transition().sharing(), occurred_on)) record.set_sharing_agreed(true);
}

Payloads Decide(const v1::TransferChild& command, const SenInput& input) {
  v1::ChildTransferredOut event;
  *event.mutable_transfer() = command.transfer();
  *event.mutable_from() = input.record.setting();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ChildTransferredOut& event, Date occurred_on) {
  record.set_transferred_out_on(FormatDate(occurred_on));
  record.clear_transferring_to();
  if (event.transfer().has_to()) *record.mutable_transferring_to() = event.transfer().to();
  record.clear_transfer_manifest_sha256();
}

void Evolve(CaseState& record, const v1::TransferPackageSent& event, Date) {
  record.set_transfer_manifest_sha256(event.package().manifest_sha256());
}

Payloads Decide(const v1::AcceptTransfer& command, const SenInput& input) {
  v1::ChildTransferredIn event;
  *event.mutable_acceptance() = command.acceptance();
  if (event.acceptance().calendar().empty()) {
    const std::string setting_id = SettingId(event.acceptance().setting());
    event.mutable_acceptance()->set_calendar(input.policy.CalendarOfSetting(setting_id));
  }
  *event.mutable_from() = input.record.setting();
  return Happened(std::move(event));
}

// The case goes on where it was, held by the new setting.
void Evolve(CaseState& record, const v1::ChildTransferredIn& event, Date) {
  const v1::TransferAcceptance& acceptance = event.acceptance();
  *record.mutable_setting() = acceptance.setting();
  record.set_calendar(acceptance.calendar());
  SetPlaces(acceptance, record);
  if (acceptance.has_responsible_teacher()) {
    *record.mutable_responsible_teacher() = acceptance.responsible_teacher();
  }
  record.clear_transferred_out_on();
  record.clear_transferring_to();
  record.clear_transfer_manifest_sha256();
  record.set_sharing_agreed(false);
}

void Evolve(CaseState& record, const v1::CaseClosed&, Date) { record.set_closed(true); }

void Evolve(CaseState& record, const v1::CaseReopened&, Date) { record.set_closed(false); }

// Agreed with this command, or when the transition was planned.
std::optional<Breach> SharingNotAgreed(const SenInput& input) {
  if (const auto* plan = input.TryCommand<v1::PlanTransition>()) {
    if (IsAgreed(plan->transition().sharing(), input.on())) return std::nullopt;
  } else {
    const v1::Transfer& transfer = input.command<v1::TransferChild>().transfer();
    if (input.record.sharing_agreed() || IsAgreed(transfer.sharing(), input.on())) {
      return std::nullopt;
    }
  }
  return Broken("neither a parent nor the young person has agreed to what is shared");
}

std::optional<Breach> CaseIsClosed(const SenInput& input) {
  static const std::array<std::string, 7> kAdmitted = {
      TypeOf<v1::ReopenCase>(),       TypeOf<v1::CorrectRecord>(), TypeOf<v1::PlaceHold>(),
      TypeOf<v1::LiftHold>(),         TypeOf<v1::Disclose>(),      TypeOf<v1::EraseRecord>(),
      TypeOf<v1::RequestDisclosure>()};
  if (!input.record.closed()) return std::nullopt;
  if (std::ranges::find(kAdmitted, input.engine.command.payload->type()) != kAdmitted.end()) {
    return std::nullopt;
  }
  return Broken("the case is closed; reopen it first");
}

std::optional<Breach> TransferHashMismatch(const SenInput& input) {
  const std::string& sent = input.record.transfer_manifest_sha256();
  if (!sent.empty() && input.command<v1::AcceptTransfer>().acceptance().manifest_sha256() == sent) {
    return std::nullopt;
  }
  return Broken(sent.empty() ? "no package has been sent"
                             : "the package that arrived is not the one that was sent");
}

}  // namespace apdr::sen
