#include "services/apdr/derived_model.h"

#include "engine/base/status_macros.h"
#include "services/host/log.h"
#include "services/projection/rows/row_keys.h"

namespace apdr {
namespace {

using readmodel::RocksDbReadModel;

// Whether this version can go on with the rows. Another layout, and rows that do not read back, now
// or when the process ran last, are no loss.
absl::StatusOr<bool> IsUsable(const RocksDbReadModel& model, const std::string& wanted) {
  const auto layout = model.Get(projection::LayoutKey());
  if (absl::IsDataLoss(layout.status())) return false;
  if (!layout.ok()) return layout.status();
  return !*layout || **layout == wanted;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbReadModel>> OpenDerivedModel(const std::string& path,
                                                                   const std::string& layout) {
  auto model = RocksDbReadModel::Open(path);
  if (model.ok()) {
    APDR_ASSIGN_OR_RETURN(const bool usable, IsUsable(**model, layout));
    if (usable) return model;
    model->reset();
  } else if (!absl::IsDataLoss(model.status())) {
    return model;
  }
  return OpenDerivedModelAnew(path);
}

absl::StatusOr<std::unique_ptr<RocksDbReadModel>> OpenDerivedModelAnew(const std::string& path) {
  host::Log(host::LogLevel::kWarning, "read_model_made_anew", {{"path", path}});
  APDR_RETURN_IF_ERROR(RocksDbReadModel::Destroy(path));
  return RocksDbReadModel::Open(path);
}

}  // namespace apdr
