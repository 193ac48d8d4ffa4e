#pragma once

#include <memory>
#include <string_view>

namespace apdr::core {

// What a command asks for or an event says, in the domain's own type. The engine moves it and never
// looks inside. Immutable once shared.
class Payload {
 public:
  virtual ~Payload() = default;
  // The full name of its schema, such as "apdr.sen.v1.PlanAgreed". Outlives the payload.
  [[nodiscard]] virtual std::string_view type() const = 0;
};

// Shared by the state, the log's tail and the answers that mention it; nobody changes it.
using PayloadPtr = std::shared_ptr<const Payload>;

}  // namespace apdr::core
