#include "services/projection/projector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/bus/record/event_record.h"
#include "services/projection/rows/row_keys.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "tests/support/library_loan_domain/loan_desk.h"
#include "tests/support/read_side.h"

namespace apdr::projection {
namespace {

using apdr::testing::ACommand;
using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::AppendBytes;
using apdr::testing::LoanDesk;
using apdr::testing::On;
using apdr::testing::ReadSide;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const Date kMonday = On("2026-03-02");

// Delivers what the test puts on it, in that order. Does not resume: it forgets what was delivered.
class ScriptedConsumer final : public bus::Consumer {
 public:
  absl::Status Assign(Shard, const bus::Resume& from) override {
    assigned.push_back(from);
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<bus::Received>> Poll(std::size_t limit, absl::Duration) override {
    if (away) return absl::UnavailableError("the broker is away");
    std::vector<bus::Received> received;
    while (!queue.empty() && received.size() < limit) {
      const bus::Record& record = queue.front();
      received.push_back({.record = record, .token = absl::StrCat("@", record.position.value())});
      queue.pop_front();
    }
    return received;
  }
  absl::StatusOr<Position> Head(Shard) override { return Position(0); }

  bool away = false;
  std::deque<bus::Record> queue;
  std::vector<bus::Resume> assigned;
};

// Fails the next write: before it is made, or after, with the answer lost.
class FaultyReadModel final : public readmodel::ReadModel {
 public:
  enum class Fault { kNone, kBefore, kAfter };

  absl::Status Apply(const readmodel::Write& write) override {
    const Fault now = std::exchange(fault, Fault::kNone);
    if (now == Fault::kBefore) return absl::InternalError("the disk failed");
    ++writes;
    APDR_RETURN_IF_ERROR(rows.Apply(write));
    return now == Fault::kAfter ? absl::InternalError("the disk failed") : absl::OkStatus();
  }
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return rows.Get(key);
  }
  absl::StatusOr<std::vector<readmodel::Row>> Scan(const readmodel::Range& range) const override {
    return rows.Scan(range);
  }
  absl::StatusOr<readmodel::Progress> ReadProgress(Shard shard) const override {
    return rows.ReadProgress(shard);
  }

  Fault fault = Fault::kNone;
  int writes = 0;
  readmodel::MemoryReadModel rows;
};

// The log can be cut off.
class SwitchedSource final : public bus::RecordSource {
 public:
  explicit SwitchedSource(eventstore::EventStore& store) : log_(store) {}
  absl::StatusOr<std::vector<bus::Record>> ReadAfter(Shard shard, Position after,
                                                     std::size_t limit) override {
    if (away) return absl::UnavailableError("no route to the command service");
    return log_.ReadAfter(shard, after, limit);
  }
  absl::StatusOr<Position> Head(Shard shard) override { return log_.Head(shard); }
  bool away = false;

 private:
  bus::LogRecordSource log_;
};

class ProjectorTest : public ::testing::Test {
 protected:
  ProjectorTest() : workflow_(module_), store_(1), desk_(workflow_, store_), log_(store_) {}

  static StreamId Case(int number) {
    return {TenantId("t1"), CaseId(absl::StrCat("case-", number))};
  }

  // Lends in a new case, or adds a note to an old one: one event.
  void Write(int number) {
    const bool open = !open_.insert(number).second;
    const core::Command command = open ? ACommand(ANote(), kMonday) : ACommand(ALoan(), kMonday);
    (void)desk_.Execute(Case(number), command, kMonday);
  }

  std::vector<bus::Record> Log() { return log_.ReadAfter(Shard(0), Position(0), 1000).value(); }

  void Deliver(std::uint64_t position) { bus_.queue.push_back(Log().at(position - 1)); }

  // The process starts (again) on the same bus and read model.
  void Start(bus::RecordSource* gaps = nullptr, std::size_t batch = 100) {
    side_.emplace(ReadSide::Parts{.workflow = workflow_,
                                  .consumer = bus_,
                                  .model = model_,
                                  .gaps = gaps,
                                  .shard_count = 1,
                                  .batch_records_max = batch,
                                  .cached_cases_max = 2});
  }

  std::optional<query::v1::CaseView> View(int number) {
    const auto row = model_.Get(CaseKey(Case(number))).value();
    if (!row) return std::nullopt;
    return DecodeCaseView(*row).value();
  }
  std::uint64_t Version(int number) { return View(number)->version(); }
  std::uint64_t Stored() { return model_.ReadProgress(Shard(0))->position.value(); }
  std::size_t ChronologySize(int number) {
    const KeySpan span = ChronologyOf(Case(number));
    return model_.Scan({.begin = span.begin, .end = span.end, .limit = 1000})->size();
  }

