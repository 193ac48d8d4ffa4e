#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/readmodel/read_model.h"

namespace rocksdb {
class DB;
}

namespace apdr::readmodel {

// What is to be lost with the folder; the files READ_MODEL and DAMAGED tell people so.
enum class Contents {
  kDerived,  // Nothing: it is folded again from the log.
  kSource,   // Rows that stand nowhere else, such as who has acknowledged what.
};

// The ReadModel on disk: one folder, one process, one RocksDB database.
//
// Keys. The first byte says what a key is, so that rows and progress cannot collide:
//   'p' shard (4 bytes, big-endian)   ->  position (8 bytes, big-endian), then the token
//   'r' the row's key                 ->  the row's value
// The file READ_MODEL marks the folder as one of these, and says whether it may be thrown away.
//
// Damage. Whoever meets damaged bytes here leaves the file DAMAGED in the folder: the next Open()
// is kDataLoss, so that a process that stops because of them does not meet them again and again.
// Damage of the log or of the bus is nothing that this knows of, and nothing that folding heals.
//
// Durability. Rows and progress of a write share one batch in the write-ahead log, which is synced
// only if the write asks for it: derived data is folded again, and a sync would buy nothing. After
// a crash of the process everything applied is there. After a crash of the machine the last writes
// that were not synced may be missing, rows and progress together, and folding goes on from the
// older progress.
class RocksDbReadModel final : public ReadModel {
 public:
  // Creates the folder if only the last part of `path` is missing.
  // kDataLoss: it is a read model, but cannot be read, or was found damaged when it was open last:
  // Destroy() it and fold again; of kSource: restore it.
  // kFailedPrecondition: it is open already, or it holds something that is not a read model; leave
  // it alone. kInternal: the disk refuses.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<RocksDbReadModel>> Open(
      const std::string& path, Contents contents = Contents::kDerived);

  // Deletes the read model at `path` with its folder; nothing there is OK. kFailedPrecondition: it
  // is open, or it is not a read model; nothing was deleted. kInternal: the disk refuses.
  [[nodiscard]] static absl::Status Destroy(const std::string& path);

  ~RocksDbReadModel() override;

  // All calls: kDataLoss when damaged bytes are met, kInternal when the disk refuses. A failed
  // Apply() is repeated by every later one until the read model is opened again.
  [[nodiscard]] absl::Status Apply(const Write& write) override;
  [[nodiscard]] absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override;
  [[nodiscard]] absl::StatusOr<std::vector<Row>> Scan(const Range& range) const override;
  [[nodiscard]] absl::StatusOr<Progress> ReadProgress(Shard shard) const override;

 private:
  RocksDbReadModel(std::string path, Contents contents, std::unique_ptr<rocksdb::DB> db);

  // Marks the folder if the status says that it is damaged, and passes the status on.
  absl::Status NoteDamage(absl::Status status) const;

  const std::string path_;
  const Contents contents_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace apdr::readmodel
