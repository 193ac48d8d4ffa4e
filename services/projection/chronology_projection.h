#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "services/projection/projection.h"

namespace apdr::projection {

// Every event of a case in order, whole, and whether its record has been erased. Cannot fail: it
// moves bytes. What other projections set aside waits here.
class ChronologyProjection final : public Projection {
 public:
  // The full name of the event that erases a record; empty: none does.
  explicit ChronologyProjection(std::string erased_by) : erased_by_(std::move(erased_by)) {}

  [[nodiscard]] std::string_view name() const override { return "chronology"; }
  [[nodiscard]] absl::Status Fold(const FoldInput& input, RowWriter& rows) override;
  [[nodiscard]] absl::Status SetAside(const StreamId&, RowWriter&) override {
    return absl::OkStatus();
  }
  [[nodiscard]] absl::Status Finish(RowWriter&) override { return absl::OkStatus(); }
  void Forget() override {}

 private:
  const std::string erased_by_;
};

}  // namespace apdr::projection
