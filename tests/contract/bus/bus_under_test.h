#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "services/bus/bus.h"

namespace apdr::bus {

inline constexpr std::uint32_t kTestShardCount = 8;

// One topic of an implementation under the contract.
class BusUnderTest {
 public:
  virtual ~BusUnderTest() = default;
  [[nodiscard]] virtual std::unique_ptr<Producer> NewProducer() = 0;
  [[nodiscard]] virtual std::unique_ptr<Consumer> NewConsumer() = 0;
  // Retention: the first `count` records of the shard are removed.
  virtual void Forget(Shard shard, std::size_t count) = 0;
};

struct Flavour {
  std::string name;
  // Whether a record may be delivered again without having been sent again.
  bool redelivers = false;
  std::function<std::unique_ptr<BusUnderTest>()> make;
};

// For readable names of parameterised tests.
std::ostream& operator<<(std::ostream& out, const Flavour& flavour);

// Defined once for each executable that the suite is linked into.
[[nodiscard]] std::vector<Flavour> AllFlavours();

}  // namespace apdr::bus
