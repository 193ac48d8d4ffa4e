#include "services/subscription/place_index.h"

#include <cstddef>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "services/subscription/rows.h"

namespace apdr::subscription {
namespace {

constexpr std::size_t kCommitsPerStep = 256;

}  // namespace

PlaceIndex::PlaceIndex(eventstore::EventStore& store, readmodel::ReadModel& model,
                       codec::PlaceFinder find_place)
    : store_(store),
      model_(model),
      find_place_(std::move(find_place)),
      known_(store.shard_count()),
      damage_(store.shard_count()),
      pages_(store.shard_count()) {}

absl::Status PlaceIndex::Load() {
  for (std::uint32_t i = 0; i < store_.shard_count(); ++i) {
    APDR_ASSIGN_OR_RETURN(const readmodel::Progress progress, model_.ReadProgress(Shard(i)));
    known_[i] = progress.position;
  }
  return absl::OkStatus();
}

absl::StatusOr<StepResult> PlaceIndex::Step() {
  readmodel::Write write;
  for (std::uint32_t i = 0; i < store_.shard_count(); ++i) {
    if (!damage_[i].ok() || known_[i] >= store_.DurableHead(Shard(i))) continue;
    const absl::Status folded = FoldShard(Shard(i), write);
    if (absl::IsDataLoss(folded)) {
      damage_[i] = folded;
    } else if (!folded.ok()) {
      return folded;
    }
  }
  if (write.progress.empty()) return StepResult::kIdle;
  APDR_RETURN_IF_ERROR(model_.Apply(write));
  for (const readmodel::ShardProgress& shard : write.progress) {
    known_[shard.shard.value()] = shard.progress.position;
  }
  return StepResult::kProgressed;
}

absl::Status PlaceIndex::FoldShard(Shard shard, readmodel::Write& write) {
  const Position head = store_.DurableHead(shard);
  Position folded = known(shard);
  Changed changed;
  const auto read = [&](std::size_t limit) { return store_.ReadShard(shard, folded, limit); };
  const auto take = [&](const eventstore::StoredCommit& stored) -> absl::StatusOr<bool> {
    Position at = stored.place.first_position;
    for (const std::string& bytes : stored.commit.events) {
      if (at > folded) {
        APDR_ASSIGN_OR_RETURN(const event::v1::Event event, codec::ParseEvent(bytes));
        APDR_RETURN_IF_ERROR(FoldEvent(event, at, changed, write));
        folded = at;
      }
      at = Position(at.value() + 1);
    }
    return folded < head;
  };
  const absl::Status status = ReadPages(kCommitsPerStep, pages_.at(shard.value()), read, take);
  if (folded > known(shard)) {
    write.progress.push_back({.shard = shard, .progress = {.position = folded, .token = {}}});
  }
  return status;
}

absl::Status PlaceIndex::FoldEvent(const event::v1::Event& event, Position position,
                                   Changed& changed, readmodel::Write& write) const {
  const codec::PlaceChange change = find_place_(event);
  if (!change.setting_id && !change.authority_id) return absl::OkStatus();
  const StreamId stream{TenantId(event.tenant_id()), CaseId(event.case_id())};
  auto place = changed.find(stream);
  if (place == changed.end()) {
    APDR_ASSIGN_OR_RETURN(v1::CasePlace stored, PlaceAt(stream, position));
    place = changed.emplace(stream, std::move(stored)).first;
  }
  if (change.setting_id) place->second.set_setting_id(*change.setting_id);
  if (change.authority_id) place->second.set_authority_id(*change.authority_id);
  write.puts.push_back(
      {.key = PlaceKey(stream, position), .value = place->second.SerializeAsString()});
  return absl::OkStatus();
}

absl::StatusOr<v1::CasePlace> PlaceIndex::PlaceAt(const StreamId& stream, Position position) const {
  APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows,
                        model_.Scan({.begin = PlaceKey(stream, Position(0)),
                                     .end = PlaceKey(stream, Position(position.value() + 1)),
                                     .direction = readmodel::Direction::kBackward,
                                     .limit = 1}));
  if (rows.empty()) return v1::CasePlace();
  return ParseRow<v1::CasePlace>(rows.front().value);
}

}  // namespace apdr::subscription
