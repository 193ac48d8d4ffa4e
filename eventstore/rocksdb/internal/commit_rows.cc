#include "eventstore/rocksdb/internal/commit_rows.h"

#include <limits>

#include "eventstore/rocksdb/internal/bytes.h"

namespace apdr::eventstore {
namespace {

std::vector<std::string> TimerKeys(const StreamId& stream, const std::vector<Timer>& timers) {
  std::vector<std::string> keys;
  keys.reserve(timers.size());
  for (const Timer& timer : timers) keys.push_back(TimerKey(stream, timer));
  return keys;
}

absl::InlinedVector<std::string, 1> RequestKeys(const Commit& commit) {
  absl::InlinedVector<std::string, 1> keys;
  keys.reserve(1 + commit.claims.size());
  keys.push_back(RequestKey(commit.stream.tenant, commit.request_id));
  for (const RequestId& claim : commit.claims) {
    keys.push_back(RequestKey(commit.stream.tenant, claim));
  }
  return keys;
}

}  // namespace

CommitRows RowsOf(const Commit& commit, CommitPlace place) {
  const std::uint64_t more = commit.events.size() - 1;
  return {.stream_key = StreamKey(commit.stream),
          .request_keys = RequestKeys(commit),
          .first_version = commit.first_version,
          .last_version = CaseVersion(commit.first_version.value() + more),
          .shard = place.shard,
          .first_position = place.first_position,
          .last_position = Position(place.first_position.value() + more),
          .timers_stopped = TimerKeys(commit.stream, commit.timers_stopped),
          .timers_started = TimerKeys(commit.stream, commit.timers_started)};
}

std::string StreamKey(const StreamId& stream) {
  std::string key;
  key.reserve(stream.tenant.value().size() + stream.case_id.value().size() + 4);
  PutEscaped(key, stream.tenant.value());
  PutEscaped(key, stream.case_id.value());
  return key;
}

std::string RequestKey(const TenantId& tenant, const RequestId& request_id) {
  std::string key;
  key.reserve(tenant.value().size() + request_id.value().size() + 2);
  PutEscaped(key, tenant.value());
  key.append(request_id.value());
  return key;
}

std::string TimerKey(const StreamId& stream, const Timer& timer) {
  std::string key;
  PutOrderedInt64(key, absl::ToUnixSeconds(timer.fires_at));
  PutEscaped(key, stream.tenant.value());
  PutEscaped(key, stream.case_id.value());
  key.append(timer.key);
  return key;
}

absl::StatusOr<DueTimer> DecodeTimerKey(std::string_view key) {
  ByteReader reader(key);
  DueTimer due;
  due.timer.fires_at = absl::FromUnixSeconds(reader.OrderedInt64());
  due.stream.tenant = TenantId(reader.Escaped());
  due.stream.case_id = CaseId(reader.Escaped());
  due.timer.key = reader.Rest();
  if (!reader.ok()) {
    return absl::DataLossError("Expected to decode a timer, but its key is damaged.");
  }
  return due;
}

std::string TimerBound(absl::Time until) {
  const std::int64_t seconds = absl::ToUnixSeconds(until);
  std::string bound;
  if (seconds < std::numeric_limits<std::int64_t>::max()) PutOrderedInt64(bound, seconds + 1);
  return bound;
}

}  // namespace apdr::eventstore
