#pragma once

#include <cstddef>
#include <memory>

#include "rocksdb/options.h"

// How the two databases are tuned, and why. The reasons that bear on the format are in FORMAT.md.
namespace apdr::eventstore {

// Shared by the two databases of a store.
struct RocksDbResources {
  rocksdb::Env* env = nullptr;  // Null: the machine's.
  std::shared_ptr<rocksdb::Cache> block_cache;
};

[[nodiscard]] rocksdb::DBOptions LogDbOptions(const RocksDbResources& resources);
[[nodiscard]] rocksdb::ColumnFamilyOptions LogFamilyOptions(const RocksDbResources& resources);

[[nodiscard]] rocksdb::DBOptions IndexDbOptions(const RocksDbResources& resources);
// Rows that are looked up by whole keys most of which do not exist: bloom filters everywhere.
[[nodiscard]] rocksdb::ColumnFamilyOptions LookupFamilyOptions(const RocksDbResources& resources);
// Timers come and go at the front of their range: scans must not wade through the dead.
[[nodiscard]] rocksdb::ColumnFamilyOptions TimerFamilyOptions(const RocksDbResources& resources);

// Identity, cursors: a handful of rows.
[[nodiscard]] rocksdb::ColumnFamilyOptions SmallFamilyOptions(const RocksDbResources& resources);

}  // namespace apdr::eventstore
