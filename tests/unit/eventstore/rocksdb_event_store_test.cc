// What RocksDbEventStore promises beyond the contract of EventStore: opening, recovery, the
// indexer.
#include "eventstore/rocksdb/rocksdb_event_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "eventstore/rocksdb/internal/commit_codec.h"
#include "eventstore/rocksdb/internal/commit_index.h"
#include "eventstore/rocksdb/internal/commit_log.h"
#include "tests/contract/eventstore/temporary_folder.h"

namespace apdr::eventstore {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::size_t kNoLimit = 1'000'000;
const TenantId kTenant("camden");

Commit ACommit(std::uint64_t version, const std::string& case_id = "c1") {
  Commit commit;
  commit.stream = {.tenant = kTenant, .case_id = CaseId(case_id)};
  commit.first_version = CaseVersion(version);
  commit.request_id = RequestId("r/" + case_id + "/" + std::to_string(version));
  commit.events = {"event"};
  return commit;
}

// The request ids of the first `head` commits are taken, and no other is.
void ExpectTaken(RocksDbEventStore& store, std::uint64_t head) {
  std::vector<RequestId> ids;
  for (std::uint64_t version = 1; version <= head; ++version) {
    ids.push_back(ACommit(version).request_id);
  }
  ids.emplace_back("never");
  std::vector<RequestName> names;
  for (const RequestId& id : ids) names.push_back({kTenant, id});
  std::vector<bool> expected(head, true);
  expected.push_back(false);
  EXPECT_EQ(*store.AreTaken(names), expected);
}

class RocksDbStore : public testing::Test {
 protected:
  RocksDbEventStore::Options Options() const {
    RocksDbEventStore::Options options;
    options.path = folder_.path() + "/store";
    options.shard_count = 2;
    return options;
  }
  static absl::Status Try(RocksDbEventStore::Options options) {
    return RocksDbEventStore::Open(std::move(options)).status();
  }
  // A store with versions 1 .. `count` of case c1; closed again.
  void Create(std::uint64_t count, bool indexed) {
    const auto store = RocksDbEventStore::Open(Options()).value();
    for (std::uint64_t version = 1; version <= count; ++version) {
      ASSERT_TRUE(store->Append(std::vector{ACommit(version)}).ok());
    }
    if (indexed) {
      ASSERT_EQ(*store->indexer().Step(), StepResult::kProgressed);
    }
  }
  void Remove(const std::string& database) {
    std::filesystem::remove_all(Options().path + "/" + database);
  }
  std::unique_ptr<CommitLog> OpenLog() const {
    return CommitLog::Open(Options().path + "/log", RocksDbResources()).value();
  }
  IndexPosition IndexedUpTo() const {
    return CommitIndex::Open(Options().path + "/index", RocksDbResources(), 2).value()->position();
  }

  TemporaryFolder folder_;
};

TEST_F(RocksDbStore, RefusesAnotherShardCount) {
  Create(1, true);
  auto options = Options();
  options.shard_count = 3;
  const absl::Status status = Try(std::move(options));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("with 3 shards"), HasSubstr("created with 2")));
  EXPECT_TRUE(Try(Options()).ok());
}

TEST_F(RocksDbStore, RefusesNoShards) {
  auto options = Options();
  options.shard_count = 0;
  EXPECT_EQ(Try(std::move(options)).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(RocksDbStore, RefusesTheDemoClockOnRealRecords) {
  Create(1, true);
  auto options = Options();
  options.demo_clock = true;
  const absl::Status status = Try(std::move(options));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("real records"));
}

TEST_F(RocksDbStore, RefusesTheRealClockOnADemonstration) {
  auto options = Options();
  options.demo_clock = true;
  ASSERT_TRUE(Try(std::move(options)).ok());
  const absl::Status status = Try(Options());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("created with --demo-clock"));
  options = Options();
  options.demo_clock = true;
  EXPECT_TRUE(Try(std::move(options)).ok());
}

TEST_F(RocksDbStore, RefusesToBeOpenTwice) {
  const auto store = RocksDbEventStore::Open(Options()).value();
  const absl::Status status = Try(Options());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("has it open already"));
}

TEST_F(RocksDbStore, RefusesAFolderItCannotMake) {
  auto options = Options();
  options.path = folder_.path() + "/not/there";
  EXPECT_EQ(Try(std::move(options)).code(), absl::StatusCode::kInternal);
}

