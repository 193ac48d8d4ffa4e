#include "services/views/view_followers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "apdr/sen/state/v1/view_state.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "engine/base/random.h"
#include "services/views/board.h"
#include "tests/support/sen_walks.h"
#include "tests/support/sim_world.h"
#include "tests/unit/views/view_fixture.h"

namespace apdr::views {
namespace {

using apdr::testing::AllRows;
using apdr::testing::AppendBytes;
using apdr::testing::FoldOf;
using apdr::testing::On;
using apdr::testing::ReadSide;
using apdr::testing::SenWalks;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Rows = std::map<std::string, std::string>;

constexpr std::uint32_t kShards = SenWalks::kShards;

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

// A process that folds the walks, with a batch size of its own.
struct Folder {
  Folder(SenWalks& walks, readmodel::ReadModel& model, std::size_t batch)
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

class EveryView : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(EveryView, EqualsAFoldOfTheLogWhateverTheBatchesAndCrashes) {
  SenWalks walks(GetParam());
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
    SenWalks walks(seed);
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
