#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "eventstore/event_store.h"
#include "eventstore/snapshot_store.h"

// A commit as a value of the log: the grammar stands in FORMAT.md. Stored for ever; a change is a
// new format number beside the old one.
namespace apdr::eventstore {

// `commit` at `place`. One commit has one encoding.
[[nodiscard]] std::string EncodeCommit(const Commit& commit, CommitPlace place);

// Total: any bytes give a commit or kDataLoss. Every change of one bit is noticed.
[[nodiscard]] absl::StatusOr<StoredCommit> DecodeCommit(std::string_view bytes);

// The place alone, at the price of a few bytes read; without verifying the checksum. For skipping
// over other shards in a scan.
[[nodiscard]] absl::StatusOr<CommitPlace> DecodePlace(std::string_view bytes);

// A snapshot of a case, likewise.
[[nodiscard]] std::string EncodeSnapshot(const Snapshot& snapshot);
[[nodiscard]] absl::StatusOr<Snapshot> DecodeSnapshot(std::string_view bytes);

}  // namespace apdr::eventstore
