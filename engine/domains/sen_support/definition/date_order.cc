#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "engine/domains/sen_support/assess/specialist.h"
#include "engine/domains/sen_support/definition/case_rules.h"
#include "engine/domains/sen_support/governance/governance.h"
#include "engine/domains/sen_support/plan/plan.h"

// R09: nothing happens before birth or before what causes it.
namespace apdr::sen {
namespace {

// What a command needs to have happened, and when it did. A command that does not say yet which one
// it is about needs any.
struct Cause {
  bool missing = false;
  std::string date;  // Empty: no date binds.
};
using CauseOf = Cause (*)(const SenInput&);

Cause StageOpened(const SenInput& input) {
  const CaseState& record = input.record;
  return {.missing = false, .date = record.stage_since()};
}

Cause ConcernRaised(const SenInput& input) {
  const CaseState& record = input.record;
  return {.missing = !record.concern_open(), .date = record.stage_since()};
}

Cause SupportDecided(const SenInput& input) {
  const CaseState& record = input.record;
  return {.missing = false, .date = record.sen_support_started_on()};
}

Cause ProfileCreated(const SenInput& input) {
  const CaseState& record = input.record;
  return {.missing = !record.has_profile(), .date = {}};
}

// There is something to review once teaching was adapted.
Cause TeachingAdapted(const SenInput& input) {
  const CaseState& record = input.record;
  return {.missing = !record.adaptation_open() && !record.concerns_remained(),
          .date = record.stage_since()};
}

Cause PlanAgreed(const SenInput& input) {
  const CaseState& record = input.record;
  return {.missing = false, .date = record.plan().agreed_on()};
}

// What is shared is the draft at hand, else the plan. That there is neither, NO_PLAN_IN_FORCE says.
Cause PlanWritten(const SenInput& input) {
  const CaseState& record = input.record;
  if (!record.current().draft_plan_id().empty()) {
    return {.missing = false, .date = record.current().drafted_on()};
  }
  return PlanAgreed(input);
}

Cause ReviewWasHeld(const SenInput& input) {
  const CaseState& record = input.record;
  const bool missing = record.last_review().cycle() == 0 || record.plans().empty();
  return {.missing = missing,
          .date = missing ? std::string() : record.plans(record.plans_size() - 1).reviewed_on()};
}

Cause ParentLinked(const SenInput& input) {
  const std::string& id = input.command<v1::UnlinkParentCarer>().person_id();
  return {.missing = std::ranges::none_of(
              input.record.parents(), [&](const auto& parent) { return parent.person_id() == id; }),
          .date = {}};
}

Cause SpecialistAsked(const SenInput& input) {
  const auto* advice = input.TryCommand<v1::RecordSpecialistAdvice>();
  const std::string& id = advice != nullptr
                              ? advice->advice().request_id()
                              : input.command<v1::CloseSpecialistRequest>().request_id();
  if (id.empty()) return {.missing = input.record.specialist_requests().empty(), .date = {}};
  const auto* request = FindOpenRequest(input.record, id);
  return {.missing = request == nullptr,
          .date = request == nullptr ? std::string() : request->requested_on()};
}

Cause EhcRequested(const SenInput& input) {
  return {.missing = input.record.ehc_requested_on().empty(),
          .date = input.record.ehc_requested_on()};
}

Cause LeftTheSetting(const SenInput& input) {
  return {.missing = false, .date = input.record.transferred_out_on()};
}

Cause DisagreementOpen(const SenInput& input) {
  const std::string& id = input.command<v1::ResolveDisagreement>().disagreement_id();
  const auto& open = input.record.open_disagreements();
  if (id.empty()) return {.missing = open.empty(), .date = {}};
  return {.missing = std::ranges::find(open, id) == open.end(), .date = {}};
}

Cause HoldPlaced(const SenInput& input) {
  const v1::HoldKind kind = input.command<v1::LiftHold>().kind();
  if (kind == v1::HOLD_KIND_UNSPECIFIED) {
    return {.missing = input.record.holds().empty(), .date = {}};
  }
  return {.missing = !HoldsStand(input.record, kind), .date = {}};
}

Cause TargetRecorded(const SenInput& input) {
  const std::string& id = input.command<v1::CorrectRecord>().correction().target_event_id();
  return {.missing = !input.engine.context.events_named.contains(id), .date = {}};
}

Cause SupportEndedWatched(const SenInput& input) {
  return {.missing = !input.record.exit_monitored(), .date = input.record.stage_since()};
}

const std::map<std::string_view, CauseOf>& Causes() {
  static const auto& causes = *new std::map<std::string_view, CauseOf>{
      {v1::AdaptTeaching::descriptor()->full_name(), ConcernRaised},
      {v1::ReviewAdaptation::descriptor()->full_name(), TeachingAdapted},
      {v1::StartSenSupport::descriptor()->full_name(), StageOpened},
      {v1::DeclineSenSupport::descriptor()->full_name(), StageOpened},
      {v1::NotifyParent::descriptor()->full_name(), SupportDecided},
      {v1::UpdateOnePageProfile::descriptor()->full_name(), ProfileCreated},
      {v1::StartAssessment::descriptor()->full_name(), StageOpened},
      {v1::ReviewExistingInformation::descriptor()->full_name(), StageOpened},
      {v1::DecideFurtherAssessment::descriptor()->full_name(), StageOpened},
      {v1::CompleteAssessment::descriptor()->full_name(), StageOpened},
      {v1::ConfirmParticipants::descriptor()->full_name(), StageOpened},
      {v1::DraftPlan::descriptor()->full_name(), StageOpened},
      {v1::AgreePlan::descriptor()->full_name(), StageOpened},
      {v1::SharePlan::descriptor()->full_name(), PlanWritten},
      {v1::ChangeReviewDate::descriptor()->full_name(), StageOpened},
      {v1::StartSupport::descriptor()->full_name(), StageOpened},
      {v1::BriefStaff::descriptor()->full_name(), PlanAgreed},
      {v1::TransferResponsibility::descriptor()->full_name(), PlanAgreed},
      {v1::HoldReview::descriptor()->full_name(), StageOpened},
      {v1::ShareReviewRecord::descriptor()->full_name(), ReviewWasHeld},
      {v1::EndSenSupport::descriptor()->full_name(), StageOpened},
      {v1::UnlinkParentCarer::descriptor()->full_name(), ParentLinked},
      {v1::RecordSpecialistAdvice::descriptor()->full_name(), SpecialistAsked},
      {v1::CloseSpecialistRequest::descriptor()->full_name(), SpecialistAsked},
      {v1::IssuePlanWithoutAgreement::descriptor()->full_name(), StageOpened},
      {v1::RecordDelivery::descriptor()->full_name(), PlanAgreed},
      {v1::RecordNonDelivery::descriptor()->full_name(), PlanAgreed},
      {v1::AdjustProvision::descriptor()->full_name(), PlanAgreed},
      {v1::ScheduleReview::descriptor()->full_name(), PlanAgreed},
      {v1::ReviewExitMonitoring::descriptor()->full_name(), SupportEndedWatched},
      {v1::RecordEhcDecision::descriptor()->full_name(), EhcRequested},
      {v1::SendTransferPackage::descriptor()->full_name(), LeftTheSetting},
      {v1::AcceptTransfer::descriptor()->full_name(), LeftTheSetting},
      {v1::ResolveDisagreement::descriptor()->full_name(), DisagreementOpen},
      {v1::CorrectRecord::descriptor()->full_name(), TargetRecorded},
      {v1::LiftHold::descriptor()->full_name(), HoldPlaced}};
  return causes;
}

// A date in the command that must lie after the command's own; nullopt: there is none, or it does.
std::optional<Breach> NextLookNotLater(const SenInput& input) {
  std::string next_look;
  if (const auto* adapt = input.TryCommand<v1::AdaptTeaching>()) {
    next_look = adapt->teaching().review_on();
  } else if (const auto* review = input.TryCommand<v1::ReviewAdaptation>()) {
    next_look = review->new_review_on();
  } else if (const auto* end = input.TryCommand<v1::EndSenSupport>()) {
    next_look = end->end().exit_monitoring_until();
  }
  const std::optional<Date> date = ParseDate(next_look);
  if (!date || *date > input.on()) return std::nullopt;
  return Broken("the next look is not later than the command's date", {{"review_on", next_look}});
}

// A report that is published follows the one on record.
std::optional<Breach> ReportIsOlder(const SenInput& input) {
  const auto* publish = input.TryCommand<v1::PublishSenInformationReport>();
  if (publish == nullptr) return std::nullopt;
  const Date published = ParseDate(publish->report().published_on()).value_or(input.on());
  const std::optional<Date> last = ParseDate(input.record.place().report().published_on());
  if (!last || published >= *last) return std::nullopt;
  return Broken("a report that was published later is on record",
                {{"published_on", FormatDate(*last)}});
}

std::optional<Breach> StartsBeforeAgreed(const SenInput& input) {
  if (input.TryCommand<v1::AgreePlan>() == nullptr &&
      input.TryCommand<v1::IssuePlanWithoutAgreement>() == nullptr) {
    return std::nullopt;
  }
  const std::optional<Date> starts_on = ParseDate(PlanOf(input).support_starts_on());
  const int days_max = input.policy.days.review_date_days_max;
  if (starts_on && *starts_on - input.on() > days_max) {
    return Broken(absl::StrCat("the support would start more than ", days_max, " days later"),
                  {{"support_starts_on", FormatDate(*starts_on)}});
  }
  if (!starts_on || *starts_on >= input.on()) return std::nullopt;
  return Broken("the support would start before the plan is agreed",
                {{"support_starts_on", FormatDate(*starts_on)}});
}

struct Pair {
  const char* what;
  std::string earlier;
  std::string later;
};

// Two dates of a command of which one cannot lie before the other.
Pair OrderedDates(const SenInput& input) {
  if (const auto* missed = input.TryCommand<v1::RecordNonDelivery>()) {
    return {"the last day lies before the first", missed->non_delivery().from(),
            missed->non_delivery().to()};
  }
  if (const auto* decision = input.TryCommand<v1::RecordEhcDecision>()) {
    return {"the family was told before it was decided", input.on_text(),
            decision->ehc_decision().notified_on()};
  }
  if (const auto* schedule = input.TryCommand<v1::ScheduleReview>()) {
    return {"the meeting lies in the past", input.on_text(), schedule->meeting().meeting_on()};
  }
  if (const auto* plan = input.TryCommand<v1::PlanTransition>()) {
    return {"the transition lies in the past", input.on_text(), plan->transition().expected_on()};
  }
  if (const auto* advice = input.TryCommand<v1::RecordSpecialistAdvice>()) {
    const auto* request = FindOpenRequest(input.record, advice->advice().request_id());
    return {"the advice came before it was asked for",
            request == nullptr ? std::string() : request->requested_on(),
            advice->advice().received_on()};
  }
  return {"", {}, {}};
}

std::optional<Breach> OutOfOrder(const SenInput& input) {
  const Pair dates = OrderedDates(input);
  const std::optional<Date> earlier = ParseDate(dates.earlier);
  const std::optional<Date> later = ParseDate(dates.later);
  if (!earlier || !later || *earlier <= *later) return std::nullopt;
  return Broken(dates.what, {{"earlier", dates.earlier}, {"later", dates.later}});
}

std::optional<Breach> BeforeItsCause(const SenInput& input) {
  const auto cause_of = Causes().find(input.engine.command.payload->type());
  if (cause_of == Causes().end()) return std::nullopt;
  const Cause cause = cause_of->second(input);
  if (cause.missing) return Broken("what it follows from has not happened");
  const std::optional<Date> date = ParseDate(cause.date);
  if (!date || input.on() >= *date) return std::nullopt;
  return Broken(absl::StrCat("what it follows from happened on ", cause.date),
                {{"occurred_on", input.on_text()}, {"not_before", cause.date}});
}

}  // namespace

std::optional<Breach> DateOrder(const SenInput& input) {
  const std::optional<Date> born = ParseDate(input.record.date_of_birth());
  if (born && input.on() < *born) return Broken("the date lies before birth");
  if (const auto* concern = input.TryCommand<v1::RaiseConcern>()) {
    const std::optional<Date> since = ParseDate(concern->concern().since());
    if (born && since && *since < *born) return Broken("the concern would be older than the child");
  }
  if (auto breach = BeforeItsCause(input)) return breach;
  if (auto breach = OutOfOrder(input)) return breach;
  if (auto breach = NextLookNotLater(input)) return breach;
  if (auto breach = ReportIsOlder(input)) return breach;
  return StartsBeforeAgreed(input);
}

}  // namespace apdr::sen
