#include "eventstore/rocksdb/internal/database.h"

#include "engine/base/status_macros.h"
#include "eventstore/rocksdb/internal/rocksdb_status.h"

namespace apdr::eventstore {

absl::StatusOr<std::unique_ptr<Database>> Database::Open(
    const std::string& path, const rocksdb::DBOptions& options,
    const std::vector<rocksdb::ColumnFamilyDescriptor>& families) {
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  APDR_RETURN_IF_ERROR(
      FromOpening(path, rocksdb::DB::Open(options, path, families, &handles, &db)));
  return std::unique_ptr<Database>(new Database(db, std::move(handles)));
}

Database::~Database() {
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  }
}

}  // namespace apdr::eventstore
