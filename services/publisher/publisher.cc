#include "services/publisher/publisher.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"

namespace apdr::publisher {
namespace {

bool IsOkOrAway(const absl::Status& status) { return status.ok() || absl::IsUnavailable(status); }

}  // namespace

Publisher::Publisher(const Parts& parts, const PublisherOptions& options)
    : parts_(parts), options_(options), shard_count_(parts.store.shard_count()) {
  APDR_CHECK(options.read_commits_max > 0 && options.window_records_max > 0);
  // Subscribers hold events for ever, so an events topic that lost them is filled again. A notice
  // that has been taken is history: the notices topic forgets it by retention and nobody wants it
  // again.
  lanes_.push_back({.producer = &parts.events,
                    .topic = bus::kEventsTopic,
                    .make_record = bus::MakeEventRecord,
                    .repair = true,
                    .flights = std::vector<Flight>(shard_count_),
                    .lost = {}});
  lanes_.push_back({.producer = &parts.notices,
                    .topic = bus::kNoticesTopic,
                    .make_record = bus::MakeNoticeRecord,
                    .repair = false,
                    .flights = std::vector<Flight>(shard_count_),
                    .lost = {}});
  cursors_.resize(shard_count_);
  UpdateStatus({});
}

absl::StatusOr<StepResult> Publisher::Step() {
  bool progressed = false;
  absl::Status away = StartFlights();
  if (!IsOkOrAway(away)) return away;
  // Both lanes get their turn even when one of them is away.
  for (std::uint32_t shard = 0; shard < shard_count_; ++shard) {
    APDR_RETURN_IF_ERROR(StepShard(Shard(shard), progressed));
  }
  for (Lane& lane : lanes_) {
    if (HasRecovered(lane)) lane.lost = absl::OkStatus();
    away.Update(lane.lost);
  }
  UpdateStatus(std::string(away.message()));
  APDR_RETURN_IF_ERROR(away);
  return progressed ? StepResult::kProgressed : StepResult::kIdle;
}

// Stops at the first question that the bus does not answer: each may wait for seconds.
absl::Status Publisher::StartFlights() {
  for (Lane& lane : lanes_) {
    for (std::uint32_t i = 0; i < shard_count_; ++i) {
      if (lane.flights[i].started) continue;
      if (!topics_fit_) APDR_RETURN_IF_ERROR(parts_.ensure_topics());
      topics_fit_ = true;
      APDR_ASSIGN_OR_RETURN(const Position start, FindStart(lane, Shard(i)));
      lane.flights[i] = {
          .started = true, .start = start, .acknowledged = start, .pending = {}, .sent = 0};
    }
  }
  return absl::OkStatus();
}

// What the topic already holds, by its own tail.
absl::StatusOr<Position> Publisher::FindStart(const Lane& lane, Shard shard) {
  APDR_ASSIGN_OR_RETURN(const Position cursor, ReadCursor(shard));
  APDR_ASSIGN_OR_RETURN(const bus::LastRecord last, lane.producer->LastOnBus(shard));
  if (last.position > Position(0)) {
    APDR_RETURN_IF_ERROR(CheckSameHistory(lane, shard, last));
    return last.position;
  }
  return lane.repair ? Position(0) : cursor;
}

absl::StatusOr<Position> Publisher::ReadCursor(Shard shard) {
  std::optional<Position>& cursor = cursors_[shard.value()];
  if (!cursor) {
    APDR_ASSIGN_OR_RETURN(cursor, parts_.cursors.ReadCursor(kCursorName, shard));
  }
  return *cursor;
}

// The newest record of the topic must be one of the log.
absl::Status Publisher::CheckSameHistory(const Lane& lane, Shard shard,
                                         const bus::LastRecord& last) {
  const std::string expected = absl::StrCat("Expected to publish shard ", shard.value(), " to ",
                                            std::string(lane.topic), ", but the topic ");
  constexpr char kOlder[] =
      ": the store is older than the bus. Restore the newer store, or give this store new topics.";
  const Position head = parts_.store.DurableHead(shard);
  if (last.position > head) {
    return absl::FailedPreconditionError(
        absl::StrCat(expected, "already holds position ", last.position.value(),
                     " and the log ends at ", head.value(), kOlder));
  }
  APDR_ASSIGN_OR_RETURN(
      const std::vector<eventstore::StoredCommit> commits,
      parts_.store.ReadShard(shard, Position(last.position.value() - 1), /*limit=*/1));
  APDR_CHECK(!commits.empty());
  const std::uint64_t index = last.position.value() - commits[0].place.first_position.value();
  APDR_ASSIGN_OR_RETURN(const event::v1::Event event, bus::OutgoingEvent(commits[0], index));
  if (event.event_id() == last.event_id) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(expected, "has event ", last.event_id, " at position ", last.position.value(),
                   " and the log has event ", event.event_id(), " there", kOlder));
}