TEST_F(RocksDbStore, RebuildsItsIndexesWhenTheyAreDeleted) {
  Create(5, true);
  Remove("index");
  const auto store = RocksDbEventStore::Open(Options()).value();
  EXPECT_THAT(*store->ReadStream(ACommit(1).stream, CaseVersion(1), kNoLimit), SizeIs(5));
  EXPECT_EQ(*store->indexer().Step(), StepResult::kProgressed);
  EXPECT_EQ(*store->indexer().Step(), StepResult::kIdle);
  EXPECT_TRUE(store->FindRequest(kTenant, ACommit(5).request_id)->has_value());
}

TEST_F(RocksDbStore, RebuildsItsIndexesInBoundedMemory) {
  Create(20, false);
  auto options = Options();
  options.tail_commits_max = 1;
  ASSERT_TRUE(Try(std::move(options)).ok());
  EXPECT_EQ(IndexedUpTo().sequence, Sequence(20));
}

TEST_F(RocksDbStore, RefusesALogThatEndsBeforeItsIndexes) {
  Create(5, true);
  Remove("log");
  const absl::Status status = Try(Options());
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("acknowledged commits are lost"));
}

TEST_F(RocksDbStore, RefusesTheIndexesOfAnotherLog) {
  Create(5, true);
  Remove("log");
  std::filesystem::rename(Options().path + "/index", folder_.path() + "/index");
  {
    const auto other = RocksDbEventStore::Open(Options()).value();
    for (std::uint64_t version = 1; version <= 6; ++version) {
      ASSERT_TRUE(other->Append(std::vector{ACommit(version, "another")}).ok());
    }
  }
  Remove("index");
  std::filesystem::rename(folder_.path() + "/index", Options().path + "/index");
  EXPECT_EQ(Try(Options()).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(RocksDbStore, NamesThePositionThatIsMissing) {
  Create(2, false);
  const Shard shard = [&] {
    const auto store = RocksDbEventStore::Open(Options()).value();
    return store->FindRequest(kTenant, ACommit(1).request_id)->value().place.shard;
  }();
  const CommitPlace gap{.shard = shard, .first_position = Position(4)};
  ASSERT_TRUE(OpenLog()->Write(Sequence(3), std::vector{EncodeCommit(ACommit(3), gap)}).ok());
  const absl::Status status = Try(Options());
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("position 3 of shard " + std::to_string(shard.value())));
}

TEST_F(RocksDbStore, RefusesALogWithAMissingCommit) {
  Create(2, false);
  const CommitPlace place{.shard = Shard(0), .first_position = Position(1)};
  ASSERT_TRUE(OpenLog()->Write(Sequence(4), std::vector{EncodeCommit(ACommit(4), place)}).ok());
  const absl::Status status = Try(Options());
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("commit 3 of the log"));
}

TEST_F(RocksDbStore, RefusesALogWithDamagedBytes) {
  Create(2, false);
  ASSERT_TRUE(OpenLog()->Write(Sequence(3), std::vector<std::string>{"damaged"}).ok());
  EXPECT_EQ(Try(Options()).code(), absl::StatusCode::kDataLoss);
}

TEST_F(RocksDbStore, RefusesACommitOfAShardItDoesNotHave) {
  Create(0, false);
  const CommitPlace place{.shard = Shard(2), .first_position = Position(1)};
  ASSERT_TRUE(OpenLog()->Write(Sequence(1), std::vector{EncodeCommit(ACommit(1), place)}).ok());
  EXPECT_EQ(Try(Options()).code(), absl::StatusCode::kDataLoss);
}

TEST_F(RocksDbStore, AnswersDataLossWhenAnIndexedCommitIsDamaged) {
  Create(3, true);
  ASSERT_TRUE(OpenLog()->Write(Sequence(2), std::vector<std::string>{"damaged"}).ok());
  const auto store = RocksDbEventStore::Open(Options()).value();
  const auto kLoss = absl::StatusCode::kDataLoss;
  EXPECT_EQ(store->FindRequest(kTenant, ACommit(2).request_id).status().code(), kLoss);
  EXPECT_EQ(store->ReadStream(ACommit(1).stream, CaseVersion(1), kNoLimit).status().code(), kLoss);
  // The rest is still readable.
  EXPECT_TRUE(store->FindRequest(kTenant, ACommit(3).request_id).ok());
}

