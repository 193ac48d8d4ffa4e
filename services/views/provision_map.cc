#include "services/views/provision_map.h"

#include <algorithm>
#include <string>

#include "apdr/sen/state/v1/view_state.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "services/query/access.h"
#include "services/views/counts.h"
#include "services/views/plan_of.h"

namespace apdr::views {
namespace {

using sen::state::v1::PlannedPart;
using sen::state::v1::ProvisionMapDoc;
using sen::v1::ProvisionRow;
using sen::v1::ProvisionSum;

constexpr char kName[] = "provision_map";

void FoldPlan(const NewPlan& plan, const Happened& happened, ProvisionMapDoc& doc) {
  for (const sen::v1::PlannedProvision& provision : plan.content->provisions()) {
    PlannedPart& part = *doc.add_parts();
    part.set_agreed_on(happened.on());
    *part.mutable_outcome_ids() = provision.outcome_ids();
    ProvisionRow& row = *part.mutable_row();
    row.set_case_id(happened.event.case_id());
    row.set_plan_id(plan.content->plan_id());
    row.set_cycle(plan.cycle);
    row.set_provision_id(provision.provision_id());
    row.set_title(provision.title());
    row.set_kind(provision.kind());
    row.set_layer(provision.layer());
    *row.mutable_delivered_by() = RolesOf(provision);
    *row.mutable_frequency() = provision.frequency();
    row.set_cost_pence(provision.cost_pence());
  }
}

// The provision of the newest plan that was in force on the date; null: none has it.
ProvisionRow* ProvisionOn(ProvisionMapDoc& doc, const std::string& id, const std::string& on) {
  for (int i = doc.parts_size() - 1; i >= 0; --i) {
    PlannedPart& part = *doc.mutable_parts(i);
    if (part.row().provision_id() == id && part.agreed_on() <= on) return part.mutable_row();
  }
  return nullptr;
}

void CountOutcome(sen::v1::OutcomeStatus status, sen::v1::Effect& effect) {
  switch (status) {
    case sen::v1::OUTCOME_STATUS_ACHIEVED:
      effect.set_achieved(effect.achieved() + 1);
      break;
    case sen::v1::OUTCOME_STATUS_BEING_ACHIEVED:
      effect.set_being_achieved(effect.being_achieved() + 1);
      break;
    case sen::v1::OUTCOME_STATUS_NOT_ACHIEVED:
      effect.set_not_achieved(effect.not_achieved() + 1);
      break;
    case sen::v1::OUTCOME_STATUS_NO_LONGER_RELEVANT:
      effect.set_no_longer_relevant(effect.no_longer_relevant() + 1);
      break;
    default:
      break;
  }
}

void FoldReview(const sen::v1::Review& review, ProvisionMapDoc& doc) {
  for (PlannedPart& part : *doc.mutable_parts()) {
    if (part.row().plan_id() != review.plan_id()) continue;
    for (const sen::v1::OutcomeEvaluation& outcome : review.outcome_evaluations()) {
      if (std::ranges::find(part.outcome_ids(), outcome.outcome_id()) != part.outcome_ids().end()) {
        CountOutcome(outcome.status(), *part.mutable_row()->mutable_effect());
      }
    }
  }
}

void Fold(const Happened& happened, ProvisionMapDoc& doc) {
  if (const NewPlan plan = PlanOf(happened); plan.content != nullptr) {
    FoldPlan(plan, happened, doc);
  } else if (const auto* delivered = happened.As<sen::v1::ProvisionDelivered>()) {
    const sen::v1::Delivery& delivery = delivered->delivery();
    auto* row = ProvisionOn(doc, delivery.provision_id(), happened.OnOr(delivery.on()));
    if (row == nullptr) return;
    row->set_sessions_delivered(row->sessions_delivered() + 1);
    row->set_minutes_delivered(row->minutes_delivered() + delivery.minutes());
  } else if (const auto* missed = happened.As<sen::v1::ProvisionNotDelivered>()) {
    const sen::v1::NonDelivery& missing = missed->non_delivery();
    auto* row = ProvisionOn(doc, missing.provision_id(), happened.OnOr(missing.from()));
    if (row != nullptr) row->set_not_delivered(row->not_delivered() + 1);
  } else if (const auto* held = happened.As<sen::v1::ReviewHeld>()) {
    FoldReview(held->review(), doc);
  }
}

void Rows(const Standing& standing, const ProvisionMapDoc& doc, RowCollector& rows) {
  if (!standing.IsOpen()) return;
  std::uint64_t child_cost = 0;
  for (const PlannedPart& part : doc.parts()) {
    if (part.row().plan_id() == standing.PlanInForce()) child_cost += part.row().cost_pence();
  }
  for (const PlannedPart& part : doc.parts()) {
    ProvisionRow row = part.row();
    row.set_setting_id(standing.view.setting_id());
    row.set_in_force(row.plan_id() == standing.PlanInForce());
    if (row.in_force()) {
      row.set_child_cost_pence(child_cost);
      row.set_above_threshold(child_cost > kThresholdPence);
    }
    rows.Add({row.setting_id(), row.case_id(), row.plan_id(), row.provision_id()}, row);
  }
}

ProvisionSum SumOf(const ProvisionRow& row) {
  ProvisionSum sum;
  sum.set_title(row.title());
  sum.set_rows(1);
  sum.set_sessions_delivered(row.sessions_delivered());
  sum.set_not_delivered(row.not_delivered());
  sum.set_cost_pence(row.cost_pence());
  *sum.mutable_effect() = row.effect();
  if (!row.in_force()) return sum;
  sum.set_in_force(1);
  sum.set_sessions_a_week(row.frequency().times_per_week());
  sum.set_minutes_a_week(row.frequency().times_per_week() * row.frequency().minutes());
  sum.set_above_threshold(row.above_threshold() ? 1 : 0);
  return sum;
}

void AddToSums(const ProvisionSum& sum, google::protobuf::RepeatedPtrField<ProvisionSum>& sums) {
  const auto found = std::ranges::find(sums, sum.title(), &ProvisionSum::title);
  if (found == sums.end()) {
    *sums.Add() = sum;
  } else {
    Add(*found, sum);
  }
}

template <class Response, class Request, class Take>
query::Reply<Response> ReadProvisions(const Reading& reading, const host::Caller& caller,
                                      std::string_view method, const Request& request, Take take) {
  if (auto error = query::CheckMayList(caller, "see the provision map")) return *std::move(error);
  const query::List list{.span = RowsAt(caller.tenant, kName, request.setting_id()),
                         .direction = readmodel::Direction::kForward,
                         .conditions = ConditionsOf(method, caller, request)};
  return ReadRows<ProvisionRow, Response>(reading, caller, list, request,
                                          [&](ProvisionRow& row, Response& response) {
                                            if (request.in_force_only() && !row.in_force()) {
                                              return false;
                                            }
                                            take(row, response);
                                            return true;
                                          });
}

}  // namespace

View ProvisionMapView() { return MakeView<ProvisionMapDoc>(kName, 1, Fold, Rows); }

void Add(ProvisionSum& sum, const ProvisionSum& more) {
  sum.set_rows(sum.rows() + more.rows());
  sum.set_in_force(sum.in_force() + more.in_force());
  sum.set_sessions_a_week(sum.sessions_a_week() + more.sessions_a_week());
  sum.set_minutes_a_week(sum.minutes_a_week() + more.minutes_a_week());
  sum.set_sessions_delivered(sum.sessions_delivered() + more.sessions_delivered());
  sum.set_not_delivered(sum.not_delivered() + more.not_delivered());
  sum.set_cost_pence(sum.cost_pence() + more.cost_pence());
  sum.set_above_threshold(sum.above_threshold() + more.above_threshold());
  Add(*sum.mutable_effect(), more.effect());
}

query::Reply<sen::v1::ListProvisionsResponse> ListProvisions(
    const Reading& reading, const host::Caller& caller,
    const sen::v1::ListProvisionsRequest& request) {
  return ReadProvisions<sen::v1::ListProvisionsResponse>(
      reading, caller, "ListProvisions", request,
      [](ProvisionRow& row, sen::v1::ListProvisionsResponse& response) {
        *response.add_rows() = std::move(row);
      });
}

query::Reply<sen::v1::ListProvisionSumsResponse> ListProvisionSums(
    const Reading& reading, const host::Caller& caller,
    const sen::v1::ListProvisionSumsRequest& request) {
  auto reply = ReadProvisions<sen::v1::ListProvisionSumsResponse>(
      reading, caller, "ListProvisionSums", request,
      [](const ProvisionRow& row, sen::v1::ListProvisionSumsResponse& response) {
        AddToSums(SumOf(row), *response.mutable_sums());
      });
  if (auto* response = std::get_if<sen::v1::ListProvisionSumsResponse>(&reply)) {
    std::ranges::sort(*response->mutable_sums(), {}, &ProvisionSum::title);
  }
  return reply;
}

}  // namespace apdr::views
