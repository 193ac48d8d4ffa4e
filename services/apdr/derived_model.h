#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/readmodel/rocksdb/rocksdb_read_model.h"

namespace apdr {

// Opens the read model at `path` for rows of this layout (projection::LayoutOf). One of another
// layout, and one that is damaged, is no loss, for the bus has it all: it is deleted and begun
// anew.
[[nodiscard]] absl::StatusOr<std::unique_ptr<readmodel::RocksDbReadModel>> OpenDerivedModel(
    const std::string& path, const std::string& layout);

// The same, deleted in any case.
[[nodiscard]] absl::StatusOr<std::unique_ptr<readmodel::RocksDbReadModel>> OpenDerivedModelAnew(
    const std::string& path);

}  // namespace apdr
