#pragma once

#include <ostream>
#include <utility>

namespace apdr {

// Personal data of somebody in a case. Cannot be printed or logged; Expose() is the one,
// greppable, way out.
template <class T>
class Sensitive {
 public:
  Sensitive() = default;
  explicit Sensitive(T value) : value_(std::move(value)) {}

  [[nodiscard]] const T& Expose() const { return value_; }

  friend bool operator==(const Sensitive&, const Sensitive&) = default;
  friend std::ostream& operator<<(std::ostream&, const Sensitive&) = delete;

 private:
  T value_{};
};

}  // namespace apdr
