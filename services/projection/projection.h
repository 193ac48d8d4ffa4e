#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "apdr/event/v1/event.pb.h"
#include "engine/base/vocabulary.h"
#include "services/projection/row_writer.h"

namespace apdr::projection {

// An event on its way into the read models, and the bytes it came in. Borrowed for the call.
struct FoldInput {
  const event::v1::Event& event;
  std::string_view bytes;

  [[nodiscard]] StreamId stream() const {
    return {TenantId(event.tenant_id()), CaseId(event.case_id())};
  }
};

// Folds events into the rows of one read model. Deterministic: the same events give the same rows.
// Each event comes once, those of a case in order. One thread at a time.
class Projection {
 public:
  virtual ~Projection() = default;

  // Stored in rows; never rename.
  [[nodiscard]] virtual std::string_view name() const = 0;

  // Folds the next event of its case. kInvalidArgument: this event cannot be folded and nothing has
  // changed; the case is set aside and the others go on. Any other error stops the projector.
  [[nodiscard]] virtual absl::Status Fold(const FoldInput& input, RowWriter& rows) = 0;

  // The case is not folded any further from here: mark it, so that readers are told.
  [[nodiscard]] virtual absl::Status SetAside(const StreamId& stream, RowWriter& rows) = 0;

  // The end of a batch: writes the rows that are written once however many events changed them.
  [[nodiscard]] virtual absl::Status Finish(RowWriter& rows) = 0;

  // The batch was not kept: forget everything that is not in the read model.
  virtual void Forget() = 0;
};

}  // namespace apdr::projection
