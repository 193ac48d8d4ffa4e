#include "services/projection/projector.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "services/projection/rows/row_keys.h"

namespace apdr::projection {
namespace {

// The event in a record, if the record is what it says it is.
std::optional<event::v1::Event> ReadEvent(const bus::Record& record) {
  auto event = codec::ParseEvent(record.value);
  if (!event.ok() || event->shard() != record.shard.value() ||
      event->position() != record.position.value() || event->case_id() != record.key ||
      event->tenant_id().empty() || event->version() == 0) {
    return std::nullopt;
  }
  return *std::move(event);
}

Position After(Position position) { return Position(position.value() + 1); }

}  // namespace

std::string LayoutOf(std::string_view meaning, std::uint32_t shard_count) {
  return absl::StrCat(std::string(kRowLayout), "/", std::string(meaning), "/", shard_count,
                      shard_count == 1 ? " shard" : " shards");
}

Projector::Projector(Parts parts, const ProjectorOptions& options)
    : parts_(std::move(parts)), options_(options), shards_(parts_.board.shard_count()) {
  APDR_CHECK(options.batch_records_max > 0);
  UpdateStatus();
}

absl::StatusOr<StepResult> Projector::Step() {
  auto result = TryStep();
  if (!result.ok()) StartOver();
  UpdateStatus();
  return result;
}

absl::StatusOr<StepResult> Projector::TryStep() {
  if (!started_) APDR_RETURN_IF_ERROR(Start());
  if (!retries_.empty()) {
    const SetAsideRow row = std::move(retries_.front());
    retries_.pop_front();
    APDR_RETURN_IF_ERROR(Retry(row));
    APDR_RETURN_IF_ERROR(Commit());
    return StepResult::kProgressed;
  }
  APDR_ASSIGN_OR_RETURN(std::vector<bus::Received> received,
                        parts_.consumer.Poll(options_.batch_records_max, options_.poll_wait));
  for (bus::Received& one : received) APDR_RETURN_IF_ERROR(Accept(std::move(one)));
  for (std::uint32_t shard = 0; shard < shards_.size(); ++shard) {
    if (shards_[shard].target > Position(0)) APDR_RETURN_IF_ERROR(FillGap(Shard(shard)));
  }
  const bool changed = std::ranges::any_of(shards_, &ShardState::changed);
  if (changed) APDR_RETURN_IF_ERROR(Commit());
  return changed ? StepResult::kProgressed : StepResult::kIdle;
}

absl::Status Projector::Start() {
  APDR_RETURN_IF_ERROR(CheckLayout());
  APDR_RETURN_IF_ERROR(LoadSetAside());
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    const Shard shard(i);
    APDR_ASSIGN_OR_RETURN(const readmodel::Progress progress, parts_.model.ReadProgress(shard));
    shards_[i] = {};
    shards_[i].position = progress.position;
    shards_[i].token = progress.token;
    APDR_RETURN_IF_ERROR(
        parts_.consumer.Assign(shard, {.position = progress.position, .token = progress.token}));
    parts_.board.Publish(shard, progress.position);
  }
  started_ = true;
  return absl::OkStatus();
}

absl::Status Projector::CheckLayout() {
  const std::string layout = LayoutOf(parts_.layout, parts_.board.shard_count());
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, parts_.model.Get(LayoutKey()));
  if (!stored) {
    rows_.Put(LayoutKey(), layout);
    return absl::OkStatus();
  }
  if (*stored == layout) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("Expected to fold into a read model of layout ", layout, ", but this one has ",
                   *stored, "; delete the read model and let it be rebuilt."));
}

