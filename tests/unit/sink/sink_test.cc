#include "services/sink/sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "services/bus/memory/memory_bus.h"
#include "services/projection/rows/row_keys.h"
#include "tests/support/read_side.h"
#include "tests/support/sen_walks.h"
#include "tests/unit/sink/sink_fixture.h"

namespace apdr::sink {
namespace {

using apdr::testing::MemoryTarget;
using apdr::testing::ReadSide;
using apdr::testing::SenWalks;
using apdr::testing::SinkDisk;
using apdr::testing::SinkProcess;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

CopyOptions OptionsOf(std::size_t batch) {
  return {.shard_count = SenWalks::kShards, .batch_records_max = batch, .cached_cases_max = 2};
}

// The log up to where a copy has come.
class LogUpTo final : public bus::RecordSource {
 public:
  LogUpTo(bus::RecordSource& log, std::vector<Reached> reached)
      : log_(log), reached_(std::move(reached)) {}

  absl::StatusOr<std::vector<bus::Record>> ReadAfter(Shard shard, Position after,
                                                     std::size_t limit) override {
    auto records = log_.ReadAfter(shard, after, limit);
    if (records.ok()) {
      std::erase_if(*records, [&](const bus::Record& record) {
        return record.position > reached_[shard.value()].position;
      });
    }
    return records;
  }
  absl::StatusOr<Position> Head(Shard shard) override { return reached_[shard.value()].position; }

 private:
  bus::RecordSource& log_;
  const std::vector<Reached> reached_;
};

// A copy made in one go, by a process to which nothing happens.
MemoryTarget::Content CopyOfLog(SenWalks& walks, bus::RecordSource& log) {
  MemoryTarget target;
  SinkDisk disk;
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(5000)).RunUntilIdle();
  return target.content;
}

// The copies of the cases as the view declares them and no machinery.
std::map<StreamId, std::string> FoldedCases(SenWalks& walks) {
  readmodel::MemoryReadModel model;
  bus::LogRecordSource log(walks.store);
  bus::EmbeddedConsumer consumer(log);
  ReadSide({.workflow = walks.workflow,
            .consumer = consumer,
            .model = model,
            .shard_count = SenWalks::kShards})
      .RunUntilIdle();
  const views::View view = CaseCopyView(Identifiers::kLeftOut);
  const auto rows = apdr::testing::FoldOf(walks, model, view);
  std::map<StreamId, std::string> cases;
  for (int i = 0; i < SenWalks::kCases; ++i) {
    const StreamId stream = SenWalks::CaseNumber(i);
    const std::vector<std::string> parts = {stream.case_id.value()};
    const auto found = rows.find(projection::ViewKey(stream.tenant, view.name, parts));
    if (found != rows.end()) cases.emplace(stream, found->second);
  }
  return cases;
}

void Forget(const StreamId& stream, MemoryTarget::Content& content) {
  content.cases.erase(stream);
  std::erase_if(content.events, [&](const auto& each) { return each.first.first == stream; });
}

class EveryCopy : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(EveryCopy, EqualsAFoldOfTheLogUpToItsPositionsAtEveryMoment) {
  SenWalks walks(GetParam());
  PseudoRandom random(GetParam());
  bus::LogRecordSource log(walks.store);
  MemoryTarget target;
  SinkDisk disk;
  for (int round = 0; round < 12; ++round) {
    for (int turn = 0; turn < 50; ++turn) walks.Turn();
    if (round == 8) walks.Erase(0);
    target.Close();
    constexpr std::size_t kBatches[] = {1, 7, 100};
    SinkProcess process(walks.workflow, log, target, disk, OptionsOf(kBatches[round % 3]));
    for (int step = 0; step < 12; ++step) {
      if (random.Next() % 3 == 0) {
        target.next_failure =
            random.Next() % 2 == 0 ? MemoryTarget::Failure::kBefore : MemoryTarget::Failure::kAfter;
      }
      (void)process.Step();
    }
    target.next_failure = MemoryTarget::Failure::kNone;
    LogUpTo known(log, target.reached());
    // A case that is erased further on is not copied any more: its rows are of no moment.
    MemoryTarget::Content copied = target.content;
    MemoryTarget::Content expected = CopyOfLog(walks, known);
    if (round >= 8) {
      Forget(SenWalks::CaseNumber(0), copied);
      Forget(SenWalks::CaseNumber(0), expected);
    }
    ASSERT_EQ(copied, expected) << "seed " << GetParam();
    // The machine lost what the process had folded, or all of it.
    if (round % 4 == 3) disk.model = std::make_unique<readmodel::MemoryReadModel>();
  }
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(100)).RunUntilIdle();
  EXPECT_EQ(target.content, CopyOfLog(walks, log)) << "seed " << GetParam();
  EXPECT_EQ(target.content.cases, FoldedCases(walks)) << "seed " << GetParam();
  EXPECT_FALSE(target.content.cases.contains(SenWalks::CaseNumber(0)));
  EXPECT_EQ(disk.made_anew, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, EveryCopy, ::testing::Range<std::uint64_t>(1, 11));

class SinkTest : public ::testing::Test {
 protected:
  SinkTest() {
    for (int turn = 0; turn < 100; ++turn) walks.Turn();
  }

