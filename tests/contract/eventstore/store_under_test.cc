#include "tests/contract/eventstore/store_under_test.h"

#include <ostream>

#include "eventstore/memory/memory_event_store.h"

namespace apdr::eventstore {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  EventStore& events() override { return store_; }
  CursorStore& cursors() override { return store_; }
  SnapshotStore& snapshots() override { return store_; }
  void AfterAppend() override {}

 private:
  MemoryEventStore store_{kTestShardCount};
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Flavour& flavour) { return out << flavour.name; }

std::vector<Flavour> AllFlavours() {
  return {{.name = "Memory", .make = [] { return std::make_unique<MemoryUnderTest>(); }}};
}

}  // namespace apdr::eventstore
