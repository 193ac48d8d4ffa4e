#include "services/subscription/log_reader.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"

namespace apdr::subscription {
namespace {

constexpr std::size_t kCommitsPerPage = 128;
constexpr std::size_t kLooksPerStep = 32;

Position PositionOf(const eventstore::StoredCommit& stored, std::size_t index) {
  return Position(stored.place.first_position.value() + index);
}

}  // namespace

absl::StatusOr<StepResult> LogReader::ReadOn(const Selection& selection, Shard shard,
                                             ShardLedger& ledger) {
  Position head = store_.DurableHead(shard);
  if (selection.filter.needs_place()) head = std::min(head, places_.known(shard));
  if (!ledger.WantsEvents() || ledger.read() >= head) return StepResult::kIdle;
  APDR_ASSIGN_OR_RETURN(const std::vector<eventstore::StoredCommit> page,
                        store_.ReadShard(shard, ledger.read(), kCommitsPerPage));
  for (const eventstore::StoredCommit& stored : page) {
    for (std::size_t index = 0; index < stored.commit.events.size(); ++index) {
      const Position at = PositionOf(stored, index);
      if (at <= ledger.read()) continue;
      if (at > head || !ledger.WantsEvents()) return StepResult::kProgressed;
      APDR_ASSIGN_OR_RETURN(EventPtr event, Select(selection, stored, index));
      ledger.Offer(std::move(event));
    }
  }
  return StepResult::kProgressed;
}

absl::StatusOr<StepResult> LogReader::LookUp(const Selection& selection, ShardLedger& ledger) {
  const std::vector<ShardLedger::Look> looks = ledger.Looks(kLooksPerStep);
  for (const ShardLedger::Look& look : looks) {
    APDR_ASSIGN_OR_RETURN(EventPtr event, FindNext(selection, look, ledger.read()));
    ledger.OfferHeld(look.case_id, std::move(event));
  }
  return looks.empty() ? StepResult::kIdle : StepResult::kProgressed;
}

absl::StatusOr<EventPtr> LogReader::FindNext(const Selection& selection,
                                             const ShardLedger::Look& look, Position up_to) const {
  const StreamId stream{selection.tenant, look.case_id};
  CaseVersion from = look.from;
  while (true) {
    APDR_ASSIGN_OR_RETURN(const std::vector<eventstore::StoredCommit> page,
                          store_.ReadStream(stream, from, kCommitsPerPage));
    for (const eventstore::StoredCommit& stored : page) {
      for (std::size_t index = 0; index < stored.commit.events.size(); ++index) {
        if (CaseVersion(stored.commit.first_version.value() + index) < from) continue;
        if (PositionOf(stored, index) > up_to) return EventPtr();
        APDR_ASSIGN_OR_RETURN(EventPtr event, Select(selection, stored, index));
        if (event != nullptr) return event;
      }
    }
    if (page.size() < kCommitsPerPage) return EventPtr();
    from = CaseVersion(page.back().last_version().value() + 1);
  }
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
