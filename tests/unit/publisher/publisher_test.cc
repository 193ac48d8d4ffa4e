#include "services/publisher/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/sequence_header.h"
#include "tests/support/library_loan_domain/loan_desk.h"

namespace apdr::publisher {
namespace {

using apdr::testing::ACommand;
using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::LoanDesk;
using apdr::testing::On;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A topic that outlives its producers.
struct Topic {
  std::vector<bus::Record> records;

  [[nodiscard]] std::vector<std::uint64_t> positions() const {
    std::vector<std::uint64_t> positions;
    for (const bus::Record& record : records) positions.push_back(record.position.value());
    return positions;
  }
};

// Acknowledges when told to, loses its session when told to. While `refusing` it takes everything
// and then loses the session. Does not simulate partial loss of what was sent: it keeps all of it
// or, `dropping`, none.
class ScriptedProducer final : public bus::Producer {
 public:
  explicit ScriptedProducer(Topic& topic) : topic_(topic) {}

  absl::StatusOr<std::size_t> Send(std::span<const bus::Record> records) override {
    if (away) return absl::UnavailableError("the broker is away");
    if (lose_session || (refusing && !sent_.empty())) {
      lose_session = false;
      sent_.clear();
      acknowledged_.clear();
      return absl::UnavailableError("the session is lost");
    }
    const std::size_t count = std::min(records.size(), room);
    if (refusing) {
      for (const bus::Record& record : records.first(count)) sent_[record.shard] = record.position;
      return count;
    }
    for (const bus::Record& record : records.first(count)) {
      if (!dropping) topic_.records.push_back(record);
      sent_[record.shard] = record.position;
      if (acknowledging) acknowledged_[record.shard] = record.position;
    }
    return count;
  }

  absl::StatusOr<Position> Acknowledged(Shard shard) override {
    if (away) return absl::UnavailableError("the broker is away");
    return acknowledged_[shard];
  }

  absl::StatusOr<bus::LastRecord> LastOnBus(Shard shard) override {
    ++questions;
    if (away) return absl::UnavailableError("the broker is away");
    if (misfit) return absl::FailedPreconditionError("the topic has 3 partitions, not 1");
    bus::LastRecord last;
    for (const bus::Record& record : topic_.records) {
      if (record.shard == shard && record.position >= last.position) {
        last = bus::AsLastRecord(record);
      }
    }
    return last;
  }

  void AcknowledgeAll() {
    for (const auto& [shard, position] : sent_) acknowledged_[shard] = position;
  }

  bool away = false;
  bool lose_session = false;
  bool dropping = false;
  bool acknowledging = true;
  bool misfit = false;
  bool refusing = false;
  int questions = 0;  // How often it was asked what is on the bus.
  std::size_t room = 1000;

 private:
  Topic& topic_;
  std::map<Shard, Position> sent_;
  std::map<Shard, Position> acknowledged_;
};

class PublisherTest : public ::testing::Test {
 protected:
  explicit PublisherTest(std::uint32_t shards = 1)
      : workflow_(module_), store_(shards), desk_(workflow_, store_) {
    Start();
  }

  // The process starts (again) on the same store and topics.
  void Start(const PublisherOptions& options = {}) {
    publisher_.reset();
    events_.emplace(events_topic_);
    notices_.emplace(notices_topic_);
    publisher_.emplace(Publisher::Parts{.store = store_,
                                        .cursors = store_,
                                        .events = *events_,
                                        .notices = *notices_,
                                        .ensure_topics =
                                            [this] {
                                              ++topics_ensured_;
                                              return topics_fit_;
                                            }},
                       options);
  }

  void Write(int count) {
    const StreamId stream{TenantId("t1"), CaseId("case-1")};
    for (int i = 0; i < count; ++i) {
      const core::Command command = store_.DurableHead(Shard(0)) > Position(0)
                                        ? ACommand(ANote(), On("2026-03-02"))
                                        : ACommand(ALoan(), On("2026-03-02"));
      (void)desk_.Execute(stream, command, On("2026-03-02"));
    }
  }