  apdr::testing::LibraryLoanModule module_;
  core::Workflow workflow_;
  eventstore::MemoryEventStore store_;
  LoanDesk desk_;
  SwitchedSource log_;
  ScriptedConsumer bus_;
  FaultyReadModel model_;
  std::optional<ReadSide> side_;
  std::set<int> open_;
};

TEST_F(ProjectorTest, FoldsWhatTheBusDelivers) {
  Write(1);
  Write(2);
  Write(1);
  for (const std::uint64_t position : {1U, 2U, 3U}) Deliver(position);
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Version(1), 2U);
  EXPECT_EQ(Version(2), 1U);
  EXPECT_EQ(ChronologySize(1), 2U);
  EXPECT_EQ(Stored(), 3U);
  EXPECT_EQ(side_->board.Reached(Shard(0)), Position(3));
}

TEST_F(ProjectorTest, WritesRowsAndPositionOncePerBatch) {
  for (int i = 0; i < 20; ++i) Write(1);
  for (std::uint64_t position = 1; position <= 20; ++position) Deliver(position);
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(model_.writes, 1);
}

TEST_F(ProjectorTest, DropsWhatItHasSeen) {
  Write(1);
  Write(1);
  for (const std::uint64_t position : {1U, 2U, 1U, 2U, 1U}) Deliver(position);
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Version(1), 2U);
  EXPECT_FALSE(View(1)->stale());
}

TEST_F(ProjectorTest, DropsAfterARestartWhatIsStored) {
  Write(1);
  Deliver(1);
  Start();
  side_->RunUntilIdle();
  Write(1);
  for (const std::uint64_t position : {1U, 2U}) Deliver(position);
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Version(1), 2U);
  EXPECT_EQ(bus_.assigned.back(), (bus::Resume{.position = Position(1), .token = "@1"}));
}

TEST_F(ProjectorTest, FoldsOnceWhenTheProcessDiesBeforeTheCommit) {
  Write(1);
  Write(1);
  for (const std::uint64_t position : {1U, 2U}) Deliver(position);
  Start();
  model_.fault = FaultyReadModel::Fault::kBefore;
  EXPECT_EQ(side_->projector.Step().status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Stored(), 0U);
  for (const std::uint64_t position : {1U, 2U}) Deliver(position);
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Version(1), 2U);
}

TEST_F(ProjectorTest, FoldsOnceWhenTheProcessDiesAfterTheCommit) {
  Write(1);
  Write(1);
  for (const std::uint64_t position : {1U, 2U}) Deliver(position);
  Start();
  model_.fault = FaultyReadModel::Fault::kAfter;
  EXPECT_FALSE(side_->projector.Step().ok());
  for (const std::uint64_t position : {1U, 2U}) Deliver(position);
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Version(1), 2U);
}

TEST_F(ProjectorTest, BeginsFromWhatIsStoredAfterAnErrorWithoutARestart) {
  Write(1);
  Deliver(1);
  Start();
  model_.fault = FaultyReadModel::Fault::kBefore;
  EXPECT_FALSE(side_->projector.Step().ok());
  Deliver(1);
  side_->RunUntilIdle();
  EXPECT_EQ(Version(1), 1U);
  EXPECT_EQ(ChronologySize(1), 1U);
}

TEST_F(ProjectorTest, FillsAGapFromTheLog) {
  for (int i = 0; i < 5; ++i) Write(i);
  Deliver(1);
  Deliver(5);
  Start(&log_);
  side_->RunUntilIdle();
  EXPECT_EQ(Stored(), 5U);
  EXPECT_EQ(Version(3), 1U);
  EXPECT_EQ(model_.ReadProgress(Shard(0))->token, "@5");
  EXPECT_EQ(side_->projector.status().gaps, 1U);
}

TEST_F(ProjectorTest, FillsAGapInBoundedSteps) {
  for (int i = 0; i < 9; ++i) Write(i);
  Deliver(8);
  Deliver(9);  // Arrives while the gap is being filled.
  Start(&log_, /*batch=*/3);
  ASSERT_TRUE(side_->projector.Step().ok());
  EXPECT_EQ(Stored(), 3U);
  EXPECT_EQ(model_.ReadProgress(Shard(0))->token, "");  // A restart must find the gap again.
  side_->RunUntilIdle();
  EXPECT_EQ(Stored(), 9U);
  EXPECT_EQ(model_.ReadProgress(Shard(0))->token, "@9");
}

