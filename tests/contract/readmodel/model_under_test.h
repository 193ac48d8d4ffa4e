#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "services/readmodel/read_model.h"

namespace apdr::readmodel {

// One implementation under the contract. Every write of the suite is followed by AfterApply(), so
// that a flavour can close and open the model behind it, which must not be visible to anybody.
class ModelUnderTest {
 public:
  virtual ~ModelUnderTest() = default;
  [[nodiscard]] virtual ReadModel& model() = 0;
  virtual void AfterApply() = 0;
};

struct Flavour {
  std::string name;
  std::function<std::unique_ptr<ModelUnderTest>()> make;
};

// For readable names of parameterised tests.
std::ostream& operator<<(std::ostream& out, const Flavour& flavour);

[[nodiscard]] std::vector<Flavour> AllFlavours();

}  // namespace apdr::readmodel
