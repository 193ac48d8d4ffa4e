#pragma once

#include <string_view>

#include "services/projection/projection.h"

namespace apdr::projection {

// Where to find events by the time they were recorded: all of a tenant, those of an actor, those of
// a type. (Those of a case are its chronology.) The events themselves are in the chronology. Cannot
// fail: it looks at the envelope only.
class AuditProjection final : public Projection {
 public:
  [[nodiscard]] std::string_view name() const override { return "audit"; }
  [[nodiscard]] absl::Status Fold(const FoldInput& input, RowWriter& rows) override;
  [[nodiscard]] absl::Status SetAside(const StreamId&, RowWriter&) override {
    return absl::OkStatus();
  }
  [[nodiscard]] absl::Status Finish(RowWriter&) override { return absl::OkStatus(); }
  void Forget() override {}
};

}  // namespace apdr::projection
