#include "services/projection/case_projection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "absl/strings/str_cat.h"
#include "engine/base/shard_of.h"
#include "engine/codec/event_codec.h"
#include "engine/core/evolve.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/projection/case_view.h"
#include "services/projection/due_list.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "tests/support/library_loan_domain/loan_desk.h"
#include "tests/support/read_side.h"

namespace apdr::projection {
namespace {

using apdr::testing::ACommand;
using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::LoanDesk;
using apdr::testing::On;
using apdr::testing::ReadSide;
using apdr::testing::library::v1::LoanState;
using apdr::testing::library::v1::MoveLoan;
using apdr::testing::library::v1::RenewLoan;
using apdr::testing::library::v1::ReportLost;
using apdr::testing::library::v1::ReturnItem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Date kMonday = On("2026-03-02");
const StreamId kCase{TenantId("t1"), CaseId("case-1")};
constexpr std::uint32_t kShards = 3;

class CaseProjectionTest : public ::testing::Test {
 protected:
  CaseProjectionTest() : workflow_(module_), store_(kShards), desk_(workflow_, store_) {}

  ReadSide::Parts Parts(readmodel::ReadModel& model) {
    return {.workflow = workflow_,
            .consumer = consumer_,
            .model = model,
            .gaps = nullptr,
            .shard_count = kShards,
            .batch_records_max = 100,
            .cached_cases_max = 100};
  }

  template <class M>
  void Do(M message, Date on = kMonday) {
    ASSERT_TRUE(std::holds_alternative<std::vector<core::Event>>(
        desk_.Execute(kCase, ACommand(std::move(message), on), on)));
    side_->RunUntilIdle();
  }

  query::v1::CaseView View() {
    return DecodeCaseView(model_.Get(CaseKey(kCase)).value().value()).value();
  }

  std::vector<readmodel::Row> Rows(const KeySpan& span) {
    return model_.Scan({.begin = span.begin, .end = span.end, .limit = 1000}).value();
  }

  // "timer due_on stage" of each row of the due list.
  std::vector<std::string> Due(const KeySpan& span) {
    std::vector<std::string> due;
    for (const readmodel::Row& row : Rows(span)) {
      query::v1::DueItem item;
      EXPECT_TRUE(item.ParseFromString(row.value));
      due.push_back(item.timer() + " " + item.due_on() + " " + item.stage());
    }
    return due;
  }
  std::vector<std::string> Due() { return Due(DueOf(kCase.tenant, On("2199-12-31"))); }
  std::vector<std::string> DueAt(const char* setting) {
    return Due(SettingDueOf(kCase.tenant, setting, On("2199-12-31")));
  }

  apdr::testing::LibraryLoanModule module_;
  core::Workflow workflow_;
  eventstore::MemoryEventStore store_;
  LoanDesk desk_;
  bus::LogRecordSource source_{store_};
  bus::EmbeddedConsumer consumer_{source_};
  readmodel::MemoryReadModel model_;
  std::optional<ReadSide> side_{std::in_place, Parts(model_)};
};

TEST_F(CaseProjectionTest, ShowsACaseAsItStands) {
  Do(ALoan());
  const query::v1::CaseView view = View();
  EXPECT_EQ(view.case_id(), "case-1");
  EXPECT_EQ(view.version(), 1U);
  EXPECT_EQ(view.shard(), ShardOf(kCase.case_id, kShards).value());
  EXPECT_EQ(view.position(), 1U);
  EXPECT_EQ(view.workflow(), "library_loan");
  EXPECT_EQ(view.stage(), "lent");
  EXPECT_EQ(view.stage_title(), "Lent");
  EXPECT_EQ(view.cycle(), 1U);
  EXPECT_EQ(view.policy(), "library-2026@1");
  EXPECT_EQ(view.setting_id(), "NORTH");
  EXPECT_EQ(view.authority_id(), "R1");
  EXPECT_EQ(view.deadlines_size(), 4);
  ASSERT_EQ(view.next_actions_size(), 2);
  EXPECT_EQ(view.next_actions(0).title(), "Return the item");
  EXPECT_FALSE(view.next_actions(0).overdue());
  LoanState summary;
  ASSERT_TRUE(view.summary().UnpackTo(&summary));
  EXPECT_EQ(summary.barcode(), "B-1");
}

// What a follower is told, in order.
class Followed final : public CaseFollowers {
 public:
  class Follower final : public CaseFollower {
   public:
    Follower(std::vector<std::string>& told, StreamId stream)
        : told_(told), stream_(std::move(stream)) {}
    void Fold(const FoldInput& input, const core::Event&) override {
      told_.push_back(absl::StrCat("event ", input.event.version()));
    }
    absl::Status Write(const core::State& state, const query::v1::CaseView& view,
                       RowWriter&) override {
      told_.push_back(
          absl::StrCat(stream_.case_id.value(), " at ", state.version.value(), " ", view.stage()));
      return absl::OkStatus();
    }