  SenWalks walks{1};
  bus::LogRecordSource log{walks.store};
  MemoryTarget target;
  SinkDisk disk;
};

TEST_F(SinkTest, FoldsAnewForAnEmptyDatabase) {
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(10)).RunUntilIdle();
  MemoryTarget empty;
  SinkProcess(walks.workflow, log, empty, disk, OptionsOf(10)).RunUntilIdle();
  EXPECT_EQ(empty.content, target.content);
  EXPECT_EQ(disk.made_anew, 1);
}

TEST_F(SinkTest, MakesTheCopyAnewWhenItIsToMeanSomethingElse) {
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(10)).RunUntilIdle();
  const MemoryTarget::Content before = target.content;
  target.content.cases[SenWalks::CaseNumber(99)] = "of the old meaning";
  target.Close();
  CopyOptions options = OptionsOf(10);
  options.identifiers = Identifiers::kCopied;
  SinkDisk other;
  SinkProcess(walks.workflow, log, target, other, options).RunUntilIdle();
  EXPECT_EQ(target.content.events, before.events);
  EXPECT_FALSE(target.content.cases.contains(SenWalks::CaseNumber(99)));
  target.Close();
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(10)).RunUntilIdle();
  EXPECT_EQ(target.content, before);
}

TEST_F(SinkTest, RefusesACopyOfAnotherLogAndWritesNothing) {
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(10)).RunUntilIdle();
  const MemoryTarget::Content before = target.content;

  SenWalks shorter(2);
  for (int turn = 0; turn < 10; ++turn) shorter.Turn();
  bus::LogRecordSource short_log(shorter.store);
  SinkDisk new_disk;
  SinkProcess short_process(shorter.workflow, short_log, target, new_disk, OptionsOf(10));
  EXPECT_TRUE(absl::IsUnavailable(short_process.Step().status()));
  EXPECT_THAT(short_process.trouble(), HasSubstr("another log"));

  SenWalks longer(3);
  for (int turn = 0; turn < 400; ++turn) longer.Turn();
  bus::LogRecordSource long_log(longer.store);
  SinkProcess long_process(longer.workflow, long_log, target, new_disk, OptionsOf(1000));
  EXPECT_TRUE(absl::IsUnavailable(long_process.Step().status()));
  EXPECT_THAT(long_process.trouble(), HasSubstr("another log"));
  EXPECT_EQ(target.content, before);
}

// A backup of the log was put back, and commands went on until it was longer than the copy again.
TEST_F(SinkTest, RefusesToGoOnFromItsCacheInAnotherLog) {
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(10)).RunUntilIdle();
  const MemoryTarget::Content before = target.content;
  SenWalks longer(3);
  for (int turn = 0; turn < 400; ++turn) longer.Turn();
  bus::LogRecordSource long_log(longer.store);
  target.Close();
  SinkProcess process(longer.workflow, long_log, target, disk, OptionsOf(10));
  for (int step = 0; step < 5; ++step) {
    EXPECT_TRUE(absl::IsUnavailable(process.Step().status()));
  }
  EXPECT_THAT(process.trouble(), HasSubstr("but the log has"));
  EXPECT_EQ(target.content, before);
}