TEST_F(RocksDbStore, AnswersDataLossWhenARowLeadsToAnotherCommit) {
  Create(3, true);
  const CommitPlace place{.shard = Shard(0), .first_position = Position(9)};
  ASSERT_TRUE(
      OpenLog()->Write(Sequence(2), std::vector{EncodeCommit(ACommit(9, "x"), place)}).ok());
  const auto store = RocksDbEventStore::Open(Options()).value();
  const auto kLoss = absl::StatusCode::kDataLoss;
  EXPECT_EQ(store->FindRequest(kTenant, ACommit(2).request_id).status().code(), kLoss);
  EXPECT_EQ(store->ReadStream(ACommit(1).stream, CaseVersion(1), kNoLimit).status().code(), kLoss);
}

TEST_F(RocksDbStore, TellsWhenReadersCanSeeAnAppend) {
  int calls = 0;
  const RocksDbEventStore* observed = nullptr;
  Position seen;
  auto options = Options();
  options.shard_count = 1;
  options.on_durable = [&] {
    ++calls;
    seen = observed->DurableHead(Shard(0));
  };
  const auto store = RocksDbEventStore::Open(std::move(options)).value();
  observed = store.get();
  ASSERT_TRUE(store->Append(std::vector{ACommit(1), ACommit(2)}).ok());
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(seen, Position(2));
  ASSERT_TRUE(store->Append({}).ok());
  ASSERT_FALSE(store->Append(std::vector{ACommit(7)}).ok());
  EXPECT_EQ(calls, 1);
}

TEST_F(RocksDbStore, IndexesByItselfWhenTheTailIsFull) {
  auto options = Options();
  options.tail_commits_max = 4;
  {
    const auto store = RocksDbEventStore::Open(std::move(options)).value();
    for (std::uint64_t version = 1; version <= 11; ++version) {
      ASSERT_TRUE(store->Append(std::vector{ACommit(version)}).ok());
    }
  }
  EXPECT_EQ(IndexedUpTo().sequence, Sequence(8));
}

TEST_F(RocksDbStore, LeavesTheIndexingToTheIndexerWhileTheTailHasRoom) {
  Create(5, false);
  EXPECT_EQ(IndexedUpTo().sequence, Sequence(0));
}

// For ThreadSanitizer as much as for the assertions: readers see a growing whole while the log
// grows and commits move from the tail to the indexes.
TEST_F(RocksDbStore, AnswersReadersWhileItAppendsAndIndexes) {
  auto options = Options();
  options.shard_count = 1;
  options.tail_commits_max = 2;  // So appends index as well.
  options.kept_commits_max = 20;
  options.recent_bytes_max = 2'000;
  const auto store = RocksDbEventStore::Open(std::move(options)).value();
  constexpr std::uint64_t kVersions = 300;
  std::atomic<bool> done = false;
  std::jthread indexer([&] {
    while (!done) ASSERT_TRUE(store->indexer().Step().ok());
  });
  std::jthread reader([&] {
    std::size_t known = 0;
    std::uint64_t followed = 0;
    while (!done) {
      const std::uint64_t head = store->DurableHead(Shard(0)).value();
      const auto stream = store->ReadStream(ACommit(1).stream, CaseVersion(1), kNoLimit);
      ASSERT_TRUE(stream.ok()) << stream.status();
      ASSERT_GE(stream->size(), std::max<std::size_t>(known, head));
      known = stream->size();
      // Who goes on from the last position read never finds itself beyond the head.
      const auto page = store->ReadShard(Shard(0), Position(followed), kNoLimit);
      ASSERT_TRUE(page.ok()) << page.status();
      if (!page->empty()) followed = page->back().last_position().value();
      const auto log = store->ReadShard(Shard(0), Position(head / 2), kNoLimit);
      ASSERT_TRUE(log.ok()) << log.status();
      ASSERT_GE(log->size(), head - head / 2);
      if (head > 0) {
        ASSERT_TRUE(store->FindRequest(kTenant, ACommit(head).request_id)->has_value());
        ExpectTaken(*store, head);
        ASSERT_GE(store->DueTimers(absl::InfiniteFuture(), kNoLimit)->size(), head);
      }
    }
  });
  for (std::uint64_t version = 1; version <= kVersions; ++version) {
    Commit commit = ACommit(version);
    commit.timers_started = {{.fires_at = absl::UnixEpoch(), .key = std::to_string(version)}};
    ASSERT_TRUE(store->Append(std::vector{commit}).ok());
  }
  done = true;
}

}  // namespace
}  // namespace apdr::eventstore
