#include "tests/contract/eventstore/contract_fixture.h"

namespace apdr::eventstore {
namespace {

using CursorContract = EventStoreContract;
using SnapshotContract = EventStoreContract;

const StreamId kStream{.tenant = kTenant, .case_id = CaseId("c1")};

TEST_P(CursorContract, IsZeroBeforeItIsWritten) {
  EXPECT_EQ(*cursors().ReadCursor("publisher", Shard(0)), Position(0));
}

TEST_P(CursorContract, BelongsToOneConsumerAndOneShard) {
  ASSERT_TRUE(cursors().WriteCursor("publisher", Shard(1), Position(7)).ok());
  ASSERT_TRUE(cursors().WriteCursor("publishe", Shard(1), Position(8)).ok());
  EXPECT_EQ(*cursors().ReadCursor("publisher", Shard(1)), Position(7));
  EXPECT_EQ(*cursors().ReadCursor("publishe", Shard(1)), Position(8));
  EXPECT_EQ(*cursors().ReadCursor("publisher", Shard(0)), Position(0));
}

TEST_P(CursorContract, HoldsTheLastPositionWrittenEvenAnEarlierOne) {
  ASSERT_TRUE(cursors().WriteCursor("publisher", Shard(1), Position(~std::uint64_t{0})).ok());
  ASSERT_TRUE(cursors().WriteCursor("publisher", Shard(1), Position(3)).ok());
  EXPECT_EQ(*cursors().ReadCursor("publisher", Shard(1)), Position(3));
}

TEST_P(CursorContract, IsKeptAcrossAppends) {
  ASSERT_TRUE(cursors().WriteCursor("publisher", Shard(1), Position(7)).ok());
  MustAppend({ACommit("c1", 1)});
  EXPECT_EQ(*cursors().ReadCursor("publisher", Shard(1)), Position(7));
}

Snapshot At(std::uint64_t version, std::string state) {
  return {.version = CaseVersion(version), .format = "f1", .state = std::move(state)};
}

TEST_P(SnapshotContract, IsAbsentBeforeItIsWritten) {
  EXPECT_EQ(*snapshots().ReadSnapshot(kStream), std::nullopt);
}

TEST_P(SnapshotContract, GivesBackAnyBytes) {
  const Snapshot snapshot{.version = CaseVersion(300),
                          .format = std::string("\0\xff", 2),
                          .state = std::string("\xff\0\1", 3)};
  ASSERT_TRUE(snapshots().WriteSnapshot(kStream, snapshot).ok());
  EXPECT_EQ(*snapshots().ReadSnapshot(kStream), snapshot);
}

TEST_P(SnapshotContract, KeepsTheNewestOfEachCase) {
  ASSERT_TRUE(snapshots().WriteSnapshot(kStream, At(2, "two")).ok());
  ASSERT_TRUE(snapshots().WriteSnapshot(kStream, At(1, "one")).ok());
  EXPECT_EQ(*snapshots().ReadSnapshot(kStream), At(2, "two"));
  ASSERT_TRUE(snapshots().WriteSnapshot(kStream, At(3, "three")).ok());
  EXPECT_EQ(*snapshots().ReadSnapshot(kStream), At(3, "three"));
}

TEST_P(SnapshotContract, IsReplacedAtTheSameVersion) {
  ASSERT_TRUE(snapshots().WriteSnapshot(kStream, At(2, "old fold")).ok());
  ASSERT_TRUE(snapshots().WriteSnapshot(kStream, At(2, "new fold")).ok());
  EXPECT_EQ(*snapshots().ReadSnapshot(kStream), At(2, "new fold"));
}

TEST_P(SnapshotContract, BelongsToOneCaseInOneTenant) {
  ASSERT_TRUE(snapshots().WriteSnapshot(kStream, At(2, "two")).ok());
  EXPECT_EQ(*snapshots().ReadSnapshot({.tenant = TenantId("x"), .case_id = kStream.case_id}),
            std::nullopt);
  EXPECT_EQ(*snapshots().ReadSnapshot({.tenant = kTenant, .case_id = CaseId("c11")}), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Stores, CursorContract, testing::ValuesIn(AllFlavours()),
                         testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(Stores, SnapshotContract, testing::ValuesIn(AllFlavours()),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace apdr::eventstore
