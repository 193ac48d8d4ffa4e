#include "services/sink/copy_followers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/base/status_macros.h"
#include "services/projection/rows/row_keys.h"

namespace apdr::sink {
namespace {

// Passes a case on to the views, and keeps of their rows the copy.
class CopyFollower final : public projection::CaseFollower {
 public:
  CopyFollower(const CopyFollowers::Parts& parts, StreamId stream,
               std::unique_ptr<projection::CaseFollower> views)
      : parts_(parts), stream_(std::move(stream)), views_(std::move(views)) {}

  void Fold(const projection::FoldInput& input, const core::Event& event) override {
    views_->Fold(input, event);
  }

  absl::Status Write(const core::State& state, const query::v1::CaseView& view,
                     projection::RowWriter& rows) override {
    projection::RowWriter written;
    APDR_RETURN_IF_ERROR(views_->Write(state, view, written));
    readmodel::Write write = written.Take();
    for (std::string& key : write.deletes) rows.Delete(std::move(key));
    const std::string key = CaseCopyKey(stream_);
    for (readmodel::Row& row : write.puts) {
      if (row.key == key) APDR_RETURN_IF_ERROR(Keep(row.value));
      rows.Put(std::move(row.key), std::move(row.value));
    }
    return absl::OkStatus();
  }

 private:
  // A case may have been erased while it was set aside.
  absl::Status Keep(const std::string& row) {
    if (parts_.changes.erased.contains(stream_)) return absl::OkStatus();
    APDR_ASSIGN_OR_RETURN(const auto erased, parts_.model.Get(projection::ErasedKey(stream_)));
    if (!erased && !parts_.changes.cases[stream_].copy.ParseFromString(row)) {
      return absl::InternalError("Expected the copy of a case to read back, but it does not.");
    }
    return absl::OkStatus();
  }

  const CopyFollowers::Parts parts_;
  const StreamId stream_;
  const std::unique_ptr<projection::CaseFollower> views_;
};

}  // namespace

CopyFollowers::CopyFollowers(const Parts& parts, Identifiers identifiers)
    : parts_(parts),
      views_({CaseCopyView(identifiers)}),
      followers_(parts.workflow, parts.model, views_) {}

absl::StatusOr<std::unique_ptr<projection::CaseFollower>> CopyFollowers::Open(
    const StreamId& stream) const {
  APDR_ASSIGN_OR_RETURN(auto views, followers_.Open(stream));
  return std::make_unique<CopyFollower>(parts_, stream, std::move(views));
}

}  // namespace apdr::sink