  void RunUntilIdle() {
    for (int i = 0; i < 1000; ++i) {
      const auto step = publisher_->Step();
      ASSERT_TRUE(step.ok()) << step.status();
      if (*step == StepResult::kIdle) return;
    }
    FAIL() << "still not idle after 1000 steps";
  }

  // What the loop would log.
  absl::Status StepUnavailable() {
    const absl::Status status = publisher_->Step().status();
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    return status;
  }

  Position Cursor() { return store_.ReadCursor(kCursorName, Shard(0)).value(); }

  apdr::testing::LibraryLoanModule module_;
  core::Workflow workflow_;
  eventstore::MemoryEventStore store_;
  LoanDesk desk_;
  Topic events_topic_;
  Topic notices_topic_;
  std::optional<ScriptedProducer> events_;
  std::optional<ScriptedProducer> notices_;
  absl::Status topics_fit_;
  int topics_ensured_ = 0;
  std::optional<Publisher> publisher_;
};

TEST_F(PublisherTest, SendsEveryEventOnceToBothTopicsInOrder) {
  Write(3);
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2, 3));
  EXPECT_THAT(notices_topic_.positions(), ElementsAre(1, 2, 3));
  EXPECT_EQ(Cursor(), Position(3));
}

TEST_F(PublisherTest, FollowsTheLog) {
  RunUntilIdle();
  Write(1);
  RunUntilIdle();
  Write(1);
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2));
}

TEST_F(PublisherTest, MovesItsCursorOnlyWhenBothTopicsHaveAcknowledged) {
  notices_->acknowledging = false;
  Write(2);
  RunUntilIdle();
  EXPECT_EQ(Cursor(), Position(0));
  notices_->AcknowledgeAll();
  RunUntilIdle();
  EXPECT_EQ(Cursor(), Position(2));
}

TEST_F(PublisherTest, RepeatsNothingAfterARestart) {
  Write(2);
  RunUntilIdle();
  Start();
  Write(1);
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2, 3));
  EXPECT_THAT(notices_topic_.positions(), ElementsAre(1, 2, 3));
}

TEST_F(PublisherTest, RepeatsNothingThatTheTopicHasButTheCursorDoesNotKnowOf) {
  events_->acknowledging = false;
  notices_->acknowledging = false;
  Write(2);
  RunUntilIdle();
  ASSERT_EQ(Cursor(), Position(0));
  Start();
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2));
  EXPECT_EQ(Cursor(), Position(2));
}

TEST_F(PublisherTest, SendsWhatOnlyOneTopicIsMissing) {
  notices_->dropping = true;
  notices_->acknowledging = false;
  Write(2);
  RunUntilIdle();
  Start();
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2));
  EXPECT_THAT(notices_topic_.positions(), ElementsAre(1, 2));
}

TEST_F(PublisherTest, RepeatsAfterALostSessionOnlyWhatTheTopicDoesNotHave) {
  Write(1);
  RunUntilIdle();
  events_->acknowledging = false;
  Write(1);
  RunUntilIdle();
  events_->dropping = true;
  Write(1);
  RunUntilIdle();
  events_->lose_session = true;
  events_->acknowledging = true;
  events_->dropping = false;
  Write(1);
  EXPECT_EQ(StepUnavailable().message(), "the session is lost");
  EXPECT_EQ(publisher_->status().last_error, "the session is lost");
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(Cursor(), Position(4));
  EXPECT_EQ(publisher_->status().last_error, "");
}

TEST_F(PublisherTest, GoesBackAfterALostSessionToWhatTheTopicStillHolds) {
  Write(4);
  RunUntilIdle();
  events_topic_.records.resize(2);  // The broker lost what it had acknowledged.
  events_->lose_session = true;
  Write(1);
  (void)StepUnavailable();
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(notices_topic_.positions(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(Cursor(), Position(5));
}

TEST_F(PublisherTest, FillsATopicThatWasMadeAnewWhileItWasRunning) {
  Write(3);
  RunUntilIdle();
  events_topic_.records.clear();
  events_->lose_session = true;
  Write(1);
  (void)StepUnavailable();
  EXPECT_EQ(topics_ensured_, 1);
  RunUntilIdle();
  EXPECT_EQ(topics_ensured_, 2) << "the topic may be gone, or another one by now";
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2, 3, 4));
}