   private:
    std::vector<std::string>& told_;
    const StreamId stream_;
  };

  absl::StatusOr<std::unique_ptr<CaseFollower>> Open(const StreamId& stream) const override {
    return std::make_unique<Follower>(told, stream);
  }

  mutable std::vector<std::string> told;
};

TEST_F(CaseProjectionTest, TellsAFollowerEveryEventOnceAndTheCaseOncePerBatch) {
  Followed followed;
  readmodel::MemoryReadModel model;
  bus::EmbeddedConsumer consumer(source_);
  ReadSide side({.workflow = workflow_,
                 .consumer = consumer,
                 .model = model,
                 .gaps = nullptr,
                 .shard_count = kShards,
                 .batch_records_max = 100,
                 .cached_cases_max = 100,
                 .followers = &followed});
  Do(ALoan());
  Do(ANote());
  side.RunUntilIdle();
  EXPECT_THAT(followed.told, ElementsAre("event 1", "event 2", "case-1 at 2 lent"));
  followed.told.clear();
  Do(ANote());
  side.RunUntilIdle();
  EXPECT_THAT(followed.told, ElementsAre("event 3", "case-1 at 3 lent"));
}

TEST_F(CaseProjectionTest, ListsALadderOfDeadlinesAsOneThingDueAndNoReminders) {
  Do(ALoan());  // D1 reminders twice, D2 overdue twice.
  EXPECT_THAT(Due(), ElementsAre("D2 2026-03-23 lent"));
  EXPECT_THAT(DueAt("NORTH"), ElementsAre("D2 2026-03-23 lent"));
}

TEST_F(CaseProjectionTest, MovesADueRowWithItsDate) {
  Do(ALoan());
  RenewLoan renewal;
  renewal.set_days(30);
  Do(std::move(renewal));
  EXPECT_THAT(Due(), ElementsAre("D2 2026-04-01 lent"));
}

TEST_F(CaseProjectionTest, ReplacesADueRowWhenWhatItWaitsForChanges) {
  Do(ALoan());
  Do(ReportLost());
  EXPECT_THAT(Due(), ElementsAre("D3 2026-04-01 lost"));
}

TEST_F(CaseProjectionTest, TakesAwayWhatIsNoLongerDue) {
  Do(ALoan());
  Do(ReturnItem());
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(DueAt("NORTH"), IsEmpty());
}

TEST_F(CaseProjectionTest, MovesACaseBetweenTheListsOfSettings) {
  Do(ALoan());
  MoveLoan move;
  move.set_branch_id("SOUTH");
  Do(std::move(move));
  EXPECT_THAT(Rows(SettingCasesOf(kCase.tenant, "NORTH")), IsEmpty());
  EXPECT_THAT(DueAt("NORTH"), IsEmpty());
  ASSERT_EQ(Rows(SettingCasesOf(kCase.tenant, "SOUTH")).size(), 1U);
  EXPECT_EQ(Rows(SettingCasesOf(kCase.tenant, "SOUTH")).front().value, "case-1");
  EXPECT_THAT(DueAt("SOUTH"), ElementsAre("D2 2026-03-23 lent"));
}

TEST_F(CaseProjectionTest, GoesOnFromTheStoredStateAfterARestart) {
  Do(ALoan());
  side_.emplace(Parts(model_));
  Do(ANote());
  side_.emplace(Parts(model_));
  Do(ReturnItem());
  EXPECT_EQ(View().version(), 3U);
  EXPECT_EQ(View().stage(), "returned");
  EXPECT_THAT(Due(), IsEmpty());
}

// For all histories, batch sizes, cache sizes and restarts: the rows are those of a fold of the
// log.
class RandomHistory {
 public:
  explicit RandomHistory(std::uint32_t seed) : random_(seed) {}

