#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "eventstore/cursor_store.h"
#include "eventstore/event_store.h"
#include "eventstore/snapshot_store.h"

namespace apdr::eventstore {

inline constexpr std::uint32_t kTestShardCount = 4;

// One implementation under the contract. Every append of the suite goes through Append(), so that a
// flavour can do something to the store behind each one (index it, reopen it) that must not be
// visible to anybody.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  [[nodiscard]] virtual EventStore& events() = 0;
  [[nodiscard]] virtual CursorStore& cursors() = 0;
  [[nodiscard]] virtual SnapshotStore& snapshots() = 0;
  virtual void AfterAppend() = 0;
};

struct Flavour {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};

// For readable names of parameterised tests.
std::ostream& operator<<(std::ostream& out, const Flavour& flavour);

// Memory, and RocksDB in each state an answer can come from.
[[nodiscard]] std::vector<Flavour> AllFlavours();

}  // namespace apdr::eventstore
