#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "eventstore/event_store.h"

// What every EventStore refuses, in the same words. For implementations.
//
// Order of precedence in an append: a broken limit anywhere in the append; then, commit by commit,
// a request id that is taken before a case that has moved, because a repeated command is usually
// both and its caller needs the first answer, not another decision.
namespace apdr::eventstore {

// kInvalidArgument: too many commits, no events or too many in a commit, an event too long, a
// timer not on a whole second, or an instant that has no finite number.
[[nodiscard]] absl::Status CheckLimits(std::span<const Commit> commits);

// kAborted: the case stands at `actual`, not at commit.first_version - 1.
[[nodiscard]] absl::Status CheckVersion(const Commit& commit, CaseVersion actual);

// kAlreadyExists.
[[nodiscard]] absl::Status RequestIsTaken(const Commit& commit);

// kNotFound: no such shard.
[[nodiscard]] absl::Status CheckShard(Shard shard, std::uint32_t shard_count);

// kOutOfRange: a reader asks for what comes after a position that is not durable.
[[nodiscard]] absl::Status CheckAfter(Shard shard, Position after, Position head);

// `time` as it is stored: whole microseconds, rounded down.
[[nodiscard]] absl::Time AsStored(absl::Time time);

}  // namespace apdr::eventstore
