#include "services/subscription/shard_ledger.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "engine/base/check.h"
#include "engine/codec/message_payload.h"
#include "services/subscription/times.h"

namespace apdr::subscription {
namespace {

constexpr absl::Duration kRetryDelayMin = absl::Seconds(1);
constexpr absl::Duration kRetryDelayMax = absl::Minutes(5);

CaseId CaseOf(const event::v1::Event& event) { return CaseId(event.case_id()); }

}  // namespace

absl::Duration RetryDelay(std::uint32_t attempts) {
  APDR_CHECK(attempts > 0);
  constexpr std::uint32_t kDoublingsMax = 16;  // More than it takes to reach the maximum.
  const std::uint32_t doublings = std::min(attempts - 1, kDoublingsMax);
  return std::min(kRetryDelayMax, kRetryDelayMin * (std::int64_t{1} << doublings));
}

ShardLedger::ShardLedger(Shard shard, const LedgerLimits& limits, Position acknowledged,
                         const std::vector<v1::HeldCase>& held)
    : shard_(shard), limits_(limits), acknowledged_(acknowledged), read_(acknowledged) {
  for (const v1::HeldCase& row : held) {
    Held& entry = held_[CaseId(row.case_id())];
    entry.row = row;
    entry.attempt = row.event().attempts();
    // Its place was known before a position was lost, or while it waited for other cases.
    entry.known = std::max(acknowledged, Position(row.event().position()));
    IndexPhase(entry, true);
    Phase phase = Phase::kLook;
    if (row.event().state() == v1::PARKED_STATE_RETRYING) phase = Phase::kRetrying;
    if (row.event().state() == v1::PARKED_STATE_PARKED) phase = Phase::kParked;
    SetPhase(entry, phase);
  }
}

bool ShardLedger::WantsEvents() const {
  return window_.size() < limits_.in_flight_max && bytes_ < kWindowBytesMax &&
         held_.size() - caught_up_.size() < kHeldCasesMax &&
         (held_.size() < kHeldRowsMax || window_.empty());
}

void ShardLedger::Offer(EventPtr event) {
  read_ = Position(read_.value() + 1);
  if (event != nullptr) {
    const CaseId case_id = CaseOf(*event);
    const auto held = held_.find(case_id);
    if (held != held_.end()) {
      held->second.known = std::max(held->second.known, read_);
      if (held->second.phase == Phase::kCaughtUp) SetPhase(held->second, Phase::kLook);
    } else {
      std::deque<Position>& line = lines_[case_id];
      line.push_back(read_);
      if (line.size() == 1) ready_.insert(read_);
      bytes_ += event->ByteSizeLong();
      window_.emplace(read_, Entry{.event = std::move(event)});
    }
  }
  Settle();
}

// Apart from the window's bytes: what is found is delivered first, so it drains by itself, and the
// window may be full for ever.
bool ShardLedger::WantsHeld() const {
  return found_.size() < limits_.in_flight_max && held_bytes_ < kWindowBytesMax;
}

std::vector<ShardLedger::Look> ShardLedger::Looks(std::size_t limit) const {
  std::vector<Look> looks;
  for (const CaseId& case_id : looks_) {
    if (looks.size() == limit) break;
    const Held& held = held_.at(case_id);
    looks.push_back({.case_id = case_id,
                     .from = CaseVersion(held.row.next_version()),
                     .up_to = std::max(read_, held.known)});
  }
  return looks;
}

void ShardLedger::OfferHeld(const CaseId& case_id, EventPtr event) {
  Held& held = held_.at(case_id);
  APDR_CHECK(held.phase == Phase::kLook);
  SetEvent(held, std::move(event));
  SetPhase(held, held.event != nullptr ? Phase::kFound : Phase::kCaughtUp);
  Settle();
}

void ShardLedger::LeaveDamaged(const CaseId& case_id) {
  SetPhase(held_.at(case_id), Phase::kDamaged);
}

void ShardLedger::BeginRetries(absl::Time now) {
  while (!retries_.empty() && retries_.begin()->first <= now) {
    SetPhase(held_.at(retries_.begin()->second), Phase::kLook);
  }
}

std::vector<ShardLedger::Outgoing> ShardLedger::Deliver(absl::Duration now, std::size_t bytes_max) {
  std::vector<Outgoing> outgoing;
  std::size_t bytes = 0;
  const auto has_room = [&] {
    return flights_.size() < limits_.in_flight_max && bytes < bytes_max;
  };
  while (has_room() && !found_.empty()) {
    Held& held = held_.at(*found_.begin());
    SetPhase(held, Phase::kFlying);
    bytes += held.event->ByteSizeLong();
    outgoing.push_back(Launch({.case_id = CaseId(held.row.case_id()), .entry = {}, .since = now},
                              held.event, ++held.attempt));
  }
  while (has_room() && !ready_.empty()) {
    const Position position = ready_.extract(ready_.begin()).value();
    Entry& entry = window_.at(position);
    bytes += entry.event->ByteSizeLong();
    outgoing.push_back(Launch({.case_id = CaseOf(*entry.event), .entry = position, .since = now},
                              entry.event, ++entry.attempt));
  }
  return outgoing;
}

ShardLedger::Outgoing ShardLedger::Launch(Flight flight, EventPtr event, std::uint32_t attempt) {
  flights_.emplace(++last_tag_, std::move(flight));
  return {.tag = last_tag_, .attempt = attempt, .event = std::move(event)};
}

bool ShardLedger::Acknowledge(std::uint64_t tag) {
  if (tag > last_tag_) return false;
  while (!flights_.empty() && flights_.begin()->first <= tag) {
    Finish(flights_.extract(flights_.begin()).mapped());
  }
  Settle();
  return true;
}

void ShardLedger::Finish(const Flight& flight) {
  if (flight.entry) return FinishEntry(flight.case_id, *flight.entry);
  Held& held = held_.at(flight.case_id);
  GoOnAfter(held, held.event->version(), held.event->position());
}

void ShardLedger::FinishEntry(const CaseId& case_id, Position position) {
  ForgetBytes(window_.at(position));
  const auto line = lines_.find(case_id);
  APDR_CHECK(line->second.front() == position);
  line->second.pop_front();
  if (line->second.empty()) {
    lines_.erase(line);
  } else {
    ready_.insert(line->second.front());
  }
}

// The event at this place of the held case is done with.
void ShardLedger::GoOnAfter(Held& held, std::uint64_t version, std::uint64_t position) {
  held.row.set_next_version(version + 1);
  held.row.set_done_position(position);
  SetPhase(held, held.known > Position(position) ? Phase::kLook : Phase::kCaughtUp);
  held.row.clear_event();
  SetEvent(held, nullptr);
  held.attempt = 0;
  changes_.cases.insert(CaseId(held.row.case_id()));
}

ShardLedger::NackResult ShardLedger::Nack(std::uint64_t tag, const Failure& failure,
                                          absl::Time now) {
  if (tag > last_tag_ || tag == 0) return NackResult::kUnknown;
  const auto found = flights_.find(tag);
  if (found == flights_.end()) return NackResult::kSettled;
  const Flight flight = flights_.extract(found).mapped();
  Held& held = flight.entry ? Hold(flight.case_id) : held_.at(flight.case_id);
  v1::ParkedEvent& event = *held.row.mutable_event();
  event.set_shard(shard_.value());
  event.set_position(held.event->position());
  event.set_case_id(held.event->case_id());
  event.set_version(held.event->version());
  event.set_event_type(std::string(codec::TypeOfUrl(held.event->data().type_url())));
  event.set_attempts(held.attempt);
  event.set_cause(failure.cause);
  event.set_member_id(failure.member_id);
  *event.mutable_last_failed_time() = ToTimestamp(now);
  if (!event.has_first_failed_time()) *event.mutable_first_failed_time() = ToTimestamp(now);
  const bool park = failure.action == v1::NACK_ACTION_PARK || held.attempt >= limits_.attempts_max;
  event.set_state(park ? v1::PARKED_STATE_PARKED : v1::PARKED_STATE_RETRYING);
  event.clear_retry_time();
  if (!park) *event.mutable_retry_time() = ToTimestamp(now + RetryDelay(held.attempt));
  SetPhase(held, park ? Phase::kParked : Phase::kRetrying);
  SetEvent(held, nullptr);
  changes_.cases.insert(flight.case_id);
  Settle();
  return park ? NackResult::kParked : NackResult::kRetrying;
}

// Takes all of a case out of the window.
ShardLedger::Held& ShardLedger::Hold(const CaseId& case_id) {
  const auto line = lines_.extract(case_id);
  const std::deque<Position>& positions = line.mapped();
  const Entry& first = window_.at(positions.front());
  Held& held = held_[case_id];
  held.row.set_case_id(case_id.value());
  held.row.set_next_version(first.event->version());
  SetEvent(held, first.event);
  held.attempt = first.attempt;
  held.known = positions.back();
  IndexPhase(held, true);
  for (const Position position : positions) {
    ready_.erase(position);
    ForgetBytes(window_.at(position));
  }
  return held;
}

void ShardLedger::ForgetBytes(Entry& entry) {
  bytes_ -= entry.event->ByteSizeLong();
  entry.event.reset();
}

void ShardLedger::TakeBack() {
  for (const auto& [tag, flight] : flights_) {
    if (flight.entry) {
      ready_.insert(*flight.entry);
    } else {
      SetPhase(held_.at(flight.case_id), Phase::kFound);
    }
  }
  flights_.clear();
  last_tag_ = 0;
}

void ShardLedger::Rest() {
  APDR_CHECK(flights_.empty());
  window_.clear();
  lines_.clear();
  ready_.clear();
  bytes_ = 0;
  read_ = acknowledged_;
  while (!found_.empty()) {
    Held& held = held_.at(*found_.begin());
    SetEvent(held, nullptr);
    SetPhase(held, Phase::kLook);
  }
  while (!damaged_.empty()) SetPhase(held_.at(*damaged_.begin()), Phase::kLook);
}

std::optional<v1::ParkedEvent> ShardLedger::Retry(Position position,
                                                  const v1::ParkedDecision& decision) {
  const auto parked = parked_.find(position);
  if (parked == parked_.end()) return std::nullopt;
  Held& held = held_.at(parked->second);
  SetPhase(held, Phase::kLook);
  held.attempt = 0;
  v1::ParkedEvent& event = *held.row.mutable_event();
  event.set_state(v1::PARKED_STATE_RELEASED);
  event.set_attempts(0);
  *event.mutable_decision() = decision;
  changes_.cases.insert(CaseId(held.row.case_id()));
  return event;
}

std::optional<v1::ParkedEvent> ShardLedger::Skip(Position position,
                                                 const v1::ParkedDecision& decision) {
  const auto parked = parked_.find(position);
  if (parked == parked_.end()) return std::nullopt;
  Held& held = held_.at(parked->second);
  v1::ParkedEvent event = held.row.event();
  event.set_state(v1::PARKED_STATE_SKIPPED);
  *event.mutable_decision() = decision;
  GoOnAfter(held, event.version(), event.position());
  changes_.skipped.push_back(event);
  Settle();
  return event;
}

void ShardLedger::SetEvent(Held& held, EventPtr event) {
  if (held.event != nullptr) held_bytes_ -= held.event->ByteSizeLong();
  if (event != nullptr) held_bytes_ += event->ByteSizeLong();
  held.event = std::move(event);
}

void ShardLedger::SetPhase(Held& held, Phase phase) {
  IndexPhase(held, false);
  held.phase = phase;
  IndexPhase(held, true);
}

void ShardLedger::IndexPhase(const Held& held, bool present) {
  const auto set = [present](auto& index, auto key) {
    if (present) {
      index.insert(std::move(key));
    } else {
      index.erase(key);
    }
  };
  const CaseId case_id(held.row.case_id());
  switch (held.phase) {
    case Phase::kLook:
      return set(looks_, case_id);
    case Phase::kDamaged:
      return set(damaged_, case_id);
    case Phase::kFound:
      return set(found_, case_id);
    case Phase::kFlying:
      return;
    case Phase::kCaughtUp:
      return set(caught_up_, std::pair(Position(held.row.done_position()), case_id));
    case Phase::kRetrying:
      return set(retries_, std::pair(ToTime(held.row.event().retry_time()), case_id));
    case Phase::kParked: {
      const Position position(held.row.event().position());
      if (present) {
        parked_.emplace(position, case_id);
      } else {
        parked_.erase(position);
      }
    }
  }
}

// Moves acknowledged() up to where something is not done, and lets go of the cases that have caught
// up: only once a restart, which reads on after acknowledged(), would not read again what they
// have done.
void ShardLedger::Settle() {
  while (!window_.empty() && window_.begin()->second.event == nullptr) {
    window_.erase(window_.begin());
  }
  const Position before = window_.empty() ? read_ : Position(window_.begin()->first.value() - 1);
  if (before > acknowledged_) {
    acknowledged_ = before;
    changes_.position = true;
  }
  while (!caught_up_.empty() && caught_up_.begin()->first <= acknowledged_) {
    const CaseId case_id = caught_up_.extract(caught_up_.begin()).value().second;
    changes_.cases.insert(case_id);
    held_.erase(case_id);
  }
}

std::optional<absl::Duration> ShardLedger::OldestFlight() const {
  if (flights_.empty()) return std::nullopt;
  return flights_.begin()->second.since;
}

bool ShardLedger::Settled() const {
  return window_.empty() && flights_.empty() && looks_.empty() && found_.empty() &&
         retries_.empty();
}

std::vector<Position> ShardLedger::Parked() const {
  std::vector<Position> positions;
  for (const auto& [position, case_id] : parked_) positions.push_back(position);
  return positions;
}

void ShardLedger::Describe(v1::ShardStatus& status) const {
  status.set_shard(shard_.value());
  status.set_acknowledged_position(acknowledged_.value());
  status.set_in_flight_count(static_cast<std::uint32_t>(flights_.size()));
  status.set_parked_count(static_cast<std::uint32_t>(parked_.size()));
  status.set_retrying_count(static_cast<std::uint32_t>(retries_.size()));
  status.set_held_count(static_cast<std::uint32_t>(held_.size() - caught_up_.size()));
  for (const auto& [position, case_id] : parked_) {
    const auto& failed = held_.at(case_id).row.event().last_failed_time();
    if (!status.has_oldest_parked_time() || failed < status.oldest_parked_time()) {
      *status.mutable_oldest_parked_time() = failed;
    }
  }
}

const v1::HeldCase* ShardLedger::FindHeld(const CaseId& case_id) const {
  const auto held = held_.find(case_id);
  return held == held_.end() ? nullptr : &held->second.row;
}

}  // namespace apdr::subscription
