#include "eventstore/rocksdb/internal/commit_codec.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "eventstore/rocksdb/internal/bytes.h"

namespace apdr::eventstore {
namespace {

// Stored for ever; never renumber.
constexpr char kCommitFormat = 1;
constexpr char kSnapshotFormat = 1;
static_assert(kCommitFormat == 1 && kSnapshotFormat == 1);

void PutTimers(std::string& out, const std::vector<Timer>& timers) {
  PutVarint(out, timers.size());
  for (const Timer& timer : timers) {
    PutZigzag(out, absl::ToUnixSeconds(timer.fires_at));
    PutBytes(out, timer.key);
  }
}

std::vector<Timer> TakeTimers(ByteReader& reader) {
  std::vector<Timer> timers(reader.Count());
  for (Timer& timer : timers) {
    timer.fires_at = absl::FromUnixSeconds(reader.Zigzag());
    timer.key = reader.Bytes();
  }
  return timers;
}

CommitPlace TakePlace(ByteReader& reader) {
  const std::uint64_t shard = reader.Varint();
  const std::uint64_t first_position = reader.Varint();
  constexpr std::uint64_t kShardMax = std::numeric_limits<std::uint32_t>::max();
  if (shard > kShardMax) return {};
  return {.shard = Shard(static_cast<std::uint32_t>(shard)),
          .first_position = Position(first_position)};
}

Commit TakeCommit(ByteReader& reader) {
  Commit commit;
  commit.first_version = CaseVersion(reader.Varint());
  commit.stream.tenant = TenantId(std::string(reader.Bytes()));
  commit.stream.case_id = CaseId(std::string(reader.Bytes()));
  commit.request_id = RequestId(std::string(reader.Bytes()));
  const std::string_view digest = reader.Raw(commit.request_digest.size());
  std::copy(digest.begin(), digest.end(), commit.request_digest.begin());
  commit.claims.resize(reader.Count());
  for (RequestId& claim : commit.claims) claim = RequestId(std::string(reader.Bytes()));
  commit.recorded_at = absl::FromUnixMicros(reader.Zigzag());
  commit.events.resize(reader.Count());
  for (std::string& event : commit.events) event = reader.Bytes();
  commit.timers_started = TakeTimers(reader);
  commit.timers_stopped = TakeTimers(reader);
  return commit;
}

// The bytes before a checksum that matches them.
std::optional<std::string_view> WithoutChecksum(std::string_view bytes) {
  if (bytes.size() < kChecksumBytes) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (Checksum(body) != bytes.substr(body.size())) return std::nullopt;
  return body;
}

// Whether `first`, `first` + 1, ... are `count` numbers, the smallest of them 1 or more.
bool AreNumbers(std::uint64_t first, std::size_t count) {
  return first > 0 && count > 0 && first <= std::numeric_limits<std::uint64_t>::max() - count;
}

absl::Status DataLoss(const char* what) {
  return absl::DataLossError(
      absl::StrCat("Expected to decode ", what, ", but its bytes are damaged."));
}

}  // namespace

std::string EncodeCommit(const Commit& commit, CommitPlace place) {
  constexpr std::size_t kFramingBytes = 128;
  std::size_t size = kFramingBytes;
  for (const std::string& event : commit.events) size += event.size() + 5;
  for (const auto* timers : {&commit.timers_started, &commit.timers_stopped}) {
    for (const Timer& timer : *timers) size += timer.key.size() + 7;
  }
  std::string out;
  out.reserve(size + commit.stream.tenant.value().size() + commit.stream.case_id.value().size() +
              commit.request_id.value().size());
  out.push_back(kCommitFormat);
  PutVarint(out, place.shard.value());
  PutVarint(out, place.first_position.value());
  PutVarint(out, commit.first_version.value());
  PutBytes(out, commit.stream.tenant.value());
  PutBytes(out, commit.stream.case_id.value());
  PutBytes(out, commit.request_id.value());
  out.append(commit.request_digest.begin(), commit.request_digest.end());
  PutVarint(out, commit.claims.size());
  for (const RequestId& claim : commit.claims) PutBytes(out, claim.value());
  PutZigzag(out, absl::ToUnixMicros(commit.recorded_at));
  PutVarint(out, commit.events.size());
  for (const std::string& event : commit.events) PutBytes(out, event);
  PutTimers(out, commit.timers_started);
  PutTimers(out, commit.timers_stopped);
  out += Checksum(out);
  return out;
}

absl::StatusOr<StoredCommit> DecodeCommit(std::string_view bytes) {
  const std::optional<std::string_view> body = WithoutChecksum(bytes);
  if (!body || body->empty() || body->front() != kCommitFormat) return DataLoss("a commit");
  ByteReader reader(body->substr(1));
  StoredCommit stored;
  stored.place = TakePlace(reader);
  stored.commit = TakeCommit(reader);
  const std::size_t count = stored.commit.events.size();
  if (!reader.AtEnd() || !AreNumbers(stored.place.first_position.value(), count) ||
      !AreNumbers(stored.commit.first_version.value(), count)) {
    return DataLoss("a commit");
  }
  return stored;
}

absl::StatusOr<CommitPlace> DecodePlace(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != kCommitFormat) return DataLoss("a commit");
  ByteReader reader(bytes.substr(1));
  const CommitPlace place = TakePlace(reader);
  if (!reader.ok() || place.first_position == Position(0)) return DataLoss("a commit");
  return place;
}

std::string EncodeSnapshot(const Snapshot& snapshot) {
  std::string out(1, kSnapshotFormat);
  PutVarint(out, snapshot.version.value());
  PutBytes(out, snapshot.format);
  PutBytes(out, snapshot.state);
  out += Checksum(out);
  return out;
}

absl::StatusOr<Snapshot> DecodeSnapshot(std::string_view bytes) {
  const std::optional<std::string_view> body = WithoutChecksum(bytes);
  if (!body || body->empty() || body->front() != kSnapshotFormat) return DataLoss("a snapshot");
  ByteReader reader(body->substr(1));
  Snapshot snapshot;
  snapshot.version = CaseVersion(reader.Varint());
  snapshot.format = reader.Bytes();
  snapshot.state = reader.Bytes();
  if (!reader.AtEnd()) return DataLoss("a snapshot");
  return snapshot;
}

}  // namespace apdr::eventstore
