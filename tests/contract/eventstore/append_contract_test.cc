#include <utility>

#include "engine/base/shard_of.h"
#include "tests/contract/eventstore/contract_fixture.h"

namespace apdr::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using AppendContract = EventStoreContract;

TEST_P(AppendContract, GivesBackWhatWasAppended) {
  Commit commit = ACommit("c1", 1);
  commit.events = {"first", "", std::string("\0\xff\xfe not UTF-8 \r\n", 16)};
  commit.request_digest[31] = 255;
  commit.timers_started = {ATimer(100, "a"), ATimer(-5, "b")};
  commit.timers_stopped = {ATimer(7, "c")};
  const auto stored = MustAppend({commit});
  EXPECT_THAT(*store().ReadStream(commit.stream, CaseVersion(1), 10), ElementsAre(stored[0]));
  EXPECT_EQ(stored[0].place.first_position, Position(1));
  EXPECT_EQ(stored[0].place.shard, ShardOf(CaseId("c1"), kTestShardCount));
}

TEST_P(AppendContract, TakesAnyBytesAsIds) {
  Commit commit = ACommit("x", 1);
  commit.stream = {.tenant = TenantId(std::string("\0\xff", 2)),
                   .case_id = CaseId(std::string("\0\0\1", 3))};
  commit.request_id = RequestId(std::string("\xff\0", 2));
  Commit shorter = commit;
  shorter.stream.case_id = CaseId(std::string("\0\0", 2));
  shorter.request_id = RequestId(std::string("\xff", 1));
  const auto stored = MustAppend({commit, shorter});
  EXPECT_THAT(*store().ReadStream(commit.stream, CaseVersion(1), 10), ElementsAre(stored[0]));
  EXPECT_THAT(*store().ReadStream(shorter.stream, CaseVersion(1), 10), ElementsAre(stored[1]));
  EXPECT_EQ(*store().FindRequest(commit.stream.tenant, commit.request_id), stored[0]);
  EXPECT_EQ(*store().FindRequest(shorter.stream.tenant, shorter.request_id), stored[1]);
}

