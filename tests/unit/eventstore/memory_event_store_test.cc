#include "eventstore/memory/memory_event_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::eventstore {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Commit ACommit(std::uint64_t version) {
  Commit commit;
  commit.stream = {.tenant = TenantId("camden"), .case_id = CaseId("c1")};
  commit.first_version = CaseVersion(version);
  commit.request_id = RequestId(std::to_string(version));
  commit.events = {"event"};
  return commit;
}

class MemoryEventStoreFault : public testing::Test {
 protected:
  absl::StatusCode Append(std::vector<Commit> commits) {
    return store_.Append(commits).status().code();
  }
  MemoryEventStore store_{1};
  const StreamId stream_ = ACommit(1).stream;
};

TEST_F(MemoryEventStoreFault, BeforeTheWriteKeepsNothing) {
  store_.FailNextAppend(AppendFault::kBeforeWrite);
  EXPECT_EQ(Append({ACommit(1)}), absl::StatusCode::kInternal);
  store_.Restart();
  EXPECT_THAT(*store_.ReadStream(stream_, CaseVersion(1), 9), IsEmpty());
  EXPECT_EQ(Append({ACommit(1)}), absl::StatusCode::kOk);
}

TEST_F(MemoryEventStoreFault, AfterTheWriteKeepsEverything) {
  store_.FailNextAppend(AppendFault::kAnswerLost);
  EXPECT_EQ(Append({ACommit(1), ACommit(2)}), absl::StatusCode::kInternal);
  store_.Restart();
  EXPECT_THAT(*store_.ReadStream(stream_, CaseVersion(1), 9), SizeIs(2));
  EXPECT_EQ(Append({ACommit(1)}), absl::StatusCode::kAlreadyExists);
}

TEST_F(MemoryEventStoreFault, RefusesEveryCallUntilTheRestart) {
  ASSERT_EQ(Append({ACommit(1)}), absl::StatusCode::kOk);
  store_.FailNextAppend(AppendFault::kAnswerLost);
  ASSERT_FALSE(store_.Append(std::vector{ACommit(2)}).ok());
  const auto refused = absl::StatusCode::kInternal;
  EXPECT_EQ(Append({ACommit(3)}), refused);
  EXPECT_EQ(store_.ReadStream(stream_, CaseVersion(1), 9).status().code(), refused);
  EXPECT_EQ(store_.ReadShard(Shard(0), Position(0), 9).status().code(), refused);
  EXPECT_EQ(store_.FindRequest(stream_.tenant, RequestId("1")).status().code(), refused);
  const RequestId request("1");
  const std::vector<RequestName> names = {{stream_.tenant, request}};
  EXPECT_EQ(store_.AreTaken(names).status().code(), refused);
  EXPECT_EQ(store_.DueTimers(absl::UnixEpoch(), 9).status().code(), refused);
  EXPECT_EQ(store_.ReadCursor("c", Shard(0)).status().code(), refused);
  EXPECT_EQ(store_.WriteCursor("c", Shard(0), Position(1)).code(), refused);
  EXPECT_EQ(store_.ReadSnapshot(stream_).status().code(), refused);
  EXPECT_EQ(store_.WriteSnapshot(stream_, Snapshot()).code(), refused);
  store_.Restart();
  EXPECT_TRUE(store_.ReadShard(Shard(0), Position(0), 9).ok());
}

TEST_F(MemoryEventStoreFault, WaitsForAnAppendThatWouldWrite) {
  store_.FailNextAppend(AppendFault::kBeforeWrite);
  EXPECT_EQ(Append({}), absl::StatusCode::kOk);
  EXPECT_EQ(Append({ACommit(5)}), absl::StatusCode::kAborted);
  EXPECT_EQ(Append({ACommit(1)}), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace apdr::eventstore
