#include "eventstore/rocksdb/internal/commit_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "eventstore/rocksdb/internal/bytes.h"
#include "eventstore/rocksdb/internal/commit_rows.h"

namespace apdr::eventstore {
namespace {

constexpr CommitPlace kPlace{.shard = Shard(3), .first_position = Position(300)};

Commit ACommit() {
  Commit commit;
  commit.stream = {.tenant = TenantId("camden"), .case_id = CaseId("c1")};
  commit.first_version = CaseVersion(200);
  commit.request_id = RequestId("r1");
  commit.request_digest.fill(0xd1);
  commit.claims = {RequestId("/upn/1"), RequestId("/")};
  commit.recorded_at = absl::FromUnixMicros(1);
  commit.events = {"e1", std::string("\0\xff", 2)};
  commit.timers_started = {{.fires_at = absl::FromUnixSeconds(-1), .key = "t1"}};
  commit.timers_stopped = {{.fires_at = absl::FromUnixSeconds(70), .key = ""}};
  return commit;
}

bool IsDataLoss(std::string_view bytes) {
  return DecodeCommit(bytes).status().code() == absl::StatusCode::kDataLoss;
}

// `body` under a checksum that matches it: damage that only the decoder itself can notice.
std::string Sealed(std::string body) { return body + Checksum(body); }

TEST(Checksum, IsCrc32cAsItIsStored) {
  // The check value of the polynomial, and RFC 3720 B.4's thirty-two bytes of zeros.
  EXPECT_EQ(Checksum("123456789"), "\xe3\x06\x92\x83");
  EXPECT_EQ(Checksum(std::string(32, '\0')), "\x8a\x91\x36\xaa");
  EXPECT_EQ(Checksum(""), std::string(4, '\0'));
}

TEST(CommitCodec, GivesBackWhatWasEncoded) {
  const auto decoded = DecodeCommit(EncodeCommit(ACommit(), kPlace));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, (StoredCommit{.commit = ACommit(), .place = kPlace}));
}

TEST(CommitCodec, GivesBackTheExtremes) {
  Commit commit = ACommit();
  commit.stream = {};
  commit.request_id = RequestId();
  commit.claims = {};
  commit.events = {std::string(kEventBytesMax, 'x')};
  commit.timers_started = {
      {.fires_at = absl::FromUnixSeconds(std::numeric_limits<std::int64_t>::min() + 1),
       .key = "early"},
      {.fires_at = absl::FromUnixSeconds(std::numeric_limits<std::int64_t>::max() - 1),
       .key = "late"}};
  commit.recorded_at = absl::FromUnixMicros(std::numeric_limits<std::int64_t>::min());
  const CommitPlace place{.shard = Shard(std::numeric_limits<std::uint32_t>::max()),
                          .first_position = Position(std::uint64_t{1} << 63)};
  const auto decoded = DecodeCommit(EncodeCommit(commit, place));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, (StoredCommit{.commit = commit, .place = place}));
}

// Released bytes: if this fails, stores that exist cannot be read any more.
TEST(CommitCodec, ReadsTheFirstFormatForEver) {
  std::string body(
      "\x01\x03\xac\x02\xc8\x01\x06"
      "camden\x02"
      "c1\x02r1",
      19);
  body += std::string(32, '\xd1');
  body += std::string("\x02\x06/upn/1\x01/", 10);
  body += std::string(
      "\x02\x02\x02"
      "e1\x02\x00\xff\x01\x01\x02t1\x01\x8c\x01\x00",
      17);
  EXPECT_EQ(EncodeCommit(ACommit(), kPlace), Sealed(body));
  EXPECT_EQ(DecodeCommit(Sealed(body)).value().commit, ACommit());
}

TEST(CommitCodec, RefusesBytesThatEndEarly) {
  const std::string bytes = EncodeCommit(ACommit(), kPlace);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(IsDataLoss(bytes.substr(0, size))) << size;
    EXPECT_TRUE(IsDataLoss(Sealed(bytes.substr(0, std::min(size, bytes.size() - 5))))) << size;
  }
}

TEST(CommitCodec, NoticesEveryFlippedBit) {
  const std::string bytes = EncodeCommit(ACommit(), kPlace);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_TRUE(IsDataLoss(flipped)) << bit;
  }
}

TEST(CommitCodec, SurvivesFlippedBytesUnderAValidChecksum) {
  const std::string encoded = EncodeCommit(ACommit(), kPlace);
  const std::string body = encoded.substr(0, encoded.size() - kChecksumBytes);
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string damaged = body;
      damaged[at] = static_cast<char>(byte);
      const auto decoded = DecodeCommit(Sealed(damaged));
      // One encoding per commit: whatever can be read is written the same again.
      if (decoded.ok()) {
        EXPECT_EQ(EncodeCommit(decoded->commit, decoded->place), Sealed(damaged));
      } else {
        EXPECT_EQ(decoded.status().code(), absl::StatusCode::kDataLoss);
      }
    }
  }
}