TEST_P(AppendContract, KeepsMicrosecondsOfRecordedAtAndDropsTheRest) {
  Commit commit = ACommit("c1", 1);
  commit.recorded_at = absl::FromUnixNanos(-1'500);
  const auto stored = MustAppend({commit});
  const auto read = *store().ReadStream(commit.stream, CaseVersion(1), 10);
  ASSERT_THAT(read, SizeIs(1));
  EXPECT_EQ(read[0].commit.recorded_at, absl::FromUnixMicros(-2));
}

TEST_P(AppendContract, GivesEachEventTheNextPositionOfItsShard) {
  Commit two = ACommit("c1", 1);
  two.events = {"1", "2"};
  const auto stored = MustAppend({two, ACommit("c1", 3)});
  EXPECT_EQ(stored[0].last_position(), Position(2));
  EXPECT_EQ(stored[1].place.first_position, Position(3));
  EXPECT_EQ(MustAppend({ACommit("c1", 4)})[0].place.first_position, Position(4));
  EXPECT_EQ(store().DurableHead(stored[0].place.shard), Position(4));
}

TEST_P(AppendContract, OfNothingIsOkAndWritesNothing) {
  EXPECT_THAT(*Append({}), IsEmpty());
  for (std::uint32_t shard = 0; shard < kTestShardCount; ++shard) {
    EXPECT_EQ(store().DurableHead(Shard(shard)), Position(0));
  }
}

TEST_P(AppendContract, ContinuesACaseInsideOneAppendAndAcrossAppends) {
  MustAppend({ACommit("c1", 1), ACommit("c2", 1), ACommit("c1", 2)});
  MustAppend({ACommit("c1", 3)});
  EXPECT_THAT(*store().ReadStream(ACommit("c1", 1).stream, CaseVersion(1), 10), SizeIs(3));
  EXPECT_THAT(*store().ReadStream(ACommit("c2", 1).stream, CaseVersion(1), 10), SizeIs(1));
}

TEST_P(AppendContract, RefusesAStaleVersionAndWritesNothing) {
  MustAppend({ACommit("c1", 1)});
  Commit stale = ACommit("c1", 1);
  stale.request_id = RequestId("another");
  EXPECT_THAT(Append({ACommit("c2", 1), stale}), HasCode(absl::StatusCode::kAborted));
  EXPECT_THAT(*store().ReadStream(ACommit("c2", 1).stream, CaseVersion(1), 10), IsEmpty());
  EXPECT_EQ(*store().FindRequest(kTenant, ACommit("c2", 1).request_id), std::nullopt);
  EXPECT_EQ(*store().FindRequest(kTenant, stale.request_id), std::nullopt);
}

TEST_P(AppendContract, RefusesAVersionAheadOfTheCase) {
  EXPECT_THAT(Append({ACommit("c1", 2)}), HasCode(absl::StatusCode::kAborted));
  EXPECT_THAT(Append({ACommit("c1", 1), ACommit("c1", 3)}), HasCode(absl::StatusCode::kAborted));
  EXPECT_THAT(Append({ACommit("c1", 0)}), HasCode(absl::StatusCode::kAborted));
}

TEST_P(AppendContract, CountsTheVersionsOfEachTenantApart) {
  MustAppend({ACommit("c1", 1)});
  Commit other = ACommit("c1", 1);
  other.stream.tenant = TenantId("islington");
  MustAppend({other});
  EXPECT_THAT(*store().ReadStream(other.stream, CaseVersion(1), 10), SizeIs(1));
}

TEST_P(AppendContract, RefusesATakenRequestIdAndWritesNothing) {
  MustAppend({ACommit("c1", 1)});
  Commit repeat = ACommit("c3", 1);
  repeat.request_id = ACommit("c1", 1).request_id;
  EXPECT_THAT(Append({ACommit("c2", 1), repeat}), HasCode(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(*store().ReadStream(ACommit("c2", 1).stream, CaseVersion(1), 10), IsEmpty());
}

TEST_P(AppendContract, RefusesOneRequestIdTwiceInOneAppend) {
  Commit repeat = ACommit("c2", 1);
  repeat.request_id = ACommit("c1", 1).request_id;
  EXPECT_THAT(Append({ACommit("c1", 1), repeat}), HasCode(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(*store().ReadStream(ACommit("c1", 1).stream, CaseVersion(1), 10), IsEmpty());
}

TEST_P(AppendContract, CallsARepeatedCommitARepeatAndNotStale) {
  MustAppend({ACommit("c1", 1)});
  EXPECT_THAT(Append({ACommit("c1", 1)}), HasCode(absl::StatusCode::kAlreadyExists));
}

TEST_P(AppendContract, TakesOneRequestIdInEveryTenant) {
  const auto first = MustAppend({ACommit("c1", 1)});
  Commit other = ACommit("c9", 1);
  other.stream.tenant = TenantId("islington");
  other.request_id = ACommit("c1", 1).request_id;
  const auto second = MustAppend({other});
  EXPECT_EQ(*store().FindRequest(kTenant, other.request_id), first[0]);
  EXPECT_EQ(*store().FindRequest(other.stream.tenant, other.request_id), second[0]);
}

TEST_P(AppendContract, FindsACommitByEachOfItsClaims) {
  Commit commit = ACommit("a", 1);
  commit.claims = {RequestId("/upn/1"), RequestId("/upn/2")};
  const auto stored = MustAppend({commit});

  const auto found = store().FindRequest(kTenant, RequestId("/upn/2"));

  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, stored[0]);
}

TEST_P(AppendContract, RefusesATakenClaimAndWritesNothing) {
  Commit first = ACommit("a", 1);
  first.claims = {RequestId("/upn/1")};
  MustAppend({first});
  Commit second = ACommit("b", 1);
  second.claims = {RequestId("/upn/1")};

  EXPECT_THAT(Append({second}), HasCode(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(store().FindRequest(kTenant, second.request_id)->has_value(), false);
}

TEST_P(AppendContract, RefusesOneClaimTwiceInOneAppend) {
  Commit first = ACommit("a", 1);
  Commit second = ACommit("b", 1);
  first.claims = second.claims = {RequestId("/upn/1")};

  EXPECT_THAT(Append({first, second}), HasCode(absl::StatusCode::kAlreadyExists));
}

TEST_P(AppendContract, FindsNoRequestThatWasNeverMade) {
  MustAppend({ACommit("c1", 1)});
  EXPECT_EQ(*store().FindRequest(kTenant, RequestId("r/c1/")), std::nullopt);
  EXPECT_EQ(*store().FindRequest(TenantId("camde"), ACommit("c1", 1).request_id), std::nullopt);
}

TEST_P(AppendContract, TellsOfManyNamesWhichAreTaken) {
  Commit commit = ACommit("c1", 1);
  commit.claims = {RequestId("/upn/1")};
  MustAppend({commit, ACommit("c2", 1)});
  const RequestId second = ACommit("c2", 1).request_id;
  const RequestId fresh("never");
  const TenantId other("islington");
  const std::vector<RequestName> names = {{kTenant, fresh},
                                          {kTenant, second},
                                          {other, second},
                                          {kTenant, commit.claims[0]},
                                          {kTenant, commit.request_id},
                                          {kTenant, second}};

  EXPECT_THAT(*store().AreTaken(names), ElementsAre(false, true, false, true, true, true));
  EXPECT_THAT(*store().AreTaken({}), IsEmpty());
}

TEST_P(AppendContract, GoesOnAfterARefusal) {
  EXPECT_FALSE(Append({ACommit("c1", 7)}).ok());
  MustAppend({ACommit("c1", 1)});
}

class LimitContract : public EventStoreContract {
 protected:
  void ExpectRefused(const std::vector<Commit>& commits) {
    EXPECT_THAT(store().Append(commits), HasCode(absl::StatusCode::kInvalidArgument));
    for (std::uint32_t shard = 0; shard < kTestShardCount; ++shard) {
      EXPECT_EQ(store().DurableHead(Shard(shard)), Position(0));
    }
  }
};

TEST_P(LimitContract, RefusesACommitWithoutEvents) {
  Commit commit = ACommit("c1", 1);
  commit.events.clear();
  ExpectRefused({ACommit("c2", 1), commit});
}

TEST_P(LimitContract, RefusesTooManyClaims) {
  Commit commit = ACommit("a", 1);
  for (std::size_t i = 0; i <= kCommitClaimsMax; ++i) {
    commit.claims.emplace_back("/claim/" + std::to_string(i));
  }
  EXPECT_THAT(Append({commit}), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST_P(LimitContract, RefusesTooManyEventsAndTakesTheMost) {
  Commit commit = ACommit("c1", 1);
  commit.events.assign(kCommitEventsMax + 1, "e");
  ExpectRefused({commit});
  commit.events.pop_back();
  EXPECT_EQ(MustAppend({commit})[0].last_version(), CaseVersion(kCommitEventsMax));
}

TEST_P(LimitContract, RefusesTooLongAnEventAndTakesTheLongest) {
  Commit commit = ACommit("c1", 1);
  commit.events = {std::string(kEventBytesMax + 1, 'x')};
  ExpectRefused({commit});
  commit.events[0].pop_back();
  const auto stored = MustAppend({commit});
  EXPECT_THAT(*store().ReadStream(commit.stream, CaseVersion(1), 1), ElementsAre(stored[0]));
}

TEST_P(LimitContract, RefusesTooManyCommitsAndTakesTheMost) {
  std::vector<Commit> commits;
  for (std::size_t i = 0; i <= kAppendCommitsMax; ++i) commits.push_back(ACommit("c1", i + 1));
  ExpectRefused(commits);
  commits.pop_back();
  EXPECT_TRUE(store().Append(commits).ok());
}

TEST_P(LimitContract, RefusesATimerBetweenTwoSeconds) {
  Commit commit = ACommit("c1", 1);
  commit.timers_started = {{.fires_at = absl::FromUnixMillis(1500), .key = "t"}};
  ExpectRefused({commit});
  std::swap(commit.timers_started, commit.timers_stopped);
  ExpectRefused({commit});
  commit.timers_stopped[0].fires_at = absl::InfiniteFuture();
  ExpectRefused({commit});
  commit.timers_stopped[0].fires_at = absl::InfinitePast();
  ExpectRefused({commit});
}

TEST_P(LimitContract, RefusesACommitRecordedAtNoInstant) {
  Commit commit = ACommit("c1", 1);
  commit.recorded_at = absl::InfiniteFuture();
  ExpectRefused({commit});
  commit.recorded_at = absl::InfinitePast();
  ExpectRefused({commit});
}

INSTANTIATE_TEST_SUITE_P(Stores, AppendContract, testing::ValuesIn(AllFlavours()),
                         testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(Stores, LimitContract, testing::ValuesIn(AllFlavours()),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace apdr::eventstore
