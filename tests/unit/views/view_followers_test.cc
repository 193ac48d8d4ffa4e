#include "services/views/view_followers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_format.h"
#include "apdr/sen/state/v1/view_state.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/random.h"
#include "engine/codec/state_codec.h"
#include "engine/core/decide.h"
#include "engine/core/evolve.h"
#include "services/history/case_history.h"
#include "services/projection/rows/row_values.h"
#include "services/views/board.h"
#include "tests/support/sim_user.h"
#include "tests/support/sim_world.h"
#include "tests/unit/views/view_fixture.h"

namespace apdr::views {
namespace {

using apdr::testing::AllRows;
using apdr::testing::AppendBytes;
using apdr::testing::On;
using apdr::testing::ReadSide;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Rows = std::map<std::string, std::string>;

constexpr std::uint32_t kShards = 2;
constexpr int kCases = 4;

// Dies, one time in three, before or after its rows are kept.
class FlakyModel final : public readmodel::ReadModel {
 public:
  FlakyModel(readmodel::ReadModel& rows, Random& random) : rows_(rows), random_(random) {}

  [[nodiscard]] absl::Status Apply(const readmodel::Write& write) override {
    const std::uint64_t chance = random_.Next() % 6;
    if (chance == 0 || chance > 1) APDR_CHECK(rows_.Apply(write).ok());
    return chance > 1 ? absl::OkStatus() : absl::InternalError("died");
  }
  [[nodiscard]] absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key) const override {
    return rows_.Get(key);
  }
  [[nodiscard]] absl::StatusOr<std::vector<readmodel::Row>> Scan(
      const readmodel::Range& range) const override {
    return rows_.Scan(range);
  }
  [[nodiscard]] absl::StatusOr<readmodel::Progress> ReadProgress(Shard shard) const override {
    return rows_.ReadProgress(shard);
  }

 private:
  readmodel::ReadModel& rows_;
  Random& random_;
};

// Some cases on random walks through the workflow, with what timers report, late entries,
// corrections and, at last, an erasure.
class Walks {
 public:
  explicit Walks(std::uint64_t seed)
      : random_(seed), now_(HourOf(On("2025-09-08"), 9, workflow.definition().zone)) {
    for (int i = 0; i < kCases; ++i) cases_.push_back({.stream = CaseNumber(i)});
    for (Case& each : cases_) each.state = workflow.NewState();
  }

  static StreamId CaseNumber(int number) {
    return {TenantId("t1"), CaseId(absl::StrFormat("018f0000-0000-7000-8000-%012d", number))};
  }

  void Turn() {
    now_ += absl::Hours(1 + random_.Next() % 30);
    Case& turn = cases_.at(random_.Next() % cases_.size());
    const std::uint64_t what = random_.Next() % 40;
    if (turn.events > 0 && what == 0) return CorrectName(turn);
    if (what < 8) return FireDue(turn);
    SendNext(turn);
  }

  void Erase(int number) {
    Append(cases_.at(static_cast<std::size_t>(number)), Made(sen::v1::RecordErased()));
  }

  sen::SenModule module{sen::Code2015()};
  core::Workflow workflow{module};
  eventstore::MemoryEventStore store{kShards};

 private:
  struct Case {
    StreamId stream;
    core::State state = {};
    std::vector<core::Departure> departures = {};
    int events = 0;
    std::string first_event_id = {};
  };

  [[nodiscard]] Date Today() const { return DateOf(now_, workflow.definition().zone); }

  template <class E>
  core::Event Made(E event) const {
    core::Event made;
    made.payload = codec::MakePayload(std::move(event));
    made.occurred_on = Today();
    return made;
  }

  void SendNext(Case& turn) {
    core::Command command =
        apdr::testing::RandomSenCommand(workflow, turn.stream, turn.state, Today(), random_);
    if (command.payload == nullptr) return;
    if (random_.Next() % 8 == 0) command.occurred_on = Today() - 3;  // Recorded late.
    const core::Context context{.now = now_,
                                .today = Today(),
                                .actor = apdr::testing::RandomActor(
                                    workflow, command.payload->type(), turn.stream, random_),
                                .key_holders = {}};
    command.departures = turn.departures;
    const core::Decision decision = core::Decide(workflow, turn.state, command, context);
    if (const auto* events = std::get_if<std::vector<core::Event>>(&decision)) {
      for (const core::Event& event : *events) Append(turn, event);
      return;
    }
    for (const core::Violation& violation : std::get<core::Rejection>(decision).violations) {
      if (workflow.FindRule(violation.code) != nullptr && turn.departures.size() < 5) {
        turn.departures.push_back({violation.code, "There was no other way on that day.", ""});
      }
    }
  }

  void FireDue(Case& turn) {
    std::vector<std::string> keys;
    for (const auto& [key, running] : turn.state.deadlines) {
      if (!running.fired && running.deadline.fires_on <= Today()) keys.push_back(key);
    }
    const core::Context context{
        .now = now_,
        .today = Today(),
        .actor = {.id = "timer", .role = "system", .setting_id = "", .on_behalf_of = ""},
        .key_holders = {}};
    for (const std::string& key : keys) {
      for (const core::Event& event : core::DecideDeadline(workflow, turn.state, key, context)) {
        Append(turn, event);
      }
    }
  }

