#include "services/sink/copying_model.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "engine/base/shard_of.h"
#include "engine/base/status_macros.h"
#include "services/sink/case_copy.h"

namespace apdr::sink {
namespace {

using sen::state::v1::CaseCopy;

template <class Shards>
std::size_t ShardIn(const Shards& shards, const StreamId& stream) {
  return ShardOf(stream.case_id, static_cast<std::uint32_t>(shards.size())).value();
}

bool SameRows(const CaseCopy& a, const CaseCopy& b,
              const google::protobuf::FieldDescriptor* table) {
  const auto& reflection = *a.GetReflection();
  const int size = reflection.FieldSize(a, table);
  if (size != reflection.FieldSize(b, table)) return false;
  for (int i = 0; i < size; ++i) {
    if (reflection.GetRepeatedMessage(a, table, i).SerializeAsString() !=
        reflection.GetRepeatedMessage(b, table, i).SerializeAsString()) {
      return false;
    }
  }
  return true;
}

std::set<int> SameTables(const CaseCopy& a, const CaseCopy& b) {
  std::set<int> same;
  for (int i = 0; i < CaseCopy::descriptor()->field_count(); ++i) {
    const auto* table = CaseCopy::descriptor()->field(i);
    if (SameRows(a, b, table)) same.insert(table->number());
  }
  return same;
}

}  // namespace

absl::Status CopyingModel::Apply(const readmodel::Write& write) {
  APDR_ASSIGN_OR_RETURN(const std::vector<Standing> shards, StandingBefore(write));
  Drop(write, shards);
  APDR_RETURN_IF_ERROR(FindUnchanged(shards));
  APDR_RETURN_IF_ERROR(CopyOwed(shards));
  std::map<Shard, Reached> reached;
  for (const readmodel::ShardProgress& each : write.progress) {
    const Position position = each.progress.position;
    if (position <= parts_.target.reached()[each.shard.value()].position) continue;
    const Reached last = parts_.events.LastOf(each.shard);
    reached.emplace(each.shard, last.position == position ? last : Reached{.position = position});
  }
  if (!reached.empty() || !parts_.changes.empty()) {
    APDR_RETURN_IF_ERROR(parts_.target.Commit(parts_.changes, reached));
  }
  parts_.changes = {};
  return parts_.model.Apply(write);
}

absl::StatusOr<std::vector<CopyingModel::Standing>> CopyingModel::StandingBefore(
    const readmodel::Write& write) const {
  const std::vector<Reached>& reached = parts_.target.reached();
  std::vector<Standing> shards(reached.size());
  for (std::uint32_t i = 0; i < shards.size(); ++i) {
    APDR_ASSIGN_OR_RETURN(const readmodel::Progress before, parts_.model.ReadProgress(Shard(i)));
    const auto written =
        std::ranges::find(write.progress, Shard(i), &readmodel::ShardProgress::shard);
    const bool goes_on = written != write.progress.end();
    const Position after = goes_on ? written->progress.position : before.position;
    shards[i].behind = after < reached[i].position;
    // A case that is tried again changes without a position, and the target may have it already.
    shards[i].level = goes_on && before.position == reached[i].position;
  }
  return shards;
}

void CopyingModel::Drop(const readmodel::Write& write, const std::vector<Standing>& shards) {
  const auto is_behind = [&](const StreamId& stream) {
    return shards[ShardIn(shards, stream)].behind;
  };
  Changes& changes = parts_.changes;
  // Folded from a case's chronology when it is tried again: beyond where the model has come.
  for (const auto& [stream, change] : changes.cases) {
    if (write.progress.empty() && is_behind(stream)) owed_.insert(stream);
  }
  std::erase_if(changes.cases, [&](const auto& each) {
    return is_behind(each.first) || parts_.erased_later.contains(each.first);
  });
  std::erase_if(changes.erased, is_behind);
  // An event that was copied is not copied again.
  const std::vector<Reached>& reached = parts_.target.reached();
  std::erase_if(changes.events, [&](const auto& each) {
    return Position(each.second.position()) <= reached[each.second.shard()].position ||
           parts_.erased_later.contains(each.first);
  });
}

absl::Status CopyingModel::FindUnchanged(const std::vector<Standing>& shards) {
  for (auto& [stream, change] : parts_.changes.cases) {
    if (!shards[ShardIn(shards, stream)].level || owed_.contains(stream)) continue;
    APDR_ASSIGN_OR_RETURN(const auto row, parts_.model.Get(CaseCopyKey(stream)));
    CaseCopy before;
    if (row && before.ParseFromString(*row)) change.unchanged = SameTables(before, change.copy);
  }
  return absl::OkStatus();
}

// What this write changes is in it already.
absl::Status CopyingModel::CopyOwed(const std::vector<Standing>& shards) {
  Changes& changes = parts_.changes;
  for (auto owed = owed_.begin(); owed != owed_.end();) {
    if (shards[ShardIn(shards, *owed)].behind) {
      ++owed;
      continue;
    }
    const StreamId stream = *owed;
    owed = owed_.erase(owed);
    if (changes.cases.contains(stream) || changes.erased.contains(stream) ||
        parts_.erased_later.contains(stream)) {
      continue;
    }
    APDR_ASSIGN_OR_RETURN(const auto row, parts_.model.Get(CaseCopyKey(stream)));
    CaseCopy copy;
    if (row && copy.ParseFromString(*row)) changes.cases[stream].copy = std::move(copy);
  }
  return absl::OkStatus();
}

}  // namespace apdr::sink
