#include "eventstore/rocksdb/internal/rocksdb_status.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace apdr::eventstore {

absl::Status FromRocksDb(std::string_view action, const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat("Expected to ", std::string(action),
                                        ", but RocksDB says: ", status.ToString(), ".");
  return status.IsCorruption() ? absl::DataLossError(text) : absl::InternalError(text);
}

absl::Status FromOpening(std::string_view path, const rocksdb::Status& status) {
  // RocksDB has no code for it; the lock file's name in the text is what both of its lock errors
  // (this process, another process) share.
  if (status.IsIOError() && status.ToString().find("/LOCK") != std::string::npos) {
    return absl::FailedPreconditionError(absl::StrCat("Expected to open the event store at ",
                                                      std::string(path),
                                                      ", but a process has it open already."));
  }
  return FromRocksDb("open the event store at " + std::string(path), status);
}

}  // namespace apdr::eventstore