TEST_F(ProjectorTest, StopsAShardWithAGapWhenThereIsNoWayToTheLog) {
  for (int i = 0; i < 3; ++i) Write(i);
  Deliver(1);
  Deliver(3);
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Stored(), 1U);
  EXPECT_EQ(side_->projector.status().shards.front().trouble,
            "Expected position 2 of shard 0 next, but the bus delivered 3 and there is no way to "
            "the log that has what is between.");
}

TEST_F(ProjectorTest, GoesOnWithoutAWayToTheLogWhenTheBusDeliversWhatWasMissing) {
  for (int i = 0; i < 6; ++i) Write(i);
  Deliver(1);
  Deliver(3);
  Deliver(4);
  Start();
  side_->RunUntilIdle();
  ASSERT_EQ(Stored(), 1U);
  Deliver(2);  // The publisher went back.
  side_->RunUntilIdle();
  EXPECT_EQ(Stored(), 2U);
  EXPECT_EQ(model_.ReadProgress(Shard(0))->token, "@1") << "a restart would not see 3 and 4";
  for (const std::uint64_t position : {3U, 4U, 5U, 6U}) Deliver(position);
  side_->RunUntilIdle();
  EXPECT_EQ(Stored(), 6U);
  EXPECT_EQ(model_.ReadProgress(Shard(0))->token, "@6");
  EXPECT_EQ(side_->projector.status().shards.front().trouble, "");
  EXPECT_EQ(side_->projector.status().gaps, 1U);
}

TEST_F(ProjectorTest, FillsAGapOnceTheLogCanBeReached) {
  for (int i = 0; i < 3; ++i) Write(i);
  Deliver(3);
  log_.away = true;
  Start(&log_);
  side_->RunUntilIdle();
  EXPECT_EQ(Stored(), 0U);
  EXPECT_THAT(side_->projector.status().shards.front().trouble, HasSubstr("no route"));
  log_.away = false;
  side_->RunUntilIdle();
  EXPECT_EQ(Stored(), 3U);
  EXPECT_EQ(side_->projector.status().shards.front().trouble, "");
}

TEST_F(ProjectorTest, PassesOnThatTheBusIsAwayAndGoesOnLater) {
  Write(1);
  Deliver(1);
  bus_.away = true;
  Start();
  EXPECT_EQ(side_->projector.Step().status().code(), absl::StatusCode::kUnavailable);
  bus_.away = false;
  side_->RunUntilIdle();
  EXPECT_EQ(Stored(), 1U);
}

TEST_F(ProjectorTest, RefusesAShardThatThisStoreDoesNotHave) {
  Write(1);
  bus::Record record = Log().front();
  record.shard = Shard(4);
  bus_.queue.push_back(record);
  Start();
  EXPECT_EQ(side_->projector.Step().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ProjectorTest, KeepsARecordThatIsNoEventAndGoesOn) {
  Write(1);
  Write(2);
  bus::Record record = Log().front();
  record.value = "\xff";
  bus_.queue.push_back(record);
  Deliver(2);
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Version(2), 1U);
  EXPECT_EQ(model_.Get(UnreadableKey(Shard(0), Position(1))).value(), "\xff");
  EXPECT_EQ(side_->projector.status().records_unreadable, 1U);
}

TEST_F(ProjectorTest, TakesNoRecordWhoseEventSaysItIsAnother) {
  Write(1);
  bus::Record record = Log().front();
  record.key = "case-9";
  bus_.queue.push_back(record);
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(View(1), std::nullopt);
  EXPECT_EQ(side_->projector.status().records_unreadable, 1U);
}

// An event of a type that the workflow of today does not declare.
class PoisonTest : public ProjectorTest {
 protected:
  // Case 1: lent, poison, a note. Case 2: lent.
  void WritePoison() {
    Write(1);
    const bus::Record lent = Log().front();
    event::v1::Event poison = codec::ParseEvent(lent.value).value();
    poison.clear_shard();
    poison.clear_position();
    poison.set_version(2);
    poison.mutable_data()->set_type_url("type.googleapis.com/apdr.testing.library.v1.Item");
    poison.mutable_data()->clear_value();
    AppendBytes(store_, Case(1), CaseVersion(2), poison.SerializeAsString());
    event::v1::Event note = poison;
    note.set_version(3);
    note.mutable_data()->set_type_url("type.googleapis.com/apdr.testing.library.v1.NoteAdded");
    AppendBytes(store_, Case(1), CaseVersion(3), note.SerializeAsString());
    Write(2);
    for (const std::uint64_t position : {1U, 2U, 3U, 4U}) Deliver(position);
  }
};