absl::Status Projector::LoadSetAside() {
  set_aside_.clear();
  retries_.clear();
  const KeySpan span = AllSetAside();
  APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows,
                        parts_.model.Scan({.begin = span.begin,
                                           .end = span.end,
                                           .direction = readmodel::Direction::kForward,
                                           .limit = kSetAsideMax}));
  for (const readmodel::Row& row : rows) {
    APDR_ASSIGN_OR_RETURN(SetAsideRow set_aside, DecodeSetAside(row.value));
    for (std::size_t i = 0; i < parts_.projections.size(); ++i) {
      if (parts_.projections[i]->name() != set_aside.projection) continue;
      set_aside_.emplace(SetAsideKeyParts(i, set_aside.stream), set_aside);
      retries_.push_back(set_aside);
    }
  }
  return absl::OkStatus();
}

// Folds a case that was set aside from where it stopped, as far as it goes this time.
absl::Status Projector::Retry(const SetAsideRow& row) {
  const auto projection = std::ranges::find(parts_.projections, row.projection, &Projection::name);
  const auto index = static_cast<std::size_t>(projection - parts_.projections.begin());
  APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> events,
                        parts_.model.Scan({.begin = ChronologyKey(row.stream, row.version),
                                           .end = ChronologyOf(row.stream).end,
                                           .direction = readmodel::Direction::kForward,
                                           .limit = options_.batch_records_max}));
  set_aside_.erase(SetAsideKeyParts(index, row.stream));
  CaseVersion next = row.version;
  for (const readmodel::Row& stored : events) {
    APDR_ASSIGN_OR_RETURN(const event::v1::Event event, codec::ParseEvent(stored.value));
    const FoldInput input{.event = event, .bytes = stored.value};
    APDR_RETURN_IF_ERROR(FoldInto(index, input));
    if (set_aside_.contains(SetAsideKeyParts(index, row.stream))) return absl::OkStatus();
    next = CaseVersion(event.version() + 1);
  }
  if (events.size() < options_.batch_records_max) {
    rows_.Delete(SetAsideKey(row.projection, row.stream));
    return absl::OkStatus();
  }
  SetAsideRow rest = row;  // A long chronology: the next step goes on.
  rest.version = next;
  rows_.Put(SetAsideKey(rest.projection, rest.stream), EncodeSetAside(rest));
  set_aside_.emplace(SetAsideKeyParts(index, rest.stream), rest);
  retries_.push_front(std::move(rest));
  return absl::OkStatus();
}

absl::Status Projector::Accept(bus::Received received) {
  const bus::Record& record = received.record;
  if (record.shard.value() >= shards_.size()) {
    return absl::FailedPreconditionError(absl::StrCat("Expected ", shards_.size(),
                                                      " shards, but the bus delivered shard ",
                                                      record.shard.value(), "."));
  }
  ShardState& state = shards_[record.shard.value()];
  if (record.position <= state.position) return absl::OkStatus();  // Seen.
  // The next is the next, also while there is a gap: a bus that lost it may deliver it again.
  if (record.position == After(state.position)) {
    APDR_RETURN_IF_ERROR(FoldRecord(record));
    state.position = record.position;
    state.changed = true;
    if (record.position < state.target) return absl::OkStatus();
    CloseGap(state, std::move(received.token));
    return absl::OkStatus();
  }
  if (state.target == Position(0)) ++gaps_;
  // Until the gap is filled, what the bus delivers is read from the log as well.
  if (record.position > state.target) {
    state.target = record.position;
    state.target_token = std::move(received.token);
  }
  return absl::OkStatus();
}

// There is no gap, or no longer. While there is one the token stays before it, so that a restart
// finds what was delivered behind it again.
void Projector::CloseGap(ShardState& state, std::string token) {
  state.token = std::move(token);
  state.target = Position(0);
  state.trouble.clear();
}

