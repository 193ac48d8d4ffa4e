#pragma once

#include <cstdint>

#include "engine/base/vocabulary.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::query {

// How far the case's shard has been read, if it is as far as asked for; else READ_MODEL_BEHIND.
[[nodiscard]] Reply<Position> CheckReached(const readmodel::ReadModel& model,
                                           std::uint32_t shard_count, const StreamId& stream,
                                           std::uint64_t min_position);

// The same of a shard. REQUIRES: there is such a shard.
[[nodiscard]] Reply<Position> CheckReached(const readmodel::ReadModel& model, Shard shard,
                                           std::uint64_t min_position);

}  // namespace apdr::query
