#include "services/publisher/publisher.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "services/bus/record/event_record.h"

namespace apdr::publisher {

Publisher::Publisher(const Parts& parts, const PublisherOptions& options)
    : parts_(parts), options_(options), shard_count_(parts.store.shard_count()) {
  APDR_CHECK(options.read_commits_max > 0 && options.window_records_max > 0);
  // Subscribers hold events for ever, so an events topic that lost them is filled again. A notice
  // that has been taken is history: the notices topic forgets it by retention and nobody wants it
  // again.
  lanes_.push_back({.producer = &parts.events,
                    .topic = bus::kEventsTopic,
                    .repair = true,
                    .flights = std::vector<Flight>(shard_count_)});
  lanes_.push_back({.producer = &parts.notices,
                    .topic = bus::kNoticesTopic,
                    .repair = false,
                    .flights = std::vector<Flight>(shard_count_)});
  shards_.resize(shard_count_);
  UpdateStatus({});
}

absl::StatusOr<StepResult> Publisher::Step() {
  bool progressed = false;
  std::string last_error;
  for (std::uint32_t shard = 0; shard < shard_count_; ++shard) {
    const absl::Status status = StepShard(Shard(shard), progressed);
    if (absl::IsUnavailable(status)) {
      last_error = std::string(status.message());
    } else if (!status.ok()) {
      return status;
    }
  }
  const bool reachable = last_error.empty();
  UpdateStatus(std::move(last_error));
  return progressed && reachable ? StepResult::kProgressed : StepResult::kIdle;
}

// Both lanes get their turn even when one of them is away; kUnavailable if either was.
absl::Status Publisher::StepShard(Shard shard, bool& progressed) {
  if (!shards_[shard.value()].started) APDR_RETURN_IF_ERROR(Start(shard));
  APDR_RETURN_IF_ERROR(Refill(shard, progressed));
  absl::Status away;
  for (Lane& lane : lanes_) {
    const absl::Status status = StepLane(lane, shard, progressed);
    if (!status.ok() && !absl::IsUnavailable(status)) return status;
    away.Update(status);
  }
  APDR_RETURN_IF_ERROR(SaveCursor(shard));
  return away;
}

absl::Status Publisher::Start(Shard shard) {
  APDR_ASSIGN_OR_RETURN(const Position cursor, parts_.cursors.ReadCursor(kCursorName, shard));
  std::vector<Position> starts;
  for (const Lane& lane : lanes_) {
    APDR_ASSIGN_OR_RETURN(const Position start, FindStart(lane, shard, cursor));
    starts.push_back(start);
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    lanes_[i].flights[shard.value()] = {.acknowledged = starts[i], .pending = {}, .sent = 0};
  }
  shards_[shard.value()] = {
      .started = true, .read = *std::ranges::min_element(starts), .cursor = cursor};
  return absl::OkStatus();
}

// What the topic already holds, by its own tail.
absl::StatusOr<Position> Publisher::FindStart(const Lane& lane, Shard shard, Position cursor) {
  APDR_ASSIGN_OR_RETURN(Position start, lane.producer->LastOnBus(shard));
  if (start == Position(0) && !lane.repair) start = cursor;
  const Position head = parts_.store.DurableHead(shard);
  if (start > head) {
    return absl::FailedPreconditionError(absl::StrCat(
        "Expected to publish shard ", shard.value(), " to ", std::string(lane.topic),
        ", but the topic already holds position ", start.value(), " and the log ends at ",
        head.value(),
        ": the store is older than the bus. Restore the newer store, or give this store new "
        "topics."));
  }
  return start;
}

bool Publisher::WindowIsFull(Shard shard) const {
  return std::ranges::any_of(lanes_, [&](const Lane& lane) {
    const std::vector<bus::Record>& pending = lane.flights[shard.value()].pending;
    if (pending.size() >= options_.window_records_max) return true;
    std::size_t bytes = 0;
    for (const bus::Record& record : pending) bytes += record.value.size();
    return bytes >= options_.window_bytes_max;
  });
}

// Hands the next commits of the log to the lanes. A lane that already has a position gets the next.
absl::Status Publisher::Refill(Shard shard, bool& progressed) {
  ShardState& state = shards_[shard.value()];
  if (state.read == parts_.store.DurableHead(shard) || WindowIsFull(shard)) {
    return absl::OkStatus();
  }
  APDR_ASSIGN_OR_RETURN(const std::vector<eventstore::StoredCommit> commits,
                        parts_.store.ReadShard(shard, state.read, options_.read_commits_max));
  for (const eventstore::StoredCommit& stored : commits) {
    for (std::size_t index = 0; index < stored.commit.events.size(); ++index) {
      const Position position(stored.place.first_position.value() + index);
      if (position <= state.read) continue;
      APDR_ASSIGN_OR_RETURN(const event::v1::Event event, bus::OutgoingEvent(stored, index));
      Flight& events = lanes_[0].flights[shard.value()];
      if (position > events.acknowledged) events.pending.push_back(bus::MakeEventRecord(event));
      Flight& notices = lanes_[1].flights[shard.value()];
      if (position > notices.acknowledged) notices.pending.push_back(bus::MakeNoticeRecord(event));
      state.read = position;
      progressed = true;
    }
  }
  return absl::OkStatus();
}

absl::Status Publisher::StepLane(Lane& lane, Shard shard, bool& progressed) {
  Flight& flight = lane.flights[shard.value()];
  if (flight.pending.empty()) return absl::OkStatus();
  const auto sent = lane.producer->Send(std::span(flight.pending).subspan(flight.sent));
  absl::StatusOr<Position> acknowledged = Position(0);
  if (sent.ok()) {
    flight.sent += *sent;
    progressed = progressed || *sent > 0;
    acknowledged = lane.producer->Acknowledged(shard);
  }
  const absl::Status status = sent.ok() ? acknowledged.status() : sent.status();
  if (!status.ok()) {
    // The session is gone for every shard: all that was not acknowledged goes again.
    for (Flight& lost : lane.flights) lost.sent = 0;
    return status;
  }
  if (*acknowledged <= flight.acknowledged) return absl::OkStatus();
  const std::uint64_t count = acknowledged->value() - flight.acknowledged.value();
  APDR_CHECK(count <= flight.sent);  // Else the topic has a position that was never sent.
  flight.pending.erase(flight.pending.begin(),
                       flight.pending.begin() + static_cast<std::ptrdiff_t>(count));
  flight.sent -= count;
  flight.acknowledged = *acknowledged;
  progressed = true;
  return absl::OkStatus();
}

Position Publisher::Acknowledged(Shard shard) const {
  return std::min(lanes_[0].flights[shard.value()].acknowledged,
                  lanes_[1].flights[shard.value()].acknowledged);
}

absl::Status Publisher::SaveCursor(Shard shard) {
  ShardState& state = shards_[shard.value()];
  const Position acknowledged = Acknowledged(shard);
  if (acknowledged <= state.cursor) return absl::OkStatus();
  APDR_RETURN_IF_ERROR(parts_.cursors.WriteCursor(kCursorName, shard, acknowledged));
  state.cursor = acknowledged;
  return absl::OkStatus();
}

void Publisher::UpdateStatus(std::string last_error) {
  PublisherStatus status{.shards = {}, .last_error = std::move(last_error)};
  for (std::uint32_t i = 0; i < shard_count_; ++i) {
    const Shard shard(i);
    status.shards.push_back({.shard = shard,
                             .head = parts_.store.DurableHead(shard),
                             .acknowledged = Acknowledged(shard)});
  }
  const absl::MutexLock lock(&mutex_);
  report_ = std::move(status);
}

PublisherStatus Publisher::status() const {
  const absl::MutexLock lock(&mutex_);
  return report_;
}

}  // namespace apdr::publisher
