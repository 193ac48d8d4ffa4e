#include "services/query/reached.h"

#include "absl/strings/str_cat.h"
#include "engine/base/shard_of.h"

namespace apdr::query {

Reply<Position> CheckReached(const readmodel::ReadModel& model, std::uint32_t shard_count,
                             const StreamId& stream, std::uint64_t min_position) {
  return CheckReached(model, ShardOf(stream.case_id, shard_count), min_position);
}

Reply<Position> CheckReached(const readmodel::ReadModel& model, Shard shard,
                             std::uint64_t min_position) {
  const auto progress = model.ReadProgress(shard);
  if (!progress.ok()) return host::FromStatus(progress.status());
  if (progress->position.value() >= min_position) return progress->position;
  return host::MakeError(
      error::v1::ERROR_CODE_READ_MODEL_BEHIND,
      absl::StrCat("Expected to read at position ", min_position, " or later, but shard ",
                   shard.value(), " has been read up to ", progress->position.value(), "."),
      {{"shard", absl::StrCat(shard.value())},
       {"min_position", absl::StrCat(min_position)},
       {"as_of_position", absl::StrCat(progress->position.value())}});
}

}  // namespace apdr::query