TEST_F(PoisonTest, SetsItsCaseAsideAndTheOthersGoOn) {
  WritePoison();
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Version(1), 1U);
  EXPECT_TRUE(View(1)->stale());
  EXPECT_EQ(Version(2), 1U);
  EXPECT_FALSE(View(2)->stale());
  EXPECT_EQ(Stored(), 4U);
  EXPECT_EQ(side_->projector.status().cases_set_aside, 1U);
}

TEST_F(PoisonTest, KeepsAllEventsOfTheCaseInItsChronology) {
  WritePoison();
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(ChronologySize(1), 3U);
}

TEST_F(PoisonTest, StaysSetAsideAfterARestartWithTheSameBinary) {
  WritePoison();
  Start();
  side_->RunUntilIdle();
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Version(1), 1U);
  EXPECT_TRUE(View(1)->stale());
  EXPECT_EQ(side_->projector.status().cases_set_aside, 1U);
}

// The library loan with one more event type: the binary after an upgrade.
class UpgradedModule final : public core::DomainModule {
 public:
  UpgradedModule() : definition_(apdr::testing::LibraryLoanDefinition()) {
    definition_.events.emplace_back("apdr.testing.library.v1.Item");
  }
  [[nodiscard]] const core::Definition& definition() const override { return definition_; }
  [[nodiscard]] std::variant<std::vector<core::PayloadPtr>, core::Rejection> Decide(
      const core::RuleInput& input) const override {
    return library_.Decide(input);
  }
  void Evolve(core::DomainState& state, const core::Event& event) const override {
    library_.Evolve(state, event);
  }
  [[nodiscard]] std::vector<std::string> UniqueKeys(const core::State& state,
                                                    const core::Payload& command) const override {
    return library_.UniqueKeys(state, command);
  }
  [[nodiscard]] core::CaseFacts Facts(const core::State& state) const override {
    return library_.Facts(state);
  }
  [[nodiscard]] std::string SaveState(const core::DomainState& state) const override {
    return library_.SaveState(state);
  }
  [[nodiscard]] absl::StatusOr<std::unique_ptr<core::DomainState>> LoadState(
      std::string_view bytes) const override {
    return library_.LoadState(bytes);
  }

 private:
  apdr::testing::LibraryLoanModule library_;
  core::Definition definition_;
};

TEST_F(PoisonTest, IsFoldedByABinaryThatKnowsTheEvent) {
  WritePoison();
  Start();
  side_->RunUntilIdle();
  const UpgradedModule upgraded;
  const core::Workflow workflow(upgraded);
  for (const std::size_t batch : {std::size_t{1}, std::size_t{100}}) {  // The second finds no work.
    ReadSide side({.workflow = workflow,
                   .consumer = bus_,
                   .model = model_,
                   .gaps = nullptr,
                   .shard_count = 1,
                   .batch_records_max = batch,
                   .cached_cases_max = 2});
    side.RunUntilIdle();
    EXPECT_EQ(Version(1), 3U);
    EXPECT_FALSE(View(1)->stale());
    EXPECT_EQ(side.projector.status().cases_set_aside, 0U);
  }
}

TEST_F(PoisonTest, LeavesAMarkEvenWhenItIsTheFirstEventOfItsCase) {
  WritePoison();
  bus_.queue.clear();
  bus::Record second = Log().at(1);
  event::v1::Event event = codec::ParseEvent(second.value).value();
  event.set_position(1);
  second.position = Position(1);
  second.value = event.SerializeAsString();
  bus_.queue.push_back(second);  // Version 2 of a case never seen.
  Start();
  side_->RunUntilIdle();
  EXPECT_EQ(Version(1), 0U);
  EXPECT_TRUE(View(1)->stale());
}

TEST_F(ProjectorTest, FoldsTheEmbeddedBusAsTheLogGrows) {
  bus::EmbeddedConsumer embedded(log_);
  ReadSide side({.workflow = workflow_,
                 .consumer = embedded,
                 .model = model_,
                 .gaps = &log_,
                 .shard_count = 1,
                 .batch_records_max = 2,
                 .cached_cases_max = 2});
  for (int i = 0; i < 5; ++i) Write(i % 3);
  side.RunUntilIdle();
  EXPECT_EQ(Stored(), 5U);
  Write(2);
  side.RunUntilIdle();
  EXPECT_EQ(Version(2), 2U);
}

}  // namespace
}  // namespace apdr::projection