  std::size_t Below(std::size_t bound) { return random_() % bound; }

  core::Command Next(Date on) {
    switch (Below(6)) {
      case 0: {
        RenewLoan renewal;
        renewal.set_days(static_cast<std::uint32_t>(1 + Below(60)));
        return ACommand(std::move(renewal), on);
      }
      case 1:
        return ACommand(ReportLost(), on);
      case 2:
        return ACommand(ReturnItem(), on);
      case 3: {
        MoveLoan move;
        move.set_branch_id(Below(2) == 0 ? "NORTH" : "SOUTH");
        return ACommand(std::move(move), on);
      }
      case 4:
        return ACommand(ANote(Below(2) == 0), on);
      default:
        return ACommand(ALoan("slip", static_cast<std::uint32_t>(2 + Below(40))), on);
    }
  }

 private:
  std::mt19937 random_;
};

class ProjectionEqualsFold : public CaseProjectionTest,
                             public ::testing::WithParamInterface<std::uint32_t> {
 protected:
  static std::vector<readmodel::Row> AllRows(const readmodel::ReadModel& model) {
    return model.Scan({.begin = "", .end = "", .limit = 100000}).value();
  }

  // What the rows of a case must be, by nothing but the log and the engine.
  void ExpectFold(const StreamId& stream) {
    const auto commits = store_.ReadStream(stream, CaseVersion(1), 10000).value();
    core::State state = workflow_.NewState();
    Position position;
    for (const eventstore::StoredCommit& stored : commits) {
      for (const std::string& bytes : stored.commit.events) {
        core::Evolve(workflow_, state, codec::DecodeEvent(bytes).value().event);
      }
      position = stored.last_position();
    }
    const auto row = model_.Get(CaseKey(stream)).value();
    ASSERT_EQ(row.has_value(), !commits.empty());
    if (!row) return;
    const query::v1::CaseView expected = BuildCaseView(workflow_, state,
                                                       {.case_id = stream.case_id,
                                                        .shard = ShardOf(stream.case_id, kShards),
                                                        .position = position});
    EXPECT_EQ(DecodeCaseView(*row)->DebugString(), expected.DebugString());
    for (const auto& [key, value] : ListRows(workflow_.definition(), stream.tenant, expected)) {
      EXPECT_EQ(model_.Get(key).value(), value);
    }
    EXPECT_EQ(Rows(ChronologyOf(stream)).size(), state.version.value());
  }
};

TEST_P(ProjectionEqualsFold, WhateverTheBatchesAndRestarts) {
  RandomHistory history(GetParam());
  Date today = kMonday;
  for (int step = 0; step < 400; ++step) {
    const StreamId stream{TenantId("t1"), CaseId(absl::StrCat("case-", history.Below(12)))};
    if (history.Below(10) == 0) today += static_cast<int>(history.Below(9));
    (void)desk_.Execute(stream, history.Next(today), today);
    if (history.Below(8) == 0) (void)desk_.FireDue(stream, today);
    if (history.Below(4) == 0) {
      ASSERT_TRUE(side_->projector.Step().ok());
    }
    if (history.Below(40) == 0) {
      ReadSide::Parts parts = Parts(model_);
      parts.batch_records_max = 1 + history.Below(20);
      parts.cached_cases_max = 1 + history.Below(6);
      side_.emplace(parts);
    }
  }
  side_->RunUntilIdle();
  for (int number = 0; number < 12; ++number) {
    ExpectFold({TenantId("t1"), CaseId(absl::StrCat("case-", number))});
  }
  // And a read model made in one go is the same, row by row: nothing was left behind.
  readmodel::MemoryReadModel fresh;
  bus::EmbeddedConsumer consumer(source_);
  ReadSide side({.workflow = workflow_,
                 .consumer = consumer,
                 .model = fresh,
                 .gaps = nullptr,
                 .shard_count = kShards,
                 .batch_records_max = 100000,
                 .cached_cases_max = 100});
  side.RunUntilIdle();
  EXPECT_EQ(AllRows(model_), AllRows(fresh));
}

INSTANTIATE_TEST_SUITE_P(Seeds, ProjectionEqualsFold, ::testing::Range(1U, 21U));

}  // namespace
}  // namespace apdr::projection
