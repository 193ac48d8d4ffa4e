#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "rocksdb/status.h"

namespace apdr::eventstore {

// RocksDB's answer to "Expected to <action>" as ours: kDataLoss for damaged bytes, kInternal for
// everything else, because no caller can do anything about it. OK stays OK.
[[nodiscard]] absl::Status FromRocksDb(std::string_view action, const rocksdb::Status& status);

// The same for opening: a folder that another process holds is kFailedPrecondition.
[[nodiscard]] absl::Status FromOpening(std::string_view path, const rocksdb::Status& status);

}  // namespace apdr::eventstore
