#include "services/projection/chronology_projection.h"

#include <string>

#include "engine/codec/message_payload.h"
#include "services/projection/rows/row_keys.h"

namespace apdr::projection {

absl::Status ChronologyProjection::Fold(const FoldInput& input, RowWriter& rows) {
  rows.Put(ChronologyKey(input.stream(), CaseVersion(input.event.version())),
           std::string(input.bytes));
  if (!erased_by_.empty() && codec::TypeOfUrl(input.event.data().type_url()) == erased_by_) {
    rows.Put(ErasedKey(input.stream()), {});
  }
  return absl::OkStatus();
}

}  // namespace apdr::projection