TEST_F(PublisherTest, TakesNoAcknowledgementOfASessionThatIsLost) {
  events_->acknowledging = false;
  Write(3);
  RunUntilIdle();
  events_->AcknowledgeAll();  // Came, and nobody asked before the session was lost.
  events_->lose_session = true;
  events_topic_.records.resize(1);
  (void)StepUnavailable();
  events_->room = 1;
  events_->acknowledging = true;
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2, 3));
  EXPECT_EQ(Cursor(), Position(3));
}

TEST_F(PublisherTest, IsUnavailableWhileTheBusIsAwayAndSaysWhy) {
  events_->away = true;
  Write(2);
  EXPECT_EQ(StepUnavailable().message(), "the broker is away");
  const PublisherStatus status = publisher_->status();
  EXPECT_EQ(status.last_error, "the broker is away");
  EXPECT_EQ(status.shards.front().head, Position(2));
  EXPECT_EQ(status.shards.front().acknowledged, Position(0));
  events_->away = false;
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2));
  EXPECT_EQ(publisher_->status().last_error, "");
  EXPECT_EQ(publisher_->status().shards.front().acknowledged, Position(2));
}

TEST_F(PublisherTest, GoesOnWithOneTopicWhileTheOtherIsAway) {
  RunUntilIdle();
  events_->away = true;
  Write(2);
  (void)StepUnavailable();
  EXPECT_THAT(notices_topic_.positions(), ElementsAre(1, 2));
  EXPECT_EQ(Cursor(), Position(0));
}

// Else a new session would be made as fast as the bus refuses.
TEST_F(PublisherTest, StaysUnavailableWhileTheBusTakesRecordsOnlyToRefuseThem) {
  RunUntilIdle();
  events_->refusing = true;
  Write(1);
  EXPECT_EQ(publisher_->Step().value(), StepResult::kProgressed);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(StepUnavailable().message(), "the session is lost");
    Write(1);
  }
  EXPECT_EQ(notices_topic_.positions().size(), 10U) << "the other topic goes on";
  events_->refusing = false;
  events_->lose_session = true;
  (void)StepUnavailable();
  RunUntilIdle();
  EXPECT_EQ(Cursor(), Position(11));
}

TEST_F(PublisherTest, AsksForTheTopicsUntilTheBusAnswers) {
  topics_fit_ = absl::UnavailableError("the cluster is away");
  Write(1);
  EXPECT_EQ(StepUnavailable().message(), "the cluster is away");
  EXPECT_EQ(StepUnavailable().message(), "the cluster is away");
  EXPECT_EQ(events_->questions, 0) << "a topic that may not be there was asked";
  topics_fit_ = absl::OkStatus();
  RunUntilIdle();
  EXPECT_EQ(topics_ensured_, 3);
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1));
}

TEST_F(PublisherTest, PassesOnThatATopicDoesNotFitOnceTheBusAnswers) {
  topics_fit_ = absl::UnavailableError("the cluster is away");
  Write(1);
  (void)StepUnavailable();
  topics_fit_ = absl::FailedPreconditionError("the topic has 3 partitions, not 1");
  EXPECT_EQ(publisher_->Step().status(), topics_fit_);
  EXPECT_THAT(events_topic_.positions(), IsEmpty());
}

class EightShardsTest : public PublisherTest {
 protected:
  EightShardsTest() : PublisherTest(8) {}
};

TEST_F(EightShardsTest, WaitsForOneAnswerOfABusThatIsAwayAndNotForAll) {
  events_->away = true;
  notices_->away = true;
  (void)StepUnavailable();
  EXPECT_EQ(events_->questions + notices_->questions, 1);
}

