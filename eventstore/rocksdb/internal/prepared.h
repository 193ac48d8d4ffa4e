#pragma once

#include <string>
#include <vector>

#include "eventstore/rocksdb/internal/commit_rows.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"

namespace apdr::eventstore {

// Commits that have their place: what is written, and what readers need to see it. One element per
// commit in each list; `values` may be empty while nothing is encoded.
struct RocksDbEventStore::Prepared {
  std::vector<CommitPlace> places;
  std::vector<CommitRows> rows;
  std::vector<std::string> values;
};

}  // namespace apdr::eventstore
