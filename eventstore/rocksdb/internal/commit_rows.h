#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "eventstore/event_store.h"

// What the indexes say about a commit, as the keys they say it under. FORMAT.md has the grammar.
namespace apdr::eventstore {

// Place of a commit in the log over all shards: 1, 2, 3 ... without a gap. Private to the store.
struct SequenceTag;
using Sequence = StrongId<SequenceTag, std::uint64_t>;

[[nodiscard]] inline Sequence Next(Sequence sequence) { return Sequence(sequence.value() + 1); }

struct CommitRows {
  std::string stream_key;
  absl::InlinedVector<std::string, 1> request_keys;  // The request id, then the claims.
  CaseVersion first_version;
  CaseVersion last_version;
  Shard shard;
  Position first_position;
  Position last_position;
  std::vector<std::string> timers_stopped;  // Keys; these apply first.
  std::vector<std::string> timers_started;
};

[[nodiscard]] CommitRows RowsOf(const Commit& commit, CommitPlace place);

[[nodiscard]] std::string StreamKey(const StreamId& stream);
[[nodiscard]] std::string RequestKey(const TenantId& tenant, const RequestId& request_id);
[[nodiscard]] std::string TimerKey(const StreamId& stream, const Timer& timer);
[[nodiscard]] absl::StatusOr<DueTimer> DecodeTimerKey(std::string_view key);

// A key above every timer due at `until` and not above any other. Empty: above all timers.
[[nodiscard]] std::string TimerBound(absl::Time until);

}  // namespace apdr::eventstore
