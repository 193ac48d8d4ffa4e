#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "services/exports/internal/evidence_table.h"

// Evidence of the cycles: needs, plans, what was delivered, reviews.
namespace apdr::exports {
namespace {

using event::v1::Event;
using sen::v1::CycleEvidence;
using sen::v1::EhcEvidence;
using sen::v1::ProvisionEvidence;

CycleEvidence& CycleOf(EhcEvidence& evidence, std::uint32_t number) {
  for (CycleEvidence& cycle : *evidence.mutable_cycles()) {
    if (cycle.cycle() == number) return cycle;
  }
  CycleEvidence& added = *evidence.add_cycles();
  added.set_cycle(number);
  return added;
}

// The provision of the plan that was in force on the date; null: no plan so far has it.
ProvisionEvidence* ProvisionOf(EhcEvidence& evidence, const std::string& id,
                               const std::string& on) {
  for (int i = evidence.cycles_size() - 1; i >= 0; --i) {
    CycleEvidence& cycle = *evidence.mutable_cycles(i);
    if (cycle.plan_agreed_on() > on) continue;  // Dates sort as their texts do.
    for (ProvisionEvidence& provision : *cycle.mutable_provisions()) {
      if (provision.provision_id() == id) return &provision;
    }
  }
  return nullptr;
}

void PutPlan(const Event& event, const sen::v1::PlanContent& plan, CycleEvidence& cycle) {
  cycle.set_plan_agreed_on(event.occurred_on());
  *cycle.mutable_plan() = plan;
  cycle.clear_provisions();
  for (const sen::v1::PlannedProvision& planned : plan.provisions()) {
    ProvisionEvidence& provision = *cycle.add_provisions();
    provision.set_provision_id(planned.provision_id());
    provision.set_title(planned.title());
  }
}

std::string TakeDelivery(const Event& event, const sen::v1::ProvisionDelivered& data,
                         EhcEvidence& evidence) {
  const sen::v1::Delivery& delivery = data.delivery();
  const std::string on = DateIn(delivery.on(), event);
  if (auto* provision = ProvisionOf(evidence, delivery.provision_id(), on)) {
    provision->set_sessions_delivered(provision->sessions_delivered() + 1);
    provision->set_minutes_delivered(provision->minutes_delivered() + delivery.minutes());
    if (provision->first_on().empty() || on < provision->first_on()) provision->set_first_on(on);
    if (on > provision->last_on()) provision->set_last_on(on);
  }
  return absl::StrCat(delivery.provision_id(), ", ", delivery.minutes(), " minutes on ", on);
}

std::string TakeNonDelivery(const Event& event, const sen::v1::ProvisionNotDelivered& data,
                            EhcEvidence& evidence) {
  const sen::v1::NonDelivery& missed = data.non_delivery();
  const std::string from = DateIn(missed.from(), event);
  if (auto* provision = ProvisionOf(evidence, missed.provision_id(), from)) {
    provision->set_not_delivered(provision->not_delivered() + 1);
  }
  return absl::StrCat(missed.provision_id(), ", from ", from, " to ", DateIn(missed.to(), event));
}

std::string TakeAdjustment(const Event& event, const sen::v1::ProvisionAdjusted& data,
                           EhcEvidence& evidence) {
  const sen::v1::ProvisionAdjustment& adjustment = data.adjustment();
  if (auto* provision = ProvisionOf(evidence, adjustment.provision_id(), event.occurred_on())) {
    sen::v1::ProvisionChange& change = *provision->add_changes();
    change.set_on(event.occurred_on());
    change.set_change(adjustment.change());
    change.set_reason(adjustment.reason());
  }
  return adjustment.provision_id();
}

std::string TakeReview(const Event& event, const sen::v1::ReviewHeld& data, EhcEvidence& evidence) {
  CycleEvidence& cycle = CycleOf(evidence, data.cycle());
  cycle.set_reviewed_on(event.occurred_on());
  cycle.set_days_late(data.days_late());
  *cycle.mutable_review() = data.review();
  const auto& outcomes = data.review().outcome_evaluations();
  const auto achieved = std::ranges::count(
      outcomes, sen::v1::OUTCOME_STATUS_ACHIEVED,
      [](const sen::v1::OutcomeEvaluation& outcome) { return outcome.status(); });
  return absl::StrCat("cycle ", data.cycle(), ", ", achieved, " of ", outcomes.size(),
                      " outcomes achieved");
}

void AddAssessKinds(EvidenceTable& table) {
  AddKind<sen::v1::AssessmentStarted>(
      table, "assessment", "Assessment started",
      [](const Event&, const sen::v1::AssessmentStarted& data, EhcEvidence& evidence) {
        return absl::StrCat("cycle ", CycleOf(evidence, data.cycle()).cycle());
      });
  AddKind<sen::v1::ChildAssessed>(
      table, "assessment", "Needs assessed",
      [](const Event& event, const sen::v1::ChildAssessed& data, EhcEvidence& evidence) {
        CycleEvidence& cycle = CycleOf(evidence, data.cycle());
        cycle.set_assessed_on(event.occurred_on());
        *cycle.mutable_assessment() = data.assessment();
        return absl::StrCat("cycle ", data.cycle());
      });
  AddKind<sen::v1::ExistingInformationReviewed>(table, "assessment",
                                                "Existing information reviewed");
  AddKind<sen::v1::FurtherAssessmentDecided>(table, "assessment", "Further assessment decided");
}

void AddPlanKinds(EvidenceTable& table) {
  AddKind<sen::v1::ContributionRecorded>(table, "plan", "Contribution recorded");
  AddKind<sen::v1::PlanAgreed>(
      table, "plan", "Plan agreed",
      [](const Event& event, const sen::v1::PlanAgreed& data, EhcEvidence& evidence) {
        PutPlan(event, data.plan(), CycleOf(evidence, data.cycle()));
        return data.plan().plan_id();
      });
  AddKind<sen::v1::PlanIssuedWithoutAgreement>(
      table, "plan", "Plan issued without agreement",
      [](const Event& event, const sen::v1::PlanIssuedWithoutAgreement& data,
         EhcEvidence& evidence) {
        CycleEvidence& cycle = CycleOf(evidence, data.cycle());
        PutPlan(event, data.plan(), cycle);
        cycle.set_issued_without_agreement(true);
        return data.plan().plan_id();
      });
  AddKind<sen::v1::PlanShared>(
      table, "plan", "Plan shared",
      [](const Event&, const sen::v1::PlanShared& data, EhcEvidence&) { return data.plan_id(); });
  AddKind<sen::v1::ReviewDateChanged>(
      table, "plan", "Review date changed",
      [](const Event&, const sen::v1::ReviewDateChanged& data, EhcEvidence&) {
        return absl::StrCat("from ", data.from(), " to ", data.to());
      });
}

void AddDoKinds(EvidenceTable& table) {
  AddKind<sen::v1::SupportStarted>(
      table, "provision", "Support started",
      [](const Event& event, const sen::v1::SupportStarted& data, EhcEvidence& evidence) {
        CycleOf(evidence, data.cycle()).set_support_started_on(event.occurred_on());
        return data.plan_id();
      });
  AddKind<sen::v1::StaffBriefed>(table, "provision", "Staff briefed");
  AddKind<sen::v1::ProvisionDelivered>(table, "provision", "Provision delivered", TakeDelivery);
  AddKind<sen::v1::ProvisionNotDelivered>(table, "provision", "Provision not delivered",
                                          TakeNonDelivery);
  AddKind<sen::v1::ProvisionAdjusted>(table, "provision", "Provision adjusted", TakeAdjustment);
  AddKind<sen::v1::TeamNoteRecorded>(table, "provision", "Team note recorded");
  AddKind<sen::v1::HomeContributionRecorded>(table, "provision", "Contribution from home recorded");
}

}  // namespace

void AddCycleKinds(EvidenceTable& table) {
  AddAssessKinds(table);
  AddPlanKinds(table);
  AddDoKinds(table);
  AddKind<sen::v1::ReviewHeld>(table, "review", "Review held", TakeReview);
  AddKind<sen::v1::CycleCompleted>(
      table, "review", "Cycle completed",
      [](const Event&, const sen::v1::CycleCompleted& data, EhcEvidence&) {
        return absl::StrCat("cycle ", data.cycle());
      });
  AddKind<sen::v1::ReviewRecordShared>(table, "review", "Review record shared");
}

}  // namespace apdr::exports
