#pragma once

#include <string_view>

#include "services/projection/projection.h"

namespace apdr::projection {

// Every event of a case in order, whole. Cannot fail: it moves bytes. What other projections set
// aside waits here.
class ChronologyProjection final : public Projection {
 public:
  [[nodiscard]] std::string_view name() const override { return "chronology"; }
  [[nodiscard]] absl::Status Fold(const FoldInput& input, RowWriter& rows) override;
  [[nodiscard]] absl::Status SetAside(const StreamId&, RowWriter&) override {
    return absl::OkStatus();
  }
  [[nodiscard]] absl::Status Finish(RowWriter&) override { return absl::OkStatus(); }
  void Forget() override {}
};

}  // namespace apdr::projection