absl::Status Publisher::StepShard(Shard shard, bool& progressed) {
  APDR_RETURN_IF_ERROR(Refill(shard, progressed));
  for (Lane& lane : lanes_) APDR_RETURN_IF_ERROR(StepFlight(lane, shard, progressed));
  return SaveCursor(shard);
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

// The position up to which the lanes that have started got the log; nullopt: none has.
std::optional<Position> Publisher::ReadTo(Shard shard) const {
  std::optional<Position> read;
  for (const Lane& lane : lanes_) {
    const Flight& flight = lane.flights[shard.value()];
    if (flight.started) read = std::min(read.value_or(flight.end()), flight.end());
  }
  return read;
}

// Hands the next commits of the log to the lanes. A lane that already has a position gets the next.
absl::Status Publisher::Refill(Shard shard, bool& progressed) {
  const std::optional<Position> read = ReadTo(shard);
  if (!read || *read == parts_.store.DurableHead(shard) || WindowIsFull(shard)) {
    return absl::OkStatus();
  }
  APDR_ASSIGN_OR_RETURN(const std::vector<eventstore::StoredCommit> commits,
                        parts_.store.ReadShard(shard, *read, options_.read_commits_max));
  for (const eventstore::StoredCommit& stored : commits) {
    for (std::size_t index = 0; index < stored.commit.events.size(); ++index) {
      const Position position(stored.place.first_position.value() + index);
      if (position <= *read) continue;
      APDR_ASSIGN_OR_RETURN(const event::v1::Event event, bus::OutgoingEvent(stored, index));
      for (Lane& lane : lanes_) {
        Flight& flight = lane.flights[shard.value()];
        if (!flight.started || flight.end() >= position) continue;
        flight.pending.push_back(lane.make_record(event));
        progressed = true;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Publisher::StepFlight(Lane& lane, Shard shard, bool& progressed) {
  Flight& flight = lane.flights[shard.value()];
  if (!flight.started || flight.pending.empty()) return absl::OkStatus();
  const auto sent = lane.producer->Send(std::span(flight.pending).subspan(flight.sent));
  absl::StatusOr<Position> acknowledged = Position(0);
  if (sent.ok()) {
    flight.sent += *sent;
    progressed = progressed || *sent > 0;
    acknowledged = lane.producer->Acknowledged(shard);
  }
  const absl::Status status = sent.ok() ? acknowledged.status() : sent.status();
  if (absl::IsUnavailable(status)) {
    LoseSession(lane, status);
    return absl::OkStatus();
  }
  APDR_RETURN_IF_ERROR(status);
  if (*acknowledged <= flight.acknowledged) return absl::OkStatus();
  const std::uint64_t count = acknowledged->value() - flight.acknowledged.value();
  // A session acknowledges nothing but what was sent in it; else unsent records would be left out.
  APDR_CHECK(count <= flight.sent);
  flight.pending.erase(flight.pending.begin(),
                       flight.pending.begin() + static_cast<std::ptrdiff_t>(count));
  flight.sent -= count;
  flight.acknowledged = *acknowledged;
  progressed = true;
  return absl::OkStatus();
}

// The session is gone for every shard, and with it what is known of the topic.
void Publisher::LoseSession(Lane& lane, absl::Status why) {
  for (Flight& flight : lane.flights) {
    flight = {.started = false,
              .start = flight.start,
              .acknowledged = flight.acknowledged,
              .pending = {},
              .sent = 0};
  }
  lane.lost = std::move(why);
  topics_fit_ = false;
}

// Whether each shard had something acknowledged in this session, or has nothing to send.
bool Publisher::HasRecovered(const Lane& lane) {
  return std::ranges::all_of(lane.flights, [](const Flight& flight) {
    return flight.started && (flight.pending.empty() || flight.acknowledged > flight.start);
  });
}

Position Publisher::Acknowledged(Shard shard) const {
  return std::min(lanes_[0].flights[shard.value()].acknowledged,
                  lanes_[1].flights[shard.value()].acknowledged);
}

absl::Status Publisher::SaveCursor(Shard shard) {
  std::optional<Position>& cursor = cursors_[shard.value()];
  const Position acknowledged = Acknowledged(shard);
  if (!cursor || acknowledged <= *cursor) return absl::OkStatus();
  APDR_RETURN_IF_ERROR(parts_.cursors.WriteCursor(kCursorName, shard, acknowledged));
  cursor = acknowledged;
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
