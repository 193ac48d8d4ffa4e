#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/before_support.pb.h"
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

// Whom the command makes or names responsible; null where the case itself must have somebody.
const v1::PersonRef* NamedAsResponsible(const SenInput& input) {
  if (const auto* assign = input.TryCommand<v1::AssignResponsibleTeacher>()) {
    return &assign->teacher();
  }
  if (const auto* adapt = input.TryCommand<v1::AdaptTeaching>()) return &adapt->teaching().by();
  if (const auto* agree = input.TryCommand<v1::AgreePlan>()) {
    return &agree->plan().responsible_teacher();
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
  if (const auto* hold = input.TryCommand<v1::HoldReview>()) {
    return PlanIsNot(input, hold->review().plan_id());
  }
  if (!ShareablePlanId(input.record).empty()) return std::nullopt;
  return Broken("there is neither a plan nor a draft to share");
}

std::optional<Breach> NoResponsibleTeacher(const SenInput& input) {
  const v1::PersonRef* named = NamedAsResponsible(input);
  if (named == nullptr || input.TryCommand<v1::TransferResponsibility>() != nullptr) {
    if (!IsTeaching(input.record.responsible_teacher().role())) {
      return Broken("no teacher, keyworker or tutor is responsible for the child");
    }
  }
  if (named != nullptr && !IsTeaching(named->role())) {
    return Broken("only a teacher, keyworker or tutor can be responsible",
                  {{"role", named->role()}});
  }
  return std::nullopt;
}

}  // namespace apdr::sen
