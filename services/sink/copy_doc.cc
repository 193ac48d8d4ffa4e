#include "services/sink/copy_doc.h"

#include <algorithm>

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "services/views/departures.h"
#include "services/views/plan_of.h"
#include "services/views/provision_map.h"

namespace apdr::sink {
namespace {

using sen::state::v1::CopiedCycle;
using sen::state::v1::CopiedOutcome;
using sen::state::v1::CopiedSpecialistRequest;
using sen::state::v1::CopyDoc;
using views::Happened;

void FoldCase(const Happened& happened, CopyDoc& doc) {
  if (const auto* registered = happened.As<sen::v1::ChildRegistered>()) {
    doc.set_registered_on(happened.on());
    doc.set_nc_year(registered->registration().nc_year());
  } else if (happened.As<sen::v1::ConcernRaised>() != nullptr) {
    if (doc.concern_raised_on().empty()) doc.set_concern_raised_on(happened.on());
  } else if (happened.As<sen::v1::SenSupportStarted>() != nullptr) {
    doc.set_sen_support_started_on(happened.on());
    doc.clear_sen_support_ended_on();
    doc.clear_end_reason();
  } else if (const auto* ended = happened.As<sen::v1::SenSupportEnded>()) {
    doc.set_sen_support_ended_on(happened.on());
    doc.set_end_reason(ended->end().reason());
  } else if (happened.As<sen::v1::EhcAssessmentRequested>() != nullptr) {
    doc.set_ehc_requested_on(happened.on());
  } else if (happened.As<sen::v1::EhcPlanIssued>() != nullptr) {
    doc.set_ehc_plan_issued_on(happened.on());
  }
}

CopiedCycle& CycleOf(std::uint32_t cycle, const Happened& happened, CopyDoc& doc) {
  auto& cycles = *doc.mutable_cycles();
  const auto found = std::ranges::find(cycles, cycle, &CopiedCycle::cycle);
  if (found != cycles.end()) return *found;
  CopiedCycle& added = *cycles.Add();
  added.set_cycle(cycle);
  added.set_setting_id(std::string(happened.setting_id));
  return added;
}

// The views of the child belong to the cycle that goes on.
void HearChild(CopyDoc& doc) {
  if (!doc.cycles().empty()) doc.mutable_cycles()->rbegin()->set_child_heard(true);
}

void FoldPlan(const views::NewPlan& plan, const Happened& happened, CopyDoc& doc) {
  CopiedCycle& cycle = CycleOf(plan.cycle, happened, doc);
  cycle.set_plan_id(plan.content->plan_id());
  cycle.set_plan_on(happened.on());
  cycle.set_agreed_with_family(plan.agreed);
  cycle.set_review_on(plan.content->review_on());
  for (const sen::v1::Outcome& outcome : plan.content->outcomes()) {
    CopiedOutcome& row = *doc.add_outcomes();
    row.set_cycle(plan.cycle);
    row.set_plan_id(plan.content->plan_id());
    row.set_outcome_id(outcome.outcome_id());
    row.set_area(outcome.area());
    row.set_due_on(outcome.by_date());
  }
}

void FoldReview(const sen::v1::ReviewHeld& held, const Happened& happened, CopyDoc& doc) {
  const sen::v1::Review& review = held.review();
  CopiedCycle& cycle = CycleOf(held.cycle(), happened, doc);
  cycle.set_reviewed_on(happened.on());
  cycle.set_days_late(held.days_late());
  cycle.set_impact(review.impact());
  cycle.set_support_choice(review.support_decision().choice());
  if (!review.child_views().empty()) cycle.set_child_heard(true);
  for (CopiedOutcome& outcome : *doc.mutable_outcomes()) {
    if (outcome.plan_id() != review.plan_id()) continue;
    const auto found = std::ranges::find(review.outcome_evaluations(), outcome.outcome_id(),
                                         &sen::v1::OutcomeEvaluation::outcome_id);
    if (found == review.outcome_evaluations().end()) continue;
    outcome.set_status(found->status());
    outcome.set_reviewed_on(happened.on());
  }
}

void FoldCycle(const Happened& happened, CopyDoc& doc) {
  if (const auto* begun = happened.As<sen::v1::AssessmentStarted>()) {
    CycleOf(begun->cycle(), happened, doc).set_assessment_started_on(happened.on());
  } else if (const auto* assessed = happened.As<sen::v1::ChildAssessed>()) {
    CycleOf(assessed->cycle(), happened, doc).set_assessed_on(happened.on());
  } else if (happened.As<sen::v1::ChildViewsRecorded>() != nullptr) {
    HearChild(doc);
  } else if (const auto plan = views::PlanOf(happened); plan.content != nullptr) {
    FoldPlan(plan, happened, doc);
  } else if (const auto* started = happened.As<sen::v1::SupportStarted>()) {
    CycleOf(started->cycle(), happened, doc).set_support_started_on(happened.on());
  } else if (const auto* changed = happened.As<sen::v1::ReviewDateChanged>()) {
    if (!doc.cycles().empty()) doc.mutable_cycles()->rbegin()->set_review_on(changed->to());
  } else if (const auto* held = happened.As<sen::v1::ReviewHeld>()) {
    FoldReview(*held, happened, doc);
  } else if (const auto* completed = happened.As<sen::v1::CycleCompleted>()) {
    CycleOf(completed->cycle(), happened, doc).set_completed_on(happened.on());
  }
}

CopiedSpecialistRequest* RequestOf(const std::string& request_id, CopyDoc& doc) {
  auto& requests = *doc.mutable_specialist_requests();
  const auto found = std::ranges::find(requests, request_id, &CopiedSpecialistRequest::request_id);
  return found == requests.end() ? nullptr : &*found;
}

void FoldSpecialist(const Happened& happened, CopyDoc& doc) {
  if (const auto* asked = happened.As<sen::v1::SpecialistRequested>()) {
    CopiedSpecialistRequest& row = *doc.add_specialist_requests();
    row.set_request_id(asked->request().request_id());
    row.set_discipline(asked->request().discipline());
    row.set_urgency(asked->request().urgency());
    row.set_setting_id(std::string(happened.setting_id));
    row.set_requested_on(happened.on());
  } else if (const auto* received = happened.As<sen::v1::SpecialistAdviceReceived>()) {
    if (auto* row = RequestOf(received->advice().request_id(), doc)) {
      row->set_received_on(happened.OnOr(received->advice().received_on()));
    }
  } else if (const auto* closed = happened.As<sen::v1::SpecialistRequestClosed>()) {
    if (auto* row = RequestOf(closed->request_id(), doc)) {
      row->set_closed_on(happened.on());
      row->set_result(closed->result());
    }
  }
}

}  // namespace

void FoldCopyDoc(const Happened& happened, CopyDoc& doc) {
  static const auto* const kProvisions = new views::View(views::ProvisionMapView());
  static const auto* const kDepartures = new views::View(views::DeparturesView());
  kProvisions->fold(happened, *doc.mutable_provision_map());
  kDepartures->fold(happened, *doc.mutable_departures());
  FoldCase(happened, doc);
  FoldCycle(happened, doc);
  FoldSpecialist(happened, doc);
}

}  // namespace apdr::sink
