// Promise: after a crash every acknowledged commit is there, and what is there is a prefix of what
// was appended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "tests/contract/eventstore/temporary_folder.h"
#include "tests/unit/eventstore/power_loss_file_system.h"

namespace apdr::eventstore {
namespace {

using ::testing::SizeIs;

const StreamId kStream{.tenant = TenantId("camden"), .case_id = CaseId("c1")};
constexpr std::size_t kNoLimit = 1'000'000;

Commit ACommit(std::uint64_t version) {
  Commit commit;
  commit.stream = kStream;
  commit.first_version = CaseVersion(version);
  commit.request_id = RequestId("r" + std::to_string(version));
  commit.events = {std::string(300, 'e')};
  commit.timers_started = {{.fires_at = absl::FromUnixSeconds(1), .key = std::to_string(version)}};
  return commit;
}

class RocksDbCrash : public testing::Test {
 protected:
  void Open() {
    RocksDbEventStore::Options options;
    options.path = folder_.path() + "/store";
    options.shard_count = 1;
    options.env = env_.get();
    auto opened = RocksDbEventStore::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  // One append of `count` commits; whether it was acknowledged.
  bool Append(std::size_t count) {
    std::vector<Commit> commits;
    for (std::size_t i = 0; i < count; ++i) commits.push_back(ACommit(appended_ + i + 1));
    const auto places = store_->Append(commits);
    if (!places.ok()) return false;
    appended_ += count;
    return true;
  }
  void CrashAndOpen(std::uint64_t torn_bytes, std::uint64_t hole_bytes = 0) {
    disk_->CutPower();
    store_.reset();
    disk_->RestorePower(torn_bytes, hole_bytes);
    Open();
  }
  // The store holds the versions 1 .. n with n >= `acknowledged`, and every lookup says so.
  void ExpectWholePrefix(std::uint64_t acknowledged) {
    const std::uint64_t head = store_->DurableHead(Shard(0)).value();
    EXPECT_GE(head, acknowledged);
    const auto log = store_->ReadShard(Shard(0), Position(0), kNoLimit);
    ASSERT_TRUE(log.ok()) << log.status();
    ASSERT_THAT(*log, SizeIs(head));
    for (std::uint64_t version = 1; version <= head; ++version) {
      EXPECT_EQ((*log)[version - 1].commit, ACommit(version));
      const auto found = store_->FindRequest(kStream.tenant, ACommit(version).request_id);
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_EQ(*found, (*log)[version - 1]);
    }
    EXPECT_EQ(*store_->ReadStream(kStream, CaseVersion(1), kNoLimit), *log);
    EXPECT_THAT(*store_->DueTimers(absl::InfiniteFuture(), kNoLimit), SizeIs(head));
    appended_ = head;
  }

  TemporaryFolder folder_;
  std::shared_ptr<PowerLossFileSystem> disk_ = std::make_shared<PowerLossFileSystem>();
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
  std::unique_ptr<RocksDbEventStore> store_;
  std::uint64_t appended_ = 0;
};

TEST_F(RocksDbCrash, KeepsEveryAcknowledgedCommitWhenThePowerGoes) {
  Open();
  for (std::uint64_t round = 0; round < 12; ++round) {
    ASSERT_TRUE(Append(1 + round % 5));
    // Sometimes the indexes are behind, sometimes level.
    if (round % 3 == 0) {
      ASSERT_TRUE(store_->indexer().Step().ok());
    }
    ASSERT_TRUE(Append(2));
    const std::uint64_t acknowledged = appended_;
    disk_->RememberLengths(round % 4 < 2);
    CrashAndOpen(/*torn_bytes=*/round * 7);
    ExpectWholePrefix(acknowledged);
  }
}

TEST_F(RocksDbCrash, FailsForEverWhenASyncFails) {
  for (std::uint64_t good_syncs = 0; good_syncs < 6; ++good_syncs) {
    store_.reset();
    Open();
    const std::uint64_t before = appended_;
    disk_->FailWalSyncAfter(good_syncs);
    std::uint64_t appends = 0;
    while (Append(3)) ++appends;
    EXPECT_EQ(appends, good_syncs);
    EXPECT_EQ(appended_, before + 3 * good_syncs);
    disk_->FailWalSyncAfter(1'000);  // The disk has recovered; the store must not.
    const auto refused = absl::StatusCode::kInternal;
    EXPECT_EQ(store_->Append(std::vector{ACommit(appended_ + 1)}).status().code(), refused);
    EXPECT_EQ(store_->ReadStream(kStream, CaseVersion(1), 1).status().code(), refused);
    EXPECT_EQ(store_->ReadShard(Shard(0), Position(0), 1).status().code(), refused);
    EXPECT_EQ(store_->FindRequest(kStream.tenant, RequestId("r1")).status().code(), refused);
    EXPECT_EQ(store_->AreTaken({}).status().code(), refused);
    EXPECT_EQ(store_->DueTimers(absl::InfiniteFuture(), 1).status().code(), refused);
    EXPECT_EQ(store_->ReadCursor("c", Shard(0)).status().code(), refused);
    EXPECT_EQ(store_->WriteCursor("c", Shard(0), Position(1)).code(), refused);
    EXPECT_EQ(store_->ReadSnapshot(kStream).status().code(), refused);
    EXPECT_EQ(store_->WriteSnapshot(kStream, Snapshot()).code(), refused);
    EXPECT_EQ(store_->indexer().Step().status().code(), refused);
    EXPECT_EQ(store_->DurableHead(Shard(0)), Position(appended_));
    const std::uint64_t acknowledged = appended_;
    CrashAndOpen(/*torn_bytes=*/0);
    ExpectWholePrefix(acknowledged);
    EXPECT_EQ(appended_, acknowledged) << "an append that failed its sync came back";
  }
}

TEST_F(RocksDbCrash, ShowsAllOrNothingOfAnAppendWhoseSyncFailed) {
  for (std::uint64_t torn_bytes = 0; torn_bytes < 3'000; torn_bytes += 125) {
    store_.reset();
    Open();
    disk_->RememberLengths(torn_bytes % 250 == 0);
    disk_->FailWalSyncAfter(0);
    ASSERT_FALSE(Append(5));
    const std::uint64_t acknowledged = appended_;
    EXPECT_GT(disk_->unsynced_wal_bytes(), 0U) << "the test loses nothing";
    CrashAndOpen(torn_bytes);
    ExpectWholePrefix(acknowledged);
    EXPECT_TRUE(appended_ == acknowledged || appended_ == acknowledged + 5) << appended_;
  }
}

// The append is longer than the blocks of 32 KiB that RocksDB writes, the disk had written some of
// them before others, and zeros stand in the place of what is lost.
TEST_F(RocksDbCrash, ShowsNothingOfALongAppendWithAHole) {
  constexpr std::uint64_t kAllBytes = 1'000'000;
  for (std::uint64_t hole_bytes = 1'000; hole_bytes < 100'000; hole_bytes += 7'000) {
    store_.reset();
    Open();
    ASSERT_TRUE(Append(1));
    disk_->FailWalSyncAfter(0);
    ASSERT_FALSE(Append(300));
    const std::uint64_t acknowledged = appended_;
    EXPECT_GT(disk_->unsynced_wal_bytes(), 100'000U) << "the test loses nothing";
    CrashAndOpen(kAllBytes, hole_bytes);
    ExpectWholePrefix(acknowledged);
    EXPECT_EQ(appended_, acknowledged);
  }
}

TEST_F(RocksDbCrash, MayLoseACursorButNeverInventsOne) {
  Open();
  ASSERT_TRUE(store_->WriteCursor("publisher", Shard(0), Position(1)).ok());
  ASSERT_TRUE(Append(1));  // The sync of which carries the cursor along.
  ASSERT_TRUE(store_->WriteCursor("publisher", Shard(0), Position(2)).ok());
  CrashAndOpen(/*torn_bytes=*/0);
  EXPECT_EQ(*store_->ReadCursor("publisher", Shard(0)), Position(1));
}

}  // namespace
}  // namespace apdr::eventstore
