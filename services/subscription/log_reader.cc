#include "services/subscription/log_reader.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"

namespace apdr::subscription {
namespace {

constexpr std::size_t kCommitsPerStep = 128;
constexpr std::size_t kLooksPerStep = 32;

Position PositionOf(const eventstore::StoredCommit& stored, std::size_t index) {
  return Position(stored.place.first_position.value() + index);
}

}  // namespace

absl::StatusOr<LogReader::Outcome> LogReader::ReadOn(const Selection& selection, Shard shard,
                                                     PageSize& pages, ShardLedger& ledger) {
  const bool needs_place = selection.filter.needs_place();
  Position head = store_.DurableHead(shard);
  if (needs_place) head = std::min(head, places_.known(shard));
  const auto wants = [&] { return ledger.WantsEvents() && ledger.read() < head; };
  if (!wants()) {
    // What it would read next is not known, and never will be.
    const bool stopped = needs_place && ledger.WantsEvents();
    return Outcome{.damage = stopped ? places_.damage(shard) : absl::OkStatus()};
  }
  const Position before = ledger.read();
  const auto read = [&](std::size_t limit) {
    return store_.ReadShard(shard, ledger.read(), limit);
  };
  const auto take = [&](const eventstore::StoredCommit& stored) -> absl::StatusOr<bool> {
    for (std::size_t index = 0; index < stored.commit.events.size(); ++index) {
      if (PositionOf(stored, index) <= ledger.read()) continue;
      if (!wants()) return false;
      APDR_ASSIGN_OR_RETURN(EventPtr event, Select(selection, stored, index));
      ledger.Offer(std::move(event));
    }
    return wants();
  };
  const absl::Status status = ReadPages(kCommitsPerStep, pages, read, take);
  if (!status.ok() && !absl::IsDataLoss(status)) return status;
  return Outcome{.progressed = ledger.read() > before, .damage = status};
}

absl::StatusOr<LogReader::Outcome> LogReader::LookUp(const Selection& selection, Shard shard,
                                                     ShardLedger& ledger) {
  Outcome outcome;
  for (ShardLedger::Look& look : ledger.Looks(kLooksPerStep)) {
    if (!ledger.WantsHeld()) break;
    if (selection.filter.needs_place()) look.up_to = std::min(look.up_to, places_.known(shard));
    absl::StatusOr<EventPtr> event = FindNext(selection, look);
    if (absl::IsDataLoss(event.status())) {
      outcome.damage.Update(event.status());
      ledger.LeaveDamaged(look.case_id);
    } else if (event.ok()) {
      ledger.OfferHeld(look.case_id, *std::move(event));
    } else {
      return event.status();
    }
    outcome.progressed = true;
  }
  return outcome;
}

absl::StatusOr<EventPtr> LogReader::FindNext(const Selection& selection,
                                             const ShardLedger::Look& look) const {
  const StreamId stream{selection.tenant, look.case_id};
  CaseVersion from = look.from;
  EventPtr found;
  const auto read = [&](std::size_t limit) { return store_.ReadStream(stream, from, limit); };
  const auto take = [&](const eventstore::StoredCommit& stored) -> absl::StatusOr<bool> {
    for (std::size_t index = 0; index < stored.commit.events.size(); ++index) {
      if (CaseVersion(stored.commit.first_version.value() + index) < from) continue;
      if (PositionOf(stored, index) > look.up_to) return false;
      APDR_ASSIGN_OR_RETURN(found, Select(selection, stored, index));
      if (found != nullptr) return false;
    }
    from = CaseVersion(stored.last_version().value() + 1);
    return stored.last_position() < look.up_to;
  };
  PageSize pages;  // What is looked for is mostly the next one.
  APDR_RETURN_IF_ERROR(ReadPages(std::numeric_limits<std::size_t>::max(), pages, read, take));
  return found;
}

absl::StatusOr<EventPtr> LogReader::Select(const Selection& selection,
                                           const eventstore::StoredCommit& stored,
                                           std::size_t index) const {
  if (stored.commit.stream.tenant != selection.tenant) return EventPtr();
  APDR_ASSIGN_OR_RETURN(event::v1::Event event, codec::ParseEvent(stored.commit.events[index]));
  if (!selection.filter.MatchesType(codec::TypeOfUrl(event.data().type_url()))) return EventPtr();
  const Position at = PositionOf(stored, index);
  if (selection.filter.needs_place()) {
    APDR_ASSIGN_OR_RETURN(const v1::CasePlace place, places_.PlaceAt(stored.commit.stream, at));
    if (!selection.filter.MatchesPlace(place)) return EventPtr();
  }
  event.set_shard(stored.place.shard.value());
  event.set_position(at.value());
  return std::make_shared<const event::v1::Event>(std::move(event));
}

}  // namespace apdr::subscription
