#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rocksdb/db.h"

namespace apdr::eventstore {

// A RocksDB database with its column families; closes both. The families stand in the order in
// which they were named. Thread-safe as RocksDB is.
class Database {
 public:
  static absl::StatusOr<std::unique_ptr<Database>> Open(
      const std::string& path, const rocksdb::DBOptions& options,
      const std::vector<rocksdb::ColumnFamilyDescriptor>& families);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] rocksdb::DB& db() const { return *db_; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(std::size_t index) const {
    return families_[index];
  }

 private:
  Database(rocksdb::DB* db, std::vector<rocksdb::ColumnFamilyHandle*> families)
      : db_(db), families_(std::move(families)) {}

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  // Owned by db_, given back to it.
};

}  // namespace apdr::eventstore
