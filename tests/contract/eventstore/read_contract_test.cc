#include <map>

#include "absl/strings/str_cat.h"
#include "eventstore/newest_recorded_time.h"
#include "tests/contract/eventstore/contract_fixture.h"

namespace apdr::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kNoLimit = 1'000'000;

class ReadContract : public EventStoreContract {
 protected:
  // Commits of three, one, one and two events in case c1, so versions 1-3, 4, 5, 6-7; commits of
  // other cases between them.
  std::vector<StoredCommit> AppendFourCommits() {
    std::vector<StoredCommit> stored;
    for (const auto& [version, count] :
         std::map<int, std::size_t>{{1, 3}, {4, 1}, {5, 1}, {6, 2}}) {
      Commit commit = ACommit("c1", static_cast<std::uint64_t>(version));
      commit.events.resize(count, "more");
      const auto places = MustAppend({commit, ACommit("other" + std::to_string(version), 1)});
      stored.push_back(places.at(0));
    }
    return stored;
  }
};

TEST_P(ReadContract, StreamGivesTheCommitsThatHoldTheVersionOrALaterOne) {
  const auto stored = AppendFourCommits();
  const StreamId stream = stored[0].commit.stream;
  const auto from = [&](std::uint64_t version) {
    return *store().ReadStream(stream, CaseVersion(version), kNoLimit);
  };
  EXPECT_THAT(from(0), ElementsAreArray(stored));
  EXPECT_THAT(from(1), ElementsAreArray(stored));
  EXPECT_THAT(from(3), ElementsAreArray(stored));
  EXPECT_THAT(from(4), ElementsAre(stored[1], stored[2], stored[3]));
  EXPECT_THAT(from(6), ElementsAre(stored[3]));
  EXPECT_THAT(from(7), ElementsAre(stored[3]));
  EXPECT_THAT(from(8), IsEmpty());
}

TEST_P(ReadContract, StreamGivesTheOldestUpToTheLimit) {
  const auto stored = AppendFourCommits();
  const StreamId stream = stored[0].commit.stream;
  EXPECT_THAT(*store().ReadStream(stream, CaseVersion(2), 2), ElementsAre(stored[0], stored[1]));
  EXPECT_THAT(*store().ReadStream(stream, CaseVersion(1), 0), IsEmpty());
}

TEST_P(ReadContract, StreamOfAnUnknownCaseIsEmpty) {
  AppendFourCommits();
  EXPECT_THAT(
      *store().ReadStream({.tenant = kTenant, .case_id = CaseId("c")}, CaseVersion(1), kNoLimit),
      IsEmpty());
  EXPECT_THAT(*store().ReadStream({.tenant = TenantId("x"), .case_id = CaseId("c1")},
                                  CaseVersion(1), kNoLimit),
              IsEmpty());
}

TEST_P(ReadContract, NewestRecordedTimeIsTheLatestOfAllShardsOrTheFallback) {
  const absl::Time fallback = absl::FromUnixSeconds(1);
  EXPECT_EQ(NewestRecordedTime(store(), fallback).value(), fallback);
  for (int i = 0; i < 20; ++i) {
    Commit commit = ACommit(absl::StrCat("c", i), 1);
    commit.recorded_at = kNow + absl::Seconds(i % 7);
    MustAppend({commit});
  }
  Commit latest = ACommit("latest", 1);
  latest.recorded_at = kNow + absl::Seconds(100);
  MustAppend({latest});
  EXPECT_EQ(NewestRecordedTime(store(), fallback).value(), latest.recorded_at);
}

TEST_P(ReadContract, ShardGivesTheCommitsAfterAPositionInOrder) {
  const auto stored = AppendFourCommits();
  const Shard shard = stored[0].place.shard;
  const Position head = store().DurableHead(shard);
  const auto all = *store().ReadShard(shard, Position(0), kNoLimit);
  Position next(1);
  for (const StoredCommit& commit : all) {
    EXPECT_EQ(commit.place.shard, shard);
    EXPECT_EQ(commit.place.first_position, next);
    next = Position(commit.last_position().value() + 1);
  }
  EXPECT_EQ(next, Position(head.value() + 1));
  for (std::uint64_t after = 0; after <= head.value(); ++after) {
    std::vector<StoredCommit> expected;
    for (const StoredCommit& commit : all) {
      if (commit.last_position() > Position(after)) expected.push_back(commit);
    }
    EXPECT_THAT(*store().ReadShard(shard, Position(after), kNoLimit), ElementsAreArray(expected));
  }
}

TEST_P(ReadContract, ShardGivesAtMostTheLimit) {
  const auto stored = AppendFourCommits();
  const Shard shard = stored[0].place.shard;
  EXPECT_THAT(*store().ReadShard(shard, Position(0), 1), ElementsAre(stored[0]));
  EXPECT_THAT(*store().ReadShard(shard, Position(2), 1), ElementsAre(stored[0]));
  EXPECT_THAT(*store().ReadShard(shard, Position(0), 0), IsEmpty());
}

TEST_P(ReadContract, EveryCommitIsInExactlyOneShard) {
  AppendFourCommits();
  std::size_t count = 0;
  for (std::uint32_t shard = 0; shard < kTestShardCount; ++shard) {
    count += store().ReadShard(Shard(shard), Position(0), kNoLimit)->size();
  }
  EXPECT_EQ(count, 8U);
}

TEST_P(ReadContract, ShardBeyondTheDurableHeadIsOutOfRange) {
  const auto stored = AppendFourCommits();
  const Shard shard = stored[0].place.shard;
  const Position head = store().DurableHead(shard);
  EXPECT_THAT(*store().ReadShard(shard, head, kNoLimit), IsEmpty());
  EXPECT_THAT(store().ReadShard(shard, Position(head.value() + 1), kNoLimit),
              HasCode(absl::StatusCode::kOutOfRange));
}

TEST_P(ReadContract, UnknownShardIsNotFound) {
  EXPECT_THAT(store().ReadShard(Shard(kTestShardCount), Position(0), 1),
              HasCode(absl::StatusCode::kNotFound));
}

TEST_P(ReadContract, EmptyShardHasHeadZeroAndNoCommits) {
  EXPECT_EQ(store().DurableHead(Shard(0)), Position(0));
  EXPECT_THAT(*store().ReadShard(Shard(0), Position(0), kNoLimit), IsEmpty());
  EXPECT_EQ(store().shard_count(), kTestShardCount);
}

TEST_P(ReadContract, RefusedAppendMovesNoHead) {
  const auto stored = MustAppend({ACommit("c1", 1)});
  EXPECT_FALSE(Append({ACommit("c1", 2), ACommit("c1", 2)}).ok());
  EXPECT_EQ(store().DurableHead(stored[0].place.shard), Position(1));
}

TEST_P(ReadContract, ValuesOutliveLaterAppends) {
  const auto stored = MustAppend({ACommit("c1", 1)});
  const auto page = *store().ReadStream(stored[0].commit.stream, CaseVersion(1), kNoLimit);
  for (std::uint64_t version = 2; version < 20; ++version) MustAppend({ACommit("c1", version)});
  EXPECT_THAT(page, ElementsAre(stored[0]));
}

INSTANTIATE_TEST_SUITE_P(Stores, ReadContract, testing::ValuesIn(AllFlavours()),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace apdr::eventstore