absl::Status Projector::FillGap(Shard shard) {
  ShardState& state = shards_[shard.value()];
  const std::string expected =
      absl::StrCat("Expected position ", After(state.position).value(), " of shard ", shard.value(),
                   " next, but the bus delivered ", state.target.value(), " and ");
  if (parts_.gaps == nullptr) {
    state.trouble = expected + "there is no way to the log that has what is between.";
    return absl::OkStatus();
  }
  const auto records = parts_.gaps->ReadAfter(shard, state.position, options_.batch_records_max);
  if (absl::IsUnavailable(records.status())) {
    state.trouble = absl::StrCat(
        expected, "the log cannot be reached: ", std::string(records.status().message()));
    return absl::OkStatus();
  }
  if (!records.ok()) return records.status();
  for (const bus::Record& record : *records) {
    if (record.position != After(state.position)) break;
    APDR_RETURN_IF_ERROR(FoldRecord(record));
    state.position = record.position;
    state.changed = true;
    if (record.position < state.target) continue;
    CloseGap(state, std::move(state.target_token));
    return absl::OkStatus();
  }
  if (!state.changed) state.trouble = expected + "the log does not have what is between.";
  return absl::OkStatus();
}

absl::Status Projector::FoldRecord(const bus::Record& record) {
  const std::optional<event::v1::Event> event = ReadEvent(record);
  if (!event) {
    ++records_unreadable_;
    rows_.Put(UnreadableKey(record.shard, record.position), record.value);
    return absl::OkStatus();
  }
  const FoldInput input{.event = *event, .bytes = record.value};
  for (std::size_t i = 0; i < parts_.projections.size(); ++i) {
    if (!set_aside_.empty() && set_aside_.contains(SetAsideKeyParts(i, input.stream()))) continue;
    APDR_RETURN_IF_ERROR(FoldInto(i, input));
  }
  return absl::OkStatus();
}

absl::Status Projector::FoldInto(std::size_t projection, const FoldInput& input) {
  const absl::Status status = parts_.projections[projection]->Fold(input, rows_);
  if (!absl::IsInvalidArgument(status)) return status;
  return SetAside(projection, input, std::string(status.message()));
}

absl::Status Projector::SetAside(std::size_t projection, const FoldInput& input,
                                 std::string reason) {
  if (set_aside_.size() >= kSetAsideMax) {
    return absl::DataLossError(absl::StrCat(
        "Expected at most ", kSetAsideMax,
        " cases with an event that cannot be folded, but there is one more: ", reason));
  }
  SetAsideRow row{.projection = std::string(parts_.projections[projection]->name()),
                  .stream = input.stream(),
                  .version = CaseVersion(input.event.version()),
                  .reason = std::move(reason)};
  APDR_RETURN_IF_ERROR(parts_.projections[projection]->SetAside(row.stream, rows_));
  rows_.Put(SetAsideKey(row.projection, row.stream), EncodeSetAside(row));
  set_aside_.emplace(SetAsideKeyParts(projection, row.stream), std::move(row));
  return absl::OkStatus();
}

absl::Status Projector::Commit() {
  for (Projection* projection : parts_.projections) {
    APDR_RETURN_IF_ERROR(projection->Finish(rows_));
  }
  readmodel::Write write = rows_.Take();
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    if (!shards_[i].changed) continue;
    write.progress.push_back(
        {.shard = Shard(i),
         .progress = {.position = shards_[i].position, .token = shards_[i].token}});
  }
  APDR_RETURN_IF_ERROR(parts_.model.Apply(write));
  for (const readmodel::ShardProgress& written : write.progress) {
    shards_[written.shard.value()].changed = false;
    parts_.board.Publish(written.shard, written.progress.position);
  }
  return absl::OkStatus();
}

void Projector::StartOver() {
  started_ = false;
  (void)rows_.Take();
  for (Projection* projection : parts_.projections) projection->Forget();
}

void Projector::UpdateStatus() {
  ProjectorStatus status{.shards = {},
                         .cases_set_aside = set_aside_.size(),
                         .records_unreadable = records_unreadable_,
                         .gaps = gaps_};
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    status.shards.push_back(
        {.shard = Shard(i), .position = shards_[i].position, .trouble = shards_[i].trouble});
  }
  const absl::MutexLock lock(&mutex_);
  report_ = std::move(status);
}

ProjectorStatus Projector::status() const {
  const absl::MutexLock lock(&mutex_);
  return report_;
}

}  // namespace apdr::projection
