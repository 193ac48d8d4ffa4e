#include "services/bus/embedded/embedded_consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "engine/base/shard_of.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/bus/record/event_record.h"
#include "tests/support/library_loan_domain/loan_desk.h"

namespace apdr::bus {
namespace {

using apdr::testing::ACommand;
using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::LoanDesk;
using apdr::testing::On;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint32_t kShards = 3;

// A case of each shard, with some events.
class EmbeddedConsumerTest : public ::testing::Test {
 protected:
  EmbeddedConsumerTest() : workflow_(module_), store_(kShards), desk_(workflow_, store_) {
    for (int i = 0; cases_.size() < kShards; ++i) {
      const StreamId stream{TenantId("t1"), CaseId(absl::StrCat("case-", i))};
      cases_.emplace(ShardOf(stream.case_id), stream);
    }
  }

  static std::uint32_t ShardOf(const CaseId& case_id) {
    return apdr::ShardOf(case_id, kShards).value();
  }

  void Write(std::uint32_t shard, int count) {
    const StreamId& stream = cases_.at(shard);
    for (int i = 0; i < count; ++i) {
      const bool opened = store_.DurableHead(Shard(shard)) > Position(0);
      const core::Command command =
          opened ? ACommand(ANote(), On("2026-03-02")) : ACommand(ALoan(), On("2026-03-02"));
      ASSERT_TRUE(std::holds_alternative<std::vector<core::Event>>(
          desk_.Execute(stream, command, On("2026-03-02"))));
    }
  }

  static std::vector<std::pair<std::uint32_t, std::uint64_t>> Places(
      const absl::StatusOr<std::vector<Received>>& received) {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> places;
    for (const Received& one : received.value()) {
      places.emplace_back(one.record.shard.value(), one.record.position.value());
    }
    return places;
  }

  apdr::testing::LibraryLoanModule module_;
  core::Workflow workflow_;
  eventstore::MemoryEventStore store_;
  LoanDesk desk_;
  std::map<std::uint32_t, StreamId> cases_;
  LogRecordSource source_{store_};
  EmbeddedConsumer consumer_{source_};
};

TEST_F(EmbeddedConsumerTest, DeliversWhatIsInTheLogAndThenWhatIsNew) {
  ASSERT_TRUE(consumer_.Assign(Shard(1), {}).ok());
  EXPECT_THAT(Places(consumer_.Poll(10, absl::ZeroDuration())), IsEmpty());
  Write(1, 2);
  EXPECT_THAT(Places(consumer_.Poll(10, absl::ZeroDuration())),
              ElementsAre(std::pair(1, 1), std::pair(1, 2)));
  Write(1, 1);
  EXPECT_THAT(Places(consumer_.Poll(10, absl::ZeroDuration())), ElementsAre(std::pair(1, 3)));
}

TEST_F(EmbeddedConsumerTest, ResumesAfterAPosition) {
  Write(0, 3);
  ASSERT_TRUE(consumer_.Assign(Shard(0), {.position = Position(2), .token = ""}).ok());
  EXPECT_THAT(Places(consumer_.Poll(10, absl::ZeroDuration())), ElementsAre(std::pair(0, 3)));
}

TEST_F(EmbeddedConsumerTest, KeepsToTheLimitAndLetsNoShardStarve) {
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    Write(shard, 3);
    ASSERT_TRUE(consumer_.Assign(Shard(shard), {}).ok());
  }
  EXPECT_THAT(Places(consumer_.Poll(2, absl::ZeroDuration())),
              ElementsAre(std::pair(0, 1), std::pair(0, 2)));
  EXPECT_THAT(Places(consumer_.Poll(2, absl::ZeroDuration())),
              ElementsAre(std::pair(1, 1), std::pair(1, 2)));
  EXPECT_THAT(Places(consumer_.Poll(4, absl::ZeroDuration())),
              ElementsAre(std::pair(2, 1), std::pair(2, 2), std::pair(2, 3), std::pair(0, 3)));
}

TEST_F(EmbeddedConsumerTest, DeliversTheRecordsThatThePublisherWouldSend) {
  Write(2, 1);
  ASSERT_TRUE(consumer_.Assign(Shard(2), {}).ok());
  const auto received = consumer_.Poll(10, absl::ZeroDuration());
  ASSERT_THAT(received.value(), SizeIs(1));
  const auto commits = store_.ReadShard(Shard(2), Position(0), 1);
  EXPECT_EQ(received->front().record, MakeEventRecord(OutgoingEvent(commits->front(), 0).value()));
}

TEST_F(EmbeddedConsumerTest, EndsAReadWhenItsBytesAreUsedUp) {
  Write(0, 1);
  for (int i = 0; i < 2500; ++i) {
    auto note = ANote();
    note.set_text(std::string(4000, 'x'));
    (void)desk_.Execute(cases_.at(0), ACommand(std::move(note), On("2026-03-02")),
                        On("2026-03-02"));
  }
  ASSERT_TRUE(consumer_.Assign(Shard(0), {}).ok());
  std::size_t count = 0;
  for (int reads = 0; reads < 2; ++reads) {
    const auto received = consumer_.Poll(10000, absl::ZeroDuration());
    ASSERT_TRUE(received.ok());
    EXPECT_LT(received->size(), 2501U);
    for (const Received& one : *received) EXPECT_EQ(one.record.position, Position(++count));
  }
  EXPECT_EQ(count, 2501U);
}

TEST_F(EmbeddedConsumerTest, KnowsTheHeadOfAShard) {
  Write(1, 2);
  EXPECT_EQ(consumer_.Head(Shard(1)).value(), Position(2));
}

TEST_F(EmbeddedConsumerTest, RefusesToResumeAfterTheEndOfTheLog) {
  ASSERT_TRUE(consumer_.Assign(Shard(0), {.position = Position(9), .token = ""}).ok());
  const absl::Status status = consumer_.Poll(10, absl::ZeroDuration()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("read shard 0 after position 9, but the log ends at 0"));
}

TEST_F(EmbeddedConsumerTest, SaysThatAShardIsUnknown) {
  ASSERT_TRUE(consumer_.Assign(Shard(7), {}).ok());
  EXPECT_EQ(consumer_.Poll(10, absl::ZeroDuration()).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(EmbeddedConsumerTest, StartsInTheMiddleOfACommit) {
  // Reporting a loss and returning the item makes a commit of two events.
  Write(0, 1);
  const StreamId& stream = cases_.at(0);
  (void)desk_.Execute(stream, ACommand(apdr::testing::library::v1::ReportLost(), On("2026-03-02")),
                      On("2026-03-02"));
  (void)desk_.Execute(stream, ACommand(apdr::testing::library::v1::ReturnItem(), On("2026-03-02")),
                      On("2026-03-02"));
  ASSERT_TRUE(consumer_.Assign(Shard(0), {.position = Position(3), .token = ""}).ok());
  EXPECT_THAT(Places(consumer_.Poll(10, absl::ZeroDuration())), ElementsAre(std::pair(0, 4)));
}

TEST_F(EmbeddedConsumerTest, SaysThatAStoredEventDoesNotReadBack) {
  apdr::testing::AppendBytes(store_, cases_.at(0), CaseVersion(1), "\xff");
  ASSERT_TRUE(consumer_.Assign(Shard(0), {}).ok());
  EXPECT_EQ(consumer_.Poll(10, absl::ZeroDuration()).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace apdr::bus
