#include <ostream>

#include "services/bus/memory/memory_bus.h"
#include "tests/contract/bus/bus_under_test.h"

namespace apdr::bus {
namespace {

class MemoryUnderTest final : public BusUnderTest {
 public:
  MemoryUnderTest() : bus_(kTestShardCount) {}
  MemoryUnderTest(const BusFaults& faults, std::uint64_t seed)
      : random_(seed), bus_(kTestShardCount, faults, random_) {}

  std::unique_ptr<Producer> NewProducer() override { return bus_.NewProducer(); }
  std::unique_ptr<Consumer> NewConsumer() override { return bus_.NewConsumer(); }
  void Forget(Shard shard, std::size_t count) override {
    bus_.Forget(shard, bus_.Contents(shard).size() - count);
  }

 private:
  PseudoRandom random_{0};
  MemoryBus bus_;
};

Flavour Faulty(std::string name, const BusFaults& faults) {
  return {.name = std::move(name), .redelivers = true, .make = [faults] {
            return std::make_unique<MemoryUnderTest>(faults, /*seed=*/20'260'206);
          }};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Flavour& flavour) { return out << flavour.name; }

std::vector<Flavour> AllFlavours() {
  return {
      {.name = "Memory", .make = [] { return std::make_unique<MemoryUnderTest>(); }},
      Faulty("MemorySlow", {.slow = 50}),
      Faulty("MemoryUnreliable", {.slow = 30, .lost = 3, .away = 20, .redeliver = 30}),
  };
}

}  // namespace apdr::bus
