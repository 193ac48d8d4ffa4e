#pragma once

#include <google/protobuf/repeated_field.h>

#include <cstdint>
#include <string>

#include "apdr/sen/v1/plan.pb.h"
#include "services/views/view.h"

namespace apdr::views {

// The plan that an event puts in force. Borrows the content from the event.
struct NewPlan {
  const sen::v1::PlanContent* content = nullptr;  // Null: another event.
  std::uint32_t cycle = 0;
  bool agreed = false;  // By a parent, the young person or who decides for them.
};
[[nodiscard]] NewPlan PlanOf(const Happened& happened);

// The roles of those who deliver a provision, each once.
[[nodiscard]] google::protobuf::RepeatedPtrField<std::string> RolesOf(
    const sen::v1::PlannedProvision& provision);

}  // namespace apdr::views