TEST(CommitCodec, SurvivesAnyBytes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 80, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_TRUE(IsDataLoss(bytes));
    if (!bytes.empty()) bytes[0] = 1;
    EXPECT_TRUE(IsDataLoss(Sealed(bytes)));
  }
}

TEST(CommitCodec, RefusesNumbersThatNoCommitHas) {
  Commit commit = ACommit();
  commit.events.clear();
  EXPECT_TRUE(IsDataLoss(EncodeCommit(commit, kPlace)));
  commit = ACommit();
  commit.first_version = CaseVersion(0);
  EXPECT_TRUE(IsDataLoss(EncodeCommit(commit, kPlace)));
  commit.first_version = CaseVersion(std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(IsDataLoss(EncodeCommit(commit, kPlace)));
  EXPECT_TRUE(IsDataLoss(EncodeCommit(ACommit(), {.shard = Shard(0), .first_position = {}})));
  EXPECT_TRUE(IsDataLoss(Sealed(EncodeCommit(ACommit(), kPlace))));
}

TEST(DecodePlace, ReadsThePlaceAlone) {
  EXPECT_EQ(*DecodePlace(EncodeCommit(ACommit(), kPlace)), kPlace);
  for (const std::string& bytes : {std::string(), std::string("\x02\x01\x01"), std::string("\x01"),
                                   std::string("\x01\x01"), std::string("\x01\x01\x00", 3)}) {
    EXPECT_EQ(DecodePlace(bytes).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST(SnapshotCodec, GivesBackWhatWasEncodedAndNoticesEveryFlippedBit) {
  const Snapshot snapshot{.version = CaseVersion(300), .format = "f1", .state = "state"};
  const std::string bytes = EncodeSnapshot(snapshot);
  EXPECT_EQ(*DecodeSnapshot(bytes), snapshot);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeSnapshot(bytes.substr(0, size)).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(
        DecodeSnapshot(Sealed(bytes.substr(0, std::min(size, bytes.size() - 5)))).status().code(),
        absl::StatusCode::kDataLoss);
  }
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(DecodeSnapshot(flipped).ok()) << bit;
  }
}

TEST(TimerKey, SortsLikeItsParts) {
  const StreamId a{.tenant = TenantId("t"), .case_id = CaseId("a")};
  const StreamId a0{.tenant = TenantId("t"), .case_id = CaseId(std::string("a\0", 2))};
  const StreamId ab{.tenant = TenantId("t"), .case_id = CaseId("ab")};
  const auto key = [](const StreamId& stream, std::int64_t seconds, std::string name) {
    return TimerKey(stream, {.fires_at = absl::FromUnixSeconds(seconds), .key = std::move(name)});
  };
  const std::vector<std::string> sorted = {key(ab, -2, "z"), key(ab, -1, "z"), key(ab, 0, "z"),
                                           key(a, 1, ""),    key(a, 1, "k"),   key(a, 1, "l"),
                                           key(a0, 1, "k"),  key(ab, 1, "k"),  key(a, 256, "k")};
  EXPECT_TRUE(std::ranges::is_sorted(sorted));
  for (const std::string& bytes : sorted) {
    const auto due = DecodeTimerKey(bytes);
    ASSERT_TRUE(due.ok());
    EXPECT_EQ(TimerKey(due->stream, due->timer), bytes);
  }
}

TEST(TimerKey, RefusesDamagedKeys) {
  const std::string whole = TimerKey({.tenant = TenantId("t"), .case_id = CaseId("c")},
                                     {.fires_at = absl::UnixEpoch(), .key = ""});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(DecodeTimerKey(whole.substr(0, size)).status().code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_FALSE(DecodeTimerKey(whole.substr(0, 8) + std::string("t\0\x02", 3)).ok());
}

TEST(ByteReader, RefusesNumbersNotInTheirShortestForm) {
  for (const std::string& bytes :
       {std::string("\x80\x00", 2), std::string("\x80"), std::string(10, '\xff'),
        std::string(9, '\xff') + "\x02", std::string(11, '\x80')}) {
    ByteReader reader(bytes);
    EXPECT_EQ(reader.Varint(), 0U);
    EXPECT_FALSE(reader.ok());
  }
  const std::string largest = std::string(9, '\xff') + "\x01";
  EXPECT_EQ(ByteReader(largest).Varint(), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace apdr::eventstore