void Fill(bus::MemoryBus& bus, bus::RecordSource& log) {
  const auto producer = bus.NewProducer();
  for (std::uint32_t shard = 0; shard < SenWalks::kShards; ++shard) {
    const auto records = log.ReadAfter(Shard(shard), Position(0), 5000).value();
    ASSERT_EQ(producer->Send(records).value(), records.size());
    (void)producer->Acknowledged(Shard(shard)).value();
  }
}

// As over Kafka, when the topic was made anew from another log.
TEST_F(SinkTest, RefusesToGoOnFromItsCacheInAnotherTopic) {
  bus::MemoryBus topic(SenWalks::kShards);
  Fill(topic, log);
  SinkProcess(walks.workflow, topic.NewConsumer(), target, disk, OptionsOf(10)).RunUntilIdle();
  const MemoryTarget::Content before = target.content;
  ASSERT_EQ(before, CopyOfLog(walks, log));
  SenWalks longer(3);
  for (int turn = 0; turn < 400; ++turn) longer.Turn();
  bus::LogRecordSource long_log(longer.store);
  bus::MemoryBus other(SenWalks::kShards);
  Fill(other, long_log);
  target.Close();
  SinkProcess process(longer.workflow, other.NewConsumer(), target, disk, OptionsOf(10));
  for (int step = 0; step < 5; ++step) {
    EXPECT_TRUE(absl::IsUnavailable(process.Step().status()));
  }
  EXPECT_THAT(process.trouble(), HasSubstr("but the log has"));
  EXPECT_EQ(target.content, before);
}

TEST_F(SinkTest, SaysWhyItStandsStillAndThatItGoesOn) {
  SinkProcess process(walks.workflow, log, target, disk, OptionsOf(10));
  target.next_failure = MemoryTarget::Failure::kBefore;
  EXPECT_TRUE(absl::IsUnavailable(process.Step().status()));
  EXPECT_EQ(process.trouble(), "the server went away");
  process.RunUntilIdle();
  EXPECT_THAT(process.trouble(), IsEmpty());
}

// A bus that lost a record, in a process that has no way to the log: as over Kafka.
class LossyConsumer final : public bus::Consumer {
 public:
  LossyConsumer(bus::RecordSource& log, Shard shard, Position lost)
      : consumer_(log), shard_(shard), lost_(lost) {}

  absl::Status Assign(Shard shard, const bus::Resume& from) override {
    return consumer_.Assign(shard, from);
  }
  absl::StatusOr<std::vector<bus::Received>> Poll(std::size_t limit, absl::Duration wait) override {
    auto received = consumer_.Poll(limit, wait);
    if (received.ok()) {
      std::erase_if(*received, [&](const bus::Received& each) {
        return each.record.shard == shard_ && each.record.position == lost_;
      });
    }
    return received;
  }
  absl::StatusOr<Position> Head(Shard shard) override { return consumer_.Head(shard); }

 private:
  bus::EmbeddedConsumer consumer_;
  const Shard shard_;
  const Position lost_;
};

TEST_F(SinkTest, SaysThatAShardStandsStillAtAGapWhileTheOthersGoOn) {
  SinkProcess process(walks.workflow, std::make_unique<LossyConsumer>(log, Shard(0), Position(5)),
                      target, disk, OptionsOf(10));
  process.RunUntilIdle();
  EXPECT_THAT(process.trouble(), HasSubstr("position 5 of shard 0"));
  EXPECT_EQ(target.reached()[0].position, Position(4));
  EXPECT_EQ(target.reached()[1].position, log.Head(Shard(1)).value());
}

// A log of which nothing can be read from some record on, until it is repaired.
class DamagedLog final : public bus::RecordSource {
 public:
  DamagedLog(bus::RecordSource& log, Position damaged) : log_(log), damaged_(damaged) {}

