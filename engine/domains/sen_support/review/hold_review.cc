#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/plan/plan.h"
#include "engine/domains/sen_support/review/meetings.h"
#include "engine/domains/sen_support/review/review.h"

namespace apdr::sen {
namespace {

v1::ReviewHeld Held(const v1::Review& review, const SenInput& input) {
  const int days_late = DaysLate(input);
  v1::ReviewHeld event;
  event.set_cycle(input.record.cycle());
  *event.mutable_review() = review;
  event.set_on_time(days_late <= 0);
  event.set_days_late(static_cast<std::uint32_t>(days_late > 0 ? days_late : 0));
  event.set_review_on(input.record.plan().review_on());
  return event;
}

v1::SpecialistInvolvementAdvised Advice(const v1::Review& review, const SenInput& input) {
  v1::SpecialistInvolvementAdvised event;
  for (const v1::OutcomeEvaluation& evaluation : review.outcome_evaluations()) {
    if (evaluation.status() == v1::OUTCOME_STATUS_NOT_ACHIEVED) {
      event.add_outcome_ids(evaluation.outcome_id());
    }
  }
  event.add_cycles(input.record.last_review().cycle());
  event.add_cycles(input.record.cycle());
  return event;
}

v1::AssessmentStarted NextAssessment(const SenInput& input) {
  v1::AssessmentStarted event;
  event.set_cycle(input.record.cycle() + 1);
  event.set_trigger(v1::ASSESSMENT_TRIGGER_AFTER_REVIEW);
  return event;
}

}  // namespace

// The review closes its cycle; the next opens with it, unless support is to end.
Payloads Decide(const v1::HoldReview& command, const SenInput& input) {
  const bool ends = command.review().support_decision().choice() == v1::SUPPORT_CHOICE_END;
  v1::CycleCompleted completed;
  completed.set_cycle(input.record.cycle());
  completed.set_next(ends ? v1::CYCLE_NEXT_ENDED : v1::CYCLE_NEXT_ASSESS);

  Payloads events = Happened(Held(command.review(), input));
  if (SpecialistExpected(input)) events.push_back(MakePayload(Advice(command.review(), input)));
  events.push_back(MakePayload(std::move(completed)));
  if (!ends) events.push_back(MakePayload(NextAssessment(input)));
  return events;
}

void Evolve(CaseState& record, const v1::ReviewHeld& event, Date occurred_on) {
  state::v1::LastReview& last = *record.mutable_last_review();
  last.set_cycle(event.cycle());
  last.set_impact(event.review().impact());
  last.set_choice(event.review().support_decision().choice());
  last.set_record_shared(false);
  if (Includes(PeopleAt(event.review()), IsParentOrYoungPerson)) {
    CountParentMeeting(record, occurred_on);
  }
  if (v1::PlanSummary* plan = LatestPlan(record)) {
    plan->set_reviewed_on(FormatDate(occurred_on));
  }
  record.set_stage_since(FormatDate(occurred_on));
}

void Evolve(CaseState& record, const v1::CycleCompleted& event, Date) {
  record.set_cycles_completed(record.cycles_completed() + 1);
  record.set_last_closed_cycle(event.cycle());
  record.clear_current();
}

}  // namespace apdr::sen
