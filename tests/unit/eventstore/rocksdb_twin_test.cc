// Promise: whatever is appended, and wherever indexer and restarts fall between, RocksDbEventStore
// answers as MemoryEventStore does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "eventstore/memory/memory_event_store.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "tests/contract/eventstore/temporary_folder.h"

namespace apdr::eventstore {
namespace {

constexpr std::uint32_t kShardCount = 3;
constexpr std::size_t kNoLimit = 1'000'000;

class Twins {
 public:
  explicit Twins(std::uint64_t seed) : random_(seed) { Reopen(); }

  void Step() {
    const std::uint64_t choice = Draw(10);
    if (choice < 7) Append();
    if (choice == 7) {
      ASSERT_TRUE(real_->indexer().Step().ok());
    }
    if (choice == 8) Compare();
    if (choice == 9) Reopen();
  }

  [[nodiscard]] std::uint64_t appended() const { return appended_; }

  void Reopen() {
    real_.reset();
    RocksDbEventStore::Options options;
    options.path = folder_.path();
    options.shard_count = kShardCount;
    options.tail_commits_max = 1 + Draw(200);
    options.kept_commits_max = Draw(2) * Draw(50);
    options.recent_bytes_max = Draw(2) * Draw(4'000);
    auto opened = RocksDbEventStore::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    real_ = *std::move(opened);
    Compare();
  }

  void Compare() {
    for (std::uint32_t shard = 0; shard < kShardCount; ++shard) {
      const Position head = twin_.DurableHead(Shard(shard));
      ASSERT_EQ(real_->DurableHead(Shard(shard)), head);
      const Position after(Draw(head.value() + 1));
      const std::size_t limit = Draw(2) == 0 ? kNoLimit : Draw(5);
      ASSERT_EQ(*real_->ReadShard(Shard(shard), after, limit),
                *twin_.ReadShard(Shard(shard), after, limit));
    }
    for (std::uint64_t i = 0; i < 4; ++i) {
      const StreamId stream = AStream();
      const CaseVersion from(Draw(20));
      const std::size_t limit = Draw(2) == 0 ? kNoLimit : Draw(5);
      ASSERT_EQ(*real_->ReadStream(stream, from, limit), *twin_.ReadStream(stream, from, limit));
      const RequestId request(std::to_string(Draw(requests_ + 1)));
      ASSERT_EQ(*real_->FindRequest(stream.tenant, request),
                *twin_.FindRequest(stream.tenant, request));
      const RequestId claim = AClaim();
      ASSERT_EQ(*real_->FindRequest(stream.tenant, claim),
                *twin_.FindRequest(stream.tenant, claim));
      const std::vector<RequestName> names = {{stream.tenant, claim}, {stream.tenant, request}};
      ASSERT_EQ(*real_->AreTaken(names), *twin_.AreTaken(names));
      const absl::Time until = absl::FromUnixSeconds(static_cast<std::int64_t>(Draw(12)) - 1);
      ASSERT_EQ(*real_->DueTimers(until, limit), *twin_.DueTimers(until, limit));
    }
  }

 private:
  std::uint64_t Draw(std::uint64_t below) { return random_() % below; }

  StreamId AStream() {
    return {.tenant = TenantId(Draw(2) == 0 ? "a" : std::string("a\0", 2)),
            .case_id = CaseId("c" + std::to_string(Draw(6)))};
  }

  RequestId AClaim() { return RequestId("/" + std::to_string(Draw(60))); }

  std::vector<Timer> Timers() {
    std::vector<Timer> timers(Draw(3));
    for (Timer& timer : timers) {
      timer.fires_at = absl::FromUnixSeconds(static_cast<std::int64_t>(Draw(10)));
      timer.key = std::string(1, static_cast<char>('a' + Draw(3)));
    }
    return timers;
  }

  void Append() {
    std::vector<Commit> commits(Draw(6));
    for (Commit& commit : commits) {
      commit.stream = AStream();
      // Mostly right, sometimes a repeat, sometimes stale.
      commit.first_version = CaseVersion(versions_[commit.stream] + (Draw(20) == 0 ? 2 : 1));
      commit.request_id =
          RequestId(std::to_string(Draw(30) == 0 ? Draw(requests_ + 1) : ++requests_));
      if (Draw(10) == 0) commit.claims = {AClaim()};
      commit.recorded_at = absl::FromUnixNanos(static_cast<std::int64_t>(Draw(1'000'000)));
      commit.events.assign(1 + Draw(3), "event " + std::to_string(random_()));
      commit.timers_started = Timers();
      commit.timers_stopped = Timers();
      versions_[commit.stream] += commit.events.size();
    }
    const auto real = real_->Append(commits);
    const auto twin = twin_.Append(commits);
    ASSERT_EQ(real.status(), twin.status());
    if (twin.ok()) {
      ASSERT_EQ(*real, *twin);
      appended_ += commits.size();
      return;
    }
    for (const Commit& commit : commits) {
      const auto stored = *twin_.ReadStream(commit.stream, CaseVersion(0), kNoLimit);
      versions_[commit.stream] = stored.empty() ? 0 : stored.back().last_version().value();
    }
  }

  std::mt19937_64 random_;
  TemporaryFolder folder_;
  MemoryEventStore twin_{kShardCount};
  std::unique_ptr<RocksDbEventStore> real_;
  std::map<StreamId, std::uint64_t> versions_;
  std::uint64_t requests_ = 0;
  std::uint64_t appended_ = 0;
};

class RocksDbTwin : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RocksDbTwin, AnswersAsTheMemoryStoreDoes) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  Twins twins(GetParam());
  for (int step = 0; step < 250 && !HasFatalFailure(); ++step) twins.Step();
  twins.Reopen();
  EXPECT_GT(twins.appended(), 100U) << "the test has hardly tested anything";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RocksDbTwin, testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace apdr::eventstore