  absl::StatusOr<std::vector<bus::Record>> ReadAfter(Shard shard, Position after,
                                                     std::size_t limit) override {
    if (!repaired && after >= damaged_) return absl::DataLossError("a record does not read back");
    return log_.ReadAfter(shard, after, std::min<std::size_t>(limit, 5));
  }
  absl::StatusOr<Position> Head(Shard shard) override { return log_.Head(shard); }

  bool repaired = false;

 private:
  bus::RecordSource& log_;
  const Position damaged_;
};

TEST_F(SinkTest, RebuildsItsCacheOnceForDamageThatIsNotTheCaches) {
  DamagedLog damaged(log, Position(10));
  SinkProcess process(walks.workflow, damaged, target, disk, OptionsOf(10));
  for (int step = 0; step < 50; ++step) (void)process.Step();
  EXPECT_EQ(process.trouble(), "a record does not read back");
  EXPECT_EQ(disk.made_anew, 1);
}

TEST_F(SinkTest, KeepsItsCacheWhenTheLogIsDamagedWhereTheCopyStands) {
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(10)).RunUntilIdle();
  target.Close();
  DamagedLog damaged(log, Position(5));
  SinkProcess process(walks.workflow, damaged, target, disk, OptionsOf(10));
  for (int step = 0; step < 3; ++step) {
    EXPECT_TRUE(absl::IsUnavailable(process.Step().status()));
    EXPECT_EQ(process.trouble(), "a record does not read back");
  }
  damaged.repaired = true;
  process.RunUntilIdle();
  EXPECT_THAT(process.trouble(), IsEmpty());
  EXPECT_EQ(disk.made_anew, 0);
}

TEST_F(SinkTest, CopiesSeveralBatchesInAStepWhileTheyAreFull) {
  SinkProcess process(walks.workflow, log, target, disk, OptionsOf(5));
  const auto copied = [&] {
    std::uint64_t positions = 0;
    for (const Reached& reached : target.reached()) positions += reached.position.value();
    return positions;
  };
  for (int i = 0; i < 10 && copied() == 0; ++i) ASSERT_TRUE(process.Step().ok());
  EXPECT_EQ(copied(), 20);
}

// A log with a record that is no event.
class LogWithNonsense final : public bus::RecordSource {
 public:
  LogWithNonsense(bus::RecordSource& log, Position nonsense) : log_(log), nonsense_(nonsense) {}

  absl::StatusOr<std::vector<bus::Record>> ReadAfter(Shard shard, Position after,
                                                     std::size_t limit) override {
    auto records = log_.ReadAfter(shard, after, limit);
    if (!records.ok() || shard != Shard(0)) return records;
    for (bus::Record& record : *records) {
      if (record.position == nonsense_) record.value = "nonsense";
    }
    return records;
  }
  absl::StatusOr<Position> Head(Shard shard) override { return log_.Head(shard); }

 private:
  bus::RecordSource& log_;
  const Position nonsense_;
};

TEST_F(SinkTest, ReportsRecordsThatAreNoEventsAndCopiesAllOthers) {
  LogWithNonsense nonsense(log, Position(5));
  SinkProcess process(walks.workflow, nonsense, target, disk, OptionsOf(10));
  process.RunUntilIdle();
  EXPECT_EQ(process.lacking().records_unreadable, 1);
  EXPECT_EQ(process.lacking().cases_set_aside, 1);  // Its later events do not follow.
  EXPECT_THAT(process.trouble(), IsEmpty());
  EXPECT_EQ(target.content.events.size() + 1, CopyOfLog(walks, log).events.size());
  for (std::uint32_t i = 0; i < SenWalks::kShards; ++i) {
    EXPECT_EQ(target.reached()[i].position, log.Head(Shard(i)).value());
  }
}

// A log as an older program reads it: of one event it does not know the type.
class LogBeforeAnUpdate final : public bus::RecordSource {
 public:
  LogBeforeAnUpdate(bus::RecordSource& log, Position unknown) : log_(log), unknown_(unknown) {}

