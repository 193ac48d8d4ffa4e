#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/codec/field_path.h"
#include "engine/domains/sen_support/governance/governance.h"

// Correcting what an event says. The event stays as it is in the log; readers put the new value in
// its place.
namespace apdr::sen {
namespace {

using codec::FieldPlace;
using codec::FindField;
using google::protobuf::Message;

// What the case is led by, or protected by, changes by recording it anew, never by correction.
bool IsLocked(std::string_view type) {
  static const std::array<std::string, 20> kLocked = {TypeOf<v1::ChildAssessed>(),
                                                      TypeOf<v1::PlanAgreed>(),
                                                      TypeOf<v1::PlanIssuedWithoutAgreement>(),
                                                      TypeOf<v1::ReviewHeld>(),
                                                      TypeOf<v1::ReviewDateChanged>(),
                                                      TypeOf<v1::SenSupportStarted>(),
                                                      TypeOf<v1::SenSupportEnded>(),
                                                      TypeOf<v1::EhcAssessmentRequested>(),
                                                      TypeOf<v1::EhcDecisionRecorded>(),
                                                      TypeOf<v1::EhcPlanIssued>(),
                                                      TypeOf<v1::ParentCarerLinked>(),
                                                      TypeOf<v1::ResponsibleTeacherAssigned>(),
                                                      TypeOf<v1::ResponsibilityTransferred>(),
                                                      TypeOf<v1::IdentifierAssigned>(),
                                                      TypeOf<v1::SupportStarted>(),
                                                      TypeOf<v1::CycleCompleted>(),
                                                      TypeOf<v1::ChildTransferredIn>(),
                                                      TypeOf<v1::TransferPackageSent>(),
                                                      TypeOf<v1::HoldPlaced>(),
                                                      TypeOf<v1::RecordCorrected>()};
  return std::ranges::find(kLocked, type) != kLocked.end();
}

// The event as it was recorded, to look into; null: none of the case has this id.
std::unique_ptr<Message> TargetOf(const SenInput& input, const v1::Correction& correction) {
  const auto& named = input.engine.context.events_named;
  const auto found = named.find(correction.target_event_id());
  if (found == named.end()) return nullptr;
  const Message& recorded = static_cast<const codec::MessagePayload&>(*found->second).message();
  std::unique_ptr<Message> copy(recorded.New());
  copy->CopyFrom(recorded);
  return copy;
}

}  // namespace

std::string WrongWithCorrection(const SenInput& input) {
  const v1::Correction& correction = input.command<v1::CorrectRecord>().correction();
  const std::unique_ptr<Message> target = TargetOf(input, correction);
  if (target == nullptr) return {};  // DATE_ORDER says so.
  const FieldPlace place = FindField(*target, correction.field());
  if (place.field == nullptr) return "must name a field of that event that holds one value";
  if (!codec::Fits(place, correction.new_value()))
    return "must come with a value that fits the field";
  if (correction.field() == "registration.nc_year" &&
      std::ranges::find(input.policy.curriculum_years, correction.new_value()) ==
          input.policy.curriculum_years.end()) {
    return "must come with a curriculum year";
  }
  if (correction.field() == "registration.home_la" &&
      correction.new_value().find_first_not_of("0123456789") != std::string::npos) {
    return "must come with the three digits of an authority";
  }
  if (correction.field().starts_with("registration.setting") ||
      correction.field() == "registration.calendar") {
    return "must not change who holds the case: the child is transferred";
  }
  return {};
}

std::optional<Breach> RecordLocked(const SenInput& input) {
  const auto& named = input.engine.context.events_named;
  const auto found = named.find(input.command<v1::CorrectRecord>().correction().target_event_id());
  if (found == named.end() || !IsLocked(found->second->type())) return std::nullopt;
  return Broken("what was decided, and acted on, changes by a new record and not by correction",
                {{"event", std::string(found->second->type())}});
}

Payloads Decide(const v1::CorrectRecord& command, const SenInput& input) {
  v1::RecordCorrected event;
  *event.mutable_correction() = command.correction();
  const std::unique_ptr<Message> target = TargetOf(input, command.correction());
  if (target != nullptr) {
    const FieldPlace place = FindField(*target, command.correction().field());
    if (place.field != nullptr) event.set_old_value(codec::ValueAt(place));
  }
  return Happened(std::move(event));
}

// What rules look at follows the correction.
void Evolve(CaseState& record, const v1::RecordCorrected& event, Date) {
  const v1::Correction& correction = event.correction();
  if (correction.field() == "registration.date_of_birth") {
    record.set_date_of_birth(correction.new_value());
  } else if (correction.field() == "registration.home_la") {
    record.set_home_la(correction.new_value());
  } else if (correction.field() == "registration.sen_unit") {
    record.set_sen_unit(correction.new_value() == "true");
  } else if (correction.field() == "registration.resourced_provision") {
    record.set_resourced_provision(correction.new_value() == "true");
  }
}

}  // namespace apdr::sen