  void CorrectName(Case& turn) {
    sen::v1::RecordCorrected corrected;
    corrected.mutable_correction()->set_target_event_id(turn.first_event_id);
    corrected.mutable_correction()->set_field("registration.preferred_name");
    corrected.mutable_correction()->set_new_value(absl::StrCat("Name ", random_.Next() % 100));
    Append(turn, Made(std::move(corrected)));
  }

  void Append(Case& turn, const core::Event& event) {
    core::Evolve(workflow, turn.state, event);
    const codec::EventHeader header{
        .event_id = absl::StrCat(turn.stream.case_id.value(), "/", turn.state.version.value()),
        .stream = turn.stream,
        .version = turn.state.version,
        .actor = {.id = "p-1", .role = "senco", .setting_id = "", .on_behalf_of = ""},
        .recorded_at = now_,
        .request_id = RequestId("r"),
        .correlation_id = "",
        .causation_id = "",
        .traceparent = ""};
    if (++turn.events == 1) turn.first_event_id = header.event_id;
    AppendBytes(store, turn.stream, turn.state.version,
                codec::EventEncoder().Encode(header, event));
  }

  PseudoRandom random_;
  absl::Time now_;
  std::vector<Case> cases_;
};

// A process that folds the walks, with a batch size of its own.
struct Folder {
  Folder(Walks& walks, readmodel::ReadModel& model, std::size_t batch)
      : source(walks.store),
        consumer(source),
        followers(walks.workflow, model, ViewTable()),
        side({.workflow = walks.workflow,
              .consumer = consumer,
              .model = model,
              .gaps = nullptr,
              .shard_count = kShards,
              .batch_records_max = batch,
              .cached_cases_max = 2,
              .followers = &followers}) {}

  bus::LogRecordSource source;
  bus::EmbeddedConsumer consumer;
  ViewFollowers followers;
  ReadSide side;
};

Rows ViewRows(const readmodel::ReadModel& model) {
  Rows rows;
  for (const View& view : ViewTable()) {
    const auto span = projection::ViewRowsOf(TenantId("t1"), view.name, {});
    const auto scanned = model.Scan({.begin = span.begin, .end = span.end, .limit = 1U << 20});
    for (const readmodel::Row& row : scanned.value()) {
      rows.emplace(row.key, row.value);
    }
  }
  return rows;
}

// The rows of a view as its declaration says and no machinery: a fold of the whole corrected
// history of every case, and the case as it stands.
Rows FoldOf(Walks& walks, const readmodel::ReadModel& model, const View& view) {
  Rows rows;
  for (int i = 0; i < kCases; ++i) {
    const StreamId stream = Walks::CaseNumber(i);
    const auto history = history::ReadHistory(model, walks.workflow, stream, {});
    if (absl::IsFailedPrecondition(history.status())) continue;  // Erased.
    EXPECT_TRUE(history.ok()) << history.status();
    if (!history.ok() || !*history) continue;
    const auto row = model.Get(projection::CaseKey(stream)).value();
    const auto standing = projection::DecodeCaseView(*row).value();
    const core::State state =
        codec::DecodeState(walks.workflow, projection::DecodeCaseState(*row).value()).value();
    const auto doc = view.make_doc();
    std::string setting_id;
    for (const event::v1::Event& event : (*history)->events) {
      const auto recorded = codec::FromMessage(event).value();
      const auto& data =
          static_cast<const codec::MessagePayload&>(*recorded.event.payload).message();
      if (const auto* in = dynamic_cast<const sen::v1::ChildRegistered*>(&data)) {
        setting_id = sen::SettingId(in->registration().setting());
      }
      if (const auto* moved = dynamic_cast<const sen::v1::ChildTransferredIn*>(&data)) {
        setting_id = sen::SettingId(moved->acceptance().setting());
      }
      if (setting_id.empty()) continue;
      view.fold({.event = event, .data = data, .setting_id = setting_id}, *doc);
    }
    if (setting_id.empty()) continue;
    RowCollector collector(stream.tenant, view.name, rows);
    view.rows({.view = standing, .record = sen::CaseOf(state)}, *doc, collector);
  }
  return rows;
}

class EveryView : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(EveryView, EqualsAFoldOfTheLogWhateverTheBatchesAndCrashes) {
  Walks walks(GetParam());
  PseudoRandom random(GetParam());
  std::vector<std::unique_ptr<readmodel::MemoryReadModel>> models;
  constexpr std::size_t kBatches[] = {1, 7, 100};
  for (std::size_t i = 0; i < 3; ++i) {
    models.push_back(std::make_unique<readmodel::MemoryReadModel>());
  }
  for (int round = 0; round < 12; ++round) {
    for (int turn = 0; turn < 50; ++turn) walks.Turn();
    if (round == 11) walks.Erase(0);
    for (std::size_t i = 0; i < 3; ++i) {  // Each round is a process of its own, that may die.
      FlakyModel flaky(*models[i], random);
      Folder folder(walks, flaky, kBatches[i]);
      for (int step = 0; step < 20; ++step) (void)folder.side.projector.Step();
      Folder heir(walks, *models[i], kBatches[i]);
      heir.side.RunUntilIdle();
    }
  }
  readmodel::MemoryReadModel again;
  Folder(walks, again, 5000).side.RunUntilIdle();