TEST_F(PublisherTest, ComesBackWhenTheBufferOfTheProducerIsFull) {
  Start({.read_commits_max = 3, .window_records_max = 4, .window_bytes_max = 1U << 20});
  events_->room = 1;
  Write(9);
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_EQ(Cursor(), Position(9));
}

TEST_F(PublisherTest, ReadsNotFurtherAheadThanItsWindow) {
  Start({.read_commits_max = 2, .window_records_max = 4, .window_bytes_max = 1U << 20});
  events_->acknowledging = false;
  Write(20);
  RunUntilIdle();
  EXPECT_THAT(notices_topic_.positions(), ElementsAre(1, 2, 3, 4));
}

TEST_F(PublisherTest, ReadsNotFurtherAheadThanItsBytes) {
  Start({.read_commits_max = 1, .window_records_max = 100, .window_bytes_max = 1});
  events_->acknowledging = false;
  Write(5);
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1));
}

TEST_F(PublisherTest, FillsAnEventsTopicThatLostItsTail) {
  Write(4);
  RunUntilIdle();
  events_topic_.records.resize(2);
  Start();
  RunUntilIdle();
  EXPECT_THAT(events_topic_.positions(), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(notices_topic_.positions(), ElementsAre(1, 2, 3, 4));
}

TEST_F(PublisherTest, RepeatsNoNoticeThatTheTopicHasForgotten) {
  Write(3);
  RunUntilIdle();
  notices_topic_.records.clear();
  Start();
  Write(1);
  RunUntilIdle();
  EXPECT_THAT(notices_topic_.positions(), ElementsAre(4));
}

TEST_F(PublisherTest, RefusesABusThatIsAheadOfTheLog) {
  Write(1);
  events_topic_.records.push_back(
      {.shard = Shard(0), .position = Position(7), .key = "case-1", .value = "", .headers = {}});
  const absl::Status status = publisher_->Step().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(
      std::string(status.message()),
      HasSubstr("but the topic already holds position 7 and the log ends at 1: the store is "
                "older than the bus"));
  EXPECT_THAT(notices_topic_.positions(), IsEmpty());
}

// The store was restored from a copy and has gone another way since.
TEST_F(PublisherTest, RefusesABusThatHasAnotherEventAtAPositionOfTheLog) {
  Write(2);
  RunUntilIdle();
  for (auto& [name, value] : events_topic_.records.back().headers) {
    if (name == "ce_id") value = "an-event-that-was-lost";
  }
  Write(1);
  Start();
  const absl::Status status = publisher_->Step().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("has event an-event-that-was-lost at position 2"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("the store is older than the bus"));
  EXPECT_EQ(notices_topic_.records.size(), 2U);
}

TEST_F(PublisherTest, RefusesAfterALostSessionABusWithAnotherHistory) {
  Write(2);
  RunUntilIdle();
  notices_topic_.records.back().headers.clear();
  notices_->lose_session = true;
  Write(1);
  (void)StepUnavailable();
  EXPECT_EQ(publisher_->Step().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(PublisherTest, PassesOnThatATopicDoesNotFit) {
  notices_->misfit = true;
  Write(1);
  EXPECT_EQ(publisher_->Step().status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(events_topic_.positions(), IsEmpty());
}

TEST_F(PublisherTest, StopsAtAStoredEventThatDoesNotReadBack) {
  apdr::testing::AppendBytes(store_, {TenantId("t1"), CaseId("case-2")}, CaseVersion(1), "\xff");
  EXPECT_EQ(publisher_->Step().status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(PublisherTest, PassesOnThatTheStoreFailed) {
  Write(1);
  store_.FailNextAppend(eventstore::AppendFault::kAnswerLost);
  apdr::testing::AppendBytes(store_, {TenantId("t1"), CaseId("case-2")}, CaseVersion(1), "x");
  EXPECT_EQ(publisher_->Step().status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace apdr::publisher
