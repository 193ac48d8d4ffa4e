#include "services/projection/chronology_projection.h"

#include <string>

#include "services/projection/rows/row_keys.h"

namespace apdr::projection {

absl::Status ChronologyProjection::Fold(const FoldInput& input, RowWriter& rows) {
  rows.Put(ChronologyKey(input.stream(), CaseVersion(input.event.version())),
           std::string(input.bytes));
  return absl::OkStatus();
}

}  // namespace apdr::projection