  absl::StatusOr<std::vector<bus::Record>> ReadAfter(Shard shard, Position after,
                                                     std::size_t limit) override {
    auto records = log_.ReadAfter(shard, after, limit);
    if (!records.ok() || shard != Shard(0)) return records;
    for (bus::Record& record : *records) {
      if (record.position != unknown_) continue;
      event::v1::Event event;
      EXPECT_TRUE(event.ParseFromString(record.value));
      event.mutable_data()->set_type_url("type.googleapis.com/apdr.sen.v1.FromTheFuture");
      record.value = event.SerializeAsString();
    }
    return records;
  }
  absl::StatusOr<Position> Head(Shard shard) override { return log_.Head(shard); }

 private:
  bus::RecordSource& log_;
  const Position unknown_;
};

class UpdatedSink : public SinkTest {
 protected:
  // Until the last event of the shard is of another case: it alone does not copy this one.
  void TurnToAnotherCase() {
    const auto head = [&] { return log.Head(Shard(0)).value(); };
    const Position before = head();
    while (head() == before || RecordAt(head()).key == RecordAt(kUnknown).key) walks.Turn();
  }
  bus::Record RecordAt(Position position) {
    return log.ReadAfter(Shard(0), Position(position.value() - 1), 1).value().at(0);
  }
  // Stands for the program that knows the event: folded again, it is what it is.
  void LearnTheEvent() {
    const bus::Record record = RecordAt(kUnknown);
    event::v1::Event event;
    ASSERT_TRUE(event.ParseFromString(record.value));
    const StreamId stream{TenantId(event.tenant_id()), CaseId(event.case_id())};
    const std::string key = projection::ChronologyKey(stream, CaseVersion(event.version()));
    ASSERT_TRUE(disk.model->Apply({.puts = {{.key = key, .value = record.value}}}).ok());
  }
  void ExpectTheUpdatedCopy() {
    EXPECT_EQ(target.content.cases, CopyOfLog(walks, log).cases);
    target.Close();
    const std::string meaning = CopyMeaning(walks.workflow, Identifiers::kLeftOut);
    ASSERT_TRUE(target.Open(meaning, SenWalks::kShards).ok());
    EXPECT_THAT(target.stale(), IsEmpty());
  }

  static constexpr Position kUnknown{5};
  LogBeforeAnUpdate older{log, kUnknown};
};

TEST_F(UpdatedSink, CopiesWhatItTriesAgainOnceItHasCaughtUp) {
  {
    SinkProcess process(walks.workflow, older, target, disk, OptionsOf(1000));
    process.RunUntilIdle();
    ASSERT_EQ(process.lacking().cases_set_aside, 1);
    TurnToAnotherCase();
    target.next_failure = MemoryTarget::Failure::kAfter;
    EXPECT_FALSE(process.Step().ok());  // The target is ahead.
  }
  LearnTheEvent();
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(1)).RunUntilIdle();
  ExpectTheUpdatedCopy();
}

TEST_F(UpdatedSink, CopiesStaleCasesOnceItHasCaughtUpWithAnEmptyCache) {
  TurnToAnotherCase();
  SinkProcess(walks.workflow, older, target, disk, OptionsOf(10)).RunUntilIdle();
  target.Close();
  disk = {};
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(1)).RunUntilIdle();
  ExpectTheUpdatedCopy();
}

TEST_F(SinkTest, NeverShowsAnErasedCaseWhileItFillsACopyAgain) {
  walks.Erase(0);
  SinkProcess process(walks.workflow, log, target, disk, OptionsOf(1));
  for (auto step = StepResult::kProgressed; step != StepResult::kIdle;) {
    step = process.Step().value();
    MemoryTarget::Content without = target.content;
    Forget(SenWalks::CaseNumber(0), without);
    ASSERT_EQ(target.content, without);
  }
  EXPECT_EQ(target.content, CopyOfLog(walks, log));
  EXPECT_THAT(target.content.cases, Not(IsEmpty()));
}

}  // namespace
}  // namespace apdr::sink
