#include "services/projection/case_projection.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/state_codec.h"
#include "engine/core/evolve.h"
#include "services/projection/case_view.h"
#include "services/projection/due_list.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"

namespace apdr::projection {

CaseProjection::CaseProjection(const Parts& parts, std::size_t cached_cases_max)
    : parts_(parts), cached_cases_max_(cached_cases_max) {
  APDR_CHECK(cached_cases_max > 0);
}

absl::Status CaseProjection::Fold(const FoldInput& input, RowWriter& rows) {
  APDR_ASSIGN_OR_RETURN(Case* const found, Find(input.stream()));
  const std::uint64_t expected = found->state.version.value() + 1;
  if (input.event.version() != expected) {
    return absl::InvalidArgumentError(absl::StrCat("Expected version ", expected,
                                                   " of the case next, but the event is version ",
                                                   input.event.version(), "."));
  }
  const auto recorded = codec::FromMessage(input.event);
  if (!recorded.ok()) return absl::InvalidArgumentError(recorded.status().message());
  const core::Event& event = recorded->event;
  if (!parts_.workflow.HasEvent(event.payload->type())) {
    return absl::InvalidArgumentError(
        absl::StrCat("Expected an event of the workflow, but it declares no ",
                     std::string(event.payload->type()), "."));
  }
  APDR_RETURN_IF_ERROR(Follow(*found));
  core::Evolve(parts_.workflow, found->state, event);
  if (found->follower != nullptr) found->follower->Fold(input, event);
  if (parts_.workflow.module().CorrectionIn(*event.payload)) {
    rows.Put(CorrectionKey(input.stream(), CaseVersion(input.event.version())),
             std::string(input.bytes));
  }
  found->shard = Shard(input.event.shard());
  found->position = Position(input.event.position());
  found->stale = false;
  MarkChanged(*found);
  return absl::OkStatus();
}

absl::Status CaseProjection::SetAside(const StreamId& stream, RowWriter&) {
  APDR_ASSIGN_OR_RETURN(Case* const found, Find(stream));
  APDR_RETURN_IF_ERROR(Follow(*found));
  found->stale = true;
  MarkChanged(*found);
  return absl::OkStatus();
}

absl::Status CaseProjection::Finish(RowWriter& rows) {
  for (Case* changed : changed_) APDR_RETURN_IF_ERROR(Write(*changed, rows));
  changed_.clear();
  while (cases_.size() > cached_cases_max_) {
    by_stream_.erase(cases_.back().stream);
    cases_.pop_back();
  }
  return absl::OkStatus();
}

void CaseProjection::Forget() {
  changed_.clear();
  by_stream_.clear();
  cases_.clear();
}

absl::StatusOr<CaseProjection::Case*> CaseProjection::Find(const StreamId& stream) {
  const auto found = by_stream_.find(stream);
  if (found != by_stream_.end()) {
    cases_.splice(cases_.begin(), cases_, found->second);
    return &cases_.front();
  }
  APDR_ASSIGN_OR_RETURN(Case loaded, Load(stream));
  cases_.push_front(std::move(loaded));
  by_stream_.emplace(stream, cases_.begin());
  return &cases_.front();
}

absl::StatusOr<CaseProjection::Case> CaseProjection::Load(const StreamId& stream) const {
  Case loaded{.stream = stream,
              .state = {},
              .shard = {},
              .position = {},
              .stale = false,
              .changed = false,
              .list_rows = {},
              .follower = nullptr};
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row, parts_.model.Get(CaseKey(stream)));
  if (!row) {
    loaded.state = parts_.workflow.NewState();
    return loaded;
  }
  APDR_ASSIGN_OR_RETURN(const query::v1::CaseView view, DecodeCaseView(*row));
  APDR_ASSIGN_OR_RETURN(const std::string_view state, DecodeCaseState(*row));
  APDR_ASSIGN_OR_RETURN(loaded.state, codec::DecodeState(parts_.workflow, state));
  loaded.shard = Shard(view.shard());
  loaded.position = Position(view.position());
  loaded.stale = view.stale();
  loaded.list_rows = ListRows(parts_.workflow.definition(), stream.tenant, view);
  return loaded;
}

absl::Status CaseProjection::Follow(Case& changing) const {
  if (parts_.followers == nullptr || changing.follower != nullptr) return absl::OkStatus();
  APDR_ASSIGN_OR_RETURN(changing.follower, parts_.followers->Open(changing.stream));
  return absl::OkStatus();
}

void CaseProjection::MarkChanged(Case& changed) {
  if (changed.changed) return;
  changed.changed = true;
  changed_.push_back(&changed);
}

// The case's row, and of its list rows those that differ from what is there.
absl::Status CaseProjection::Write(Case& changed, RowWriter& rows) const {
  const StreamId& stream = changed.stream;
  query::v1::CaseView view = BuildCaseView(
      parts_.workflow, changed.state,
      {.case_id = stream.case_id, .shard = changed.shard, .position = changed.position});
  view.set_stale(changed.stale);
  rows.Put(CaseKey(stream),
           EncodeCaseRow(view, codec::EncodeState(parts_.workflow, changed.state)));
  auto list_rows = ListRows(parts_.workflow.definition(), stream.tenant, view);
  for (const auto& [key, row] : changed.list_rows) {
    if (!list_rows.contains(key)) rows.Delete(key);
  }
  for (const auto& [key, row] : list_rows) {
    const auto before = changed.list_rows.find(key);
    if (before == changed.list_rows.end() || before->second != row) rows.Put(key, row);
  }
  changed.list_rows = std::move(list_rows);
  changed.changed = false;
  const std::unique_ptr<CaseFollower> follower = std::move(changed.follower);
  if (follower == nullptr) return absl::OkStatus();
  return follower->Write(changed.state, view, rows);
}

}  // namespace apdr::projection
