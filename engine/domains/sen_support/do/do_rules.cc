#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/domains/sen_support/do/do.h"
#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {
namespace {

std::optional<Breach> PlanIsNot(const SenInput& input, const std::string& plan_id) {
  const auto& plan = input.record.plan();
  if (plan.plan_id() == plan_id && plan.cycle() == input.record.cycle()) return std::nullopt;
  return Broken("no plan of this id is in force in this cycle",
                {{"plan", plan_id}, {"in_force", plan.plan_id()}});
}

std::optional<Breach> ProvisionUnknown(const SenInput& input, const v1::StartSupport& start) {
  const auto& planned = input.record.plan().provision_ids();
  for (const std::string& id : start.provision_ids()) {
    if (std::ranges::find(planned, id) != planned.end()) continue;
    return Broken(absl::StrCat("the plan in force has no provision ", id), {{"provision", id}});
  }
  return std::nullopt;
}

// The provision that a command says something about; null: none.
const std::string* ProvisionNamed(const SenInput& input) {
  if (const auto* delivery = input.TryCommand<v1::RecordDelivery>()) {
    return &delivery->delivery().provision_id();
  }
  if (const auto* missed = input.TryCommand<v1::RecordNonDelivery>()) {
    return &missed->non_delivery().provision_id();
  }
  const auto* adjust = input.TryCommand<v1::AdjustProvision>();
  return adjust == nullptr ? nullptr : &adjust->adjustment().provision_id();
}

std::optional<Breach> ProvisionNotInForce(const SenInput& input, const std::string& provision_id) {
  const auto& planned = input.record.plan().provision_ids();
  // Before a command names one, any will do.
  const bool any = provision_id.empty() && !planned.empty();
  if (!any && std::ranges::find(planned, provision_id) == planned.end()) {
    return Broken(absl::StrCat("the plan in force has no provision ", provision_id),
                  {{"provision", provision_id}});
  }
  const std::optional<Date> started = ParseDate(input.record.current().support_started_on());
  const auto* delivery = input.TryCommand<v1::RecordDelivery>();
  if (delivery == nullptr) return std::nullopt;
  const Date on = ParseDate(delivery->delivery().on()).value_or(input.on());
  if (started && on >= *started) return std::nullopt;
  return Broken("on that date the support had not started", {{"provision", provision_id}});
}

// Whom the command makes or names responsible; null where the case itself must have somebody.
const v1::PersonRef* NamedAsResponsible(const SenInput& input) {
  if (const auto* assign = input.TryCommand<v1::AssignResponsibleTeacher>()) {
    return &assign->teacher();
  }
  if (const auto* adapt = input.TryCommand<v1::AdaptTeaching>()) return &adapt->teaching().by();
  if (input.TryCommand<v1::AgreePlan>() != nullptr ||
      input.TryCommand<v1::IssuePlanWithoutAgreement>() != nullptr) {
    return &PlanOf(input).responsible_teacher();
  }
  if (const auto* accept = input.TryCommand<v1::AcceptTransfer>()) {
    return &accept->acceptance().responsible_teacher();
  }
  if (const auto* transfer = input.TryCommand<v1::TransferResponsibility>()) {
    return &transfer->to();
  }
  return nullptr;
}

}  // namespace

std::optional<Breach> NoPlanInForce(const SenInput& input) {
  if (const auto* start = input.TryCommand<v1::StartSupport>()) {
    auto breach = PlanIsNot(input, start->plan_id());
    return breach ? breach : ProvisionUnknown(input, *start);
  }
  if (const std::string* provision = ProvisionNamed(input)) {
    return ProvisionNotInForce(input, *provision);
  }
  if (const auto* hold = input.TryCommand<v1::HoldReview>()) {
    return PlanIsNot(input, hold->review().plan_id());
  }
  if (!ShareablePlanId(input.record).empty()) return std::nullopt;
  return Broken("there is neither a plan nor a draft to share");
}

std::optional<Breach> NoResponsibleTeacher(const SenInput& input) {
  // Of a child who is not on SEN Support nobody need be named.
  if (const auto* accept = input.TryCommand<v1::AcceptTransfer>()) {
    if (accept->acceptance().provision_on_arrival() != v1::PROVISION_SEN_SUPPORT &&
        !accept->acceptance().has_responsible_teacher()) {
      return std::nullopt;
    }
  }
  const v1::PersonRef* named = NamedAsResponsible(input);
  if (named == nullptr || input.TryCommand<v1::TransferResponsibility>() != nullptr) {
    if (!IsTeaching(input.record.responsible_teacher().role())) {
      return Broken("no teacher, keyworker or tutor is responsible for the child");
    }
    const std::optional<Date> since = ParseDate(input.record.responsible_since());
    if (since && input.on() < *since) {
      return Broken("on that date nobody was responsible for the child yet",
                    {{"responsible_since", FormatDate(*since)}});
    }
  }
  if (named != nullptr && !IsTeaching(named->role())) {
    return Broken("only a teacher, keyworker or tutor can be responsible",
                  {{"role", named->role()}});
  }
  return std::nullopt;
}

}  // namespace apdr::sen