  const Rows rows = ViewRows(again);
  Rows folded;
  for (const View& view : ViewTable()) folded.merge(FoldOf(walks, again, view));
  EXPECT_EQ(rows, folded) << "seed " << GetParam();
  for (const auto& model : models) {
    EXPECT_EQ(AllRows(*model), AllRows(again)) << "seed " << GetParam();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, EveryView, ::testing::Range<std::uint64_t>(1, 13));

TEST(EveryViewOfAll, HasRowsInSomeWalk) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed < 13; ++seed) {
    Walks walks(seed);
    for (int turn = 0; turn < 600; ++turn) walks.Turn();
    readmodel::MemoryReadModel model;
    Folder(walks, model, 100).side.RunUntilIdle();
    for (const View& view : ViewTable()) {
      if (!FoldOf(walks, model, view).empty()) seen.insert(view.name);
    }
  }
  for (const View& view : ViewTable()) EXPECT_THAT(seen, Contains(view.name));
}

class ViewFollowersTest : public apdr::testing::ViewFixture {};

TEST_F(ViewFollowersTest, KeepNothingOfAnErasedRecord) {
  StartSenSupport(1);
  AgreePlan(1);
  HoldReview(1);
  Fold();
  EXPECT_THAT(ViewRows(model), Not(IsEmpty()));
  Erase(1);
  Fold();
  EXPECT_THAT(ViewRows(model), IsEmpty());
  sen::state::v1::ViewsOfCase kept;
  ASSERT_TRUE(kept.ParseFromString(*model.Get(projection::CaseDocsKey(Case(1))).value()));
  for (const std::string& doc : kept.docs()) EXPECT_EQ(doc, "");
}

TEST_F(ViewFollowersTest, CorrectABirthdayWithoutLosingWhatCameAfter) {
  StartSenSupport(1);
  AgreePlan(1);
  Fold();
  const Rows before = ViewRows(model);
  CorrectRegistration(1, "registration.date_of_birth", "2017-03-04");
  Fold();
  EXPECT_EQ(ViewRows(model), before);
}

TEST_F(ViewFollowersTest, StandStillWithACaseThatIsSetAsideAndSaySo) {
  StartSenSupport(1);
  StartSenSupport(2);
  Fold();
  event::v1::Event unknown;
  unknown.set_event_id("from-the-future");
  unknown.set_tenant_id("t1");
  unknown.set_case_id(Id(1));
  unknown.set_version(desk.state(Case(1)).version.value() + 1);
  unknown.set_occurred_on("2025-10-08");
  unknown.mutable_data()->set_type_url("type.googleapis.com/apdr.sen.v1.FromTheFuture");
  AppendBytes(store, Case(1), CaseVersion(unknown.version()), unknown.SerializeAsString());
  Send<sen::v1::StartAssessment>(2, "2025-10-08");
  Fold();

  const auto board = ListBoard(reading, As("senco"), {});

  EXPECT_THAT(Ok(board).rows(), SizeIs(2));
  for (const sen::v1::BoardRow& row : Ok(board).rows()) {
    EXPECT_EQ(row.stale(), row.case_id() == Id(1));
    EXPECT_EQ(row.stage(), row.case_id() == Id(1) ? "k-started" : "assess");
  }

  sen::v1::RecordErased erased;  // Nothing of it is shown any more, whatever cannot be folded.
  event::v1::Event event = unknown;
  event.set_event_id("erased");
  event.set_version(unknown.version() + 1);
  event.mutable_data()->PackFrom(erased);
  AppendBytes(store, Case(1), CaseVersion(event.version()), event.SerializeAsString());
  Fold();
  const auto after = ListBoard(reading, As("senco"), {});
  ASSERT_THAT(Ok(after).rows(), SizeIs(1));
  EXPECT_EQ(Ok(after).rows(0).case_id(), Id(2));
}

TEST_F(ViewFollowersTest, RefuseDocumentsThatDoNotReadBack) {
  StartSenSupport(1);
  Fold();
  ASSERT_TRUE(model
                  .Apply({.puts = {{.key = projection::CaseDocsKey(Case(1)), .value = "\xff"}},
                          .deletes = {},
                          .progress = {}})
                  .ok());
  Send<sen::v1::StartAssessment>(1, "2025-10-08");
  EXPECT_TRUE(absl::IsDataLoss(side.projector.Step().status()));
}

TEST(RowMeaning, NamesEveryViewWithItsVersion) {
  const sen::SenModule module(sen::Code2015());
  const core::Workflow workflow(module);
  for (const View& view : ViewTable()) {
    EXPECT_THAT(RowMeaning(workflow),
                ::testing::HasSubstr(absl::StrCat(" ", view.name, "@", view.version)));
  }
}

}  // namespace
}  // namespace apdr::views
