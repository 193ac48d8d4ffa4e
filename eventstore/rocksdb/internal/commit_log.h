#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "eventstore/rocksdb/internal/commit_rows.h"
#include "eventstore/rocksdb/internal/database.h"
#include "eventstore/rocksdb/internal/rocksdb_options.h"
#include "rocksdb/env.h"
#include "rocksdb/write_batch.h"

namespace apdr::eventstore {

// What is decided when a store is created and never changes.
struct StoreIdentity {
  std::uint32_t shard_count = 0;
  bool demo_clock = false;

  friend bool operator==(const StoreIdentity&, const StoreIdentity&) = default;
};

// The truth on disk: encoded commits under rising sequences, and the cursors. One writer at a
// time; reads from any thread.
class CommitLog {
 public:
  static absl::StatusOr<std::unique_ptr<CommitLog>> Open(const std::string& path,
                                                         const RocksDbResources& resources);

  // Creates a new store's identity, or gives the one the store was created with.
  absl::StatusOr<StoreIdentity> CreateOrReadIdentity(const StoreIdentity& wanted);

  // Writes `values` from `first` on in one batch and syncs it. After an error nobody knows what is
  // on the disk.
  absl::Status Write(Sequence first, std::span<const std::string> values);

  // The sequence of the last commit, 0 when there is none.
  absl::StatusOr<Sequence> Last() const;
  absl::StatusOr<std::optional<std::string>> Read(Sequence sequence) const;

  // Shows the commits `first` to `last` until `visit` answers false. kDataLoss when one is missing.
  using Visitor = absl::FunctionRef<absl::StatusOr<bool>(Sequence, std::string_view)>;
  absl::Status Scan(Sequence first, Sequence last, Visitor visit) const;

  absl::StatusOr<Position> ReadCursor(std::string_view consumer, Shard shard) const;
  // Not synced: durable with the next Write.
  absl::Status WriteCursor(std::string_view consumer, Shard shard, Position position);

 private:
  CommitLog(std::unique_ptr<rocksdb::Env> env, std::unique_ptr<Database> database);

  std::unique_ptr<rocksdb::Env> env_;  // First: it outlives its database.
  std::unique_ptr<Database> database_;
  rocksdb::WriteBatch batch_;  // Write's; keeps the memory of the largest append.
};

}  // namespace apdr::eventstore
