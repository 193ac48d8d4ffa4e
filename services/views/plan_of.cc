#include "services/views/plan_of.h"

#include <algorithm>

namespace apdr::views {

NewPlan PlanOf(const Happened& happened) {
  if (const auto* agreed = happened.As<sen::v1::PlanAgreed>()) {
    const bool by_family = std::ranges::any_of(agreed->agreements(), [](const auto& agreement) {
      return agreement.capacity() != sen::v1::AGREEMENT_CAPACITY_SETTING;
    });
    return {.content = &agreed->plan(), .cycle = agreed->cycle(), .agreed = by_family};
  }
  const auto* issued = happened.As<sen::v1::PlanIssuedWithoutAgreement>();
  if (issued == nullptr) return {};
  return {.content = &issued->plan(), .cycle = issued->cycle(), .agreed = false};
}

google::protobuf::RepeatedPtrField<std::string> RolesOf(
    const sen::v1::PlannedProvision& provision) {
  google::protobuf::RepeatedPtrField<std::string> roles;
  for (const sen::v1::PersonRef& person : provision.delivered_by()) {
    if (std::ranges::find(roles, person.role()) == roles.end()) *roles.Add() = person.role();
  }
  return roles;
}

}  // namespace apdr::views
