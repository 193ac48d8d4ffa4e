#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/contract/readmodel/model_under_test.h"

namespace apdr::readmodel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReadModelContract : public testing::TestWithParam<Flavour> {
 protected:
  [[nodiscard]] ReadModel& model() { return under_test_->model(); }

  void Apply(const Write& write) {
    const absl::Status status = model().Apply(write);
    ASSERT_TRUE(status.ok()) << status;
    under_test_->AfterApply();
  }
  std::vector<std::string> Keys(const Range& range) {
    std::vector<std::string> keys;
    const auto rows = model().Scan(range);
    EXPECT_TRUE(rows.ok()) << rows.status();
    for (const Row& row : *rows) keys.push_back(row.key);
    return keys;
  }

 private:
  std::unique_ptr<ModelUnderTest> under_test_ = GetParam().make();
};

using ReadModelContractDeathTest = ReadModelContract;

Write Puts(std::vector<std::string> keys) {
  Write write;
  for (std::string& key : keys) write.puts.push_back({.key = key, .value = "value of " + key});
  return write;
}

ShardProgress ProgressOf(std::uint32_t shard, std::uint64_t position, std::string token) {
  return {.shard = Shard(shard),
          .progress = {.position = Position(position), .token = std::move(token)}};
}

TEST_P(ReadModelContract, HasNoRowBeforeItIsPut) {
  EXPECT_EQ(*model().Get("a"), std::nullopt);
  EXPECT_THAT(Keys({.limit = 10}), IsEmpty());
}

TEST_P(ReadModelContract, HasProgressZeroAndAnEmptyTokenForAShardNeverWritten) {
  Apply({.progress = {ProgressOf(1, 5, "t")}});
  EXPECT_EQ(*model().ReadProgress(Shard(0)), Progress{});
  EXPECT_EQ(*model().ReadProgress(Shard(2)), Progress{});
}

TEST_P(ReadModelContract, AppliesASyncedWriteLikeAnyOther) {
  Apply(Puts({"a"}));
  Write synced = Puts({"b"});
  synced.deletes = {"a"};
  synced.synced = true;
  Apply(synced);
  EXPECT_THAT(Keys({.limit = 10}), ElementsAre("b"));
}

TEST_P(ReadModelContract, AppliesPutsDeletesAndProgressInOneWrite) {
  Apply(Puts({"a", "b"}));
  Apply({.puts = {{.key = "c", .value = "3"}, {.key = "b", .value = "2"}},
         .deletes = {"a"},
         .progress = {ProgressOf(0, 7, "off"), ProgressOf(3, ~std::uint64_t{0}, "")}});
  EXPECT_EQ(*model().Get("a"), std::nullopt);
  EXPECT_EQ(*model().Get("b"), "2");
  EXPECT_EQ(*model().Get("c"), "3");
  EXPECT_EQ(*model().ReadProgress(Shard(0)), (Progress{.position = Position(7), .token = "off"}));
  EXPECT_EQ(*model().ReadProgress(Shard(3)),
            (Progress{.position = Position(~std::uint64_t{0}), .token = ""}));
}

TEST_P(ReadModelContract, TakesAnEmptyWriteAndADeleteOfARowThatIsNotThere) {
  Apply({});
  Apply({.deletes = {"a"}});
  EXPECT_EQ(*model().Get("a"), std::nullopt);
}

TEST_P(ReadModelContract, KeepsTheLastProgressEvenAnEarlierOne) {
  Apply({.progress = {ProgressOf(0, 7, "seven")}});
  Apply({.progress = {ProgressOf(0, 3, "three")}});
  EXPECT_EQ(*model().ReadProgress(Shard(0)), (Progress{.position = Position(3), .token = "three"}));
}

TEST_P(ReadModelContract, GivesBackAnyBytesInKeyValueAndToken) {
  const Row row{.key = std::string("\0\xff", 2), .value = std::string("\xff\0\1", 3)};
  const std::string token("\0t\xff", 3);
  Apply({.puts = {row, {.key = "", .value = ""}}, .progress = {ProgressOf(0, 300, token)}});
  EXPECT_EQ(*model().Get(row.key), row.value);
  EXPECT_EQ(*model().Get(""), "");
  EXPECT_EQ(model().ReadProgress(Shard(0))->token, token);
}

TEST_P(ReadModelContract, NeverTakesProgressForARow) {
  Apply({.progress = {ProgressOf(0, 7, "t"), ProgressOf(0x61626364, 7, "t")}});
  EXPECT_THAT(Keys({.limit = 10}), IsEmpty());
  EXPECT_THAT(Keys({.direction = Direction::kBackward, .limit = 10}), IsEmpty());
  const std::string as_stored("p\0\0\0\0", 5);
  Apply(Puts({as_stored, as_stored.substr(1)}));
  EXPECT_EQ(model().ReadProgress(Shard(0))->position, Position(7));
}

TEST_P(ReadModelContract, ScansBytewiseFromBeginIncludedToEndExcluded) {
  Apply(Puts({"b", "a", "ab", "\xff", "c", ""}));
  EXPECT_THAT(Keys({.limit = 10}), ElementsAre("", "a", "ab", "b", "c", "\xff"));
  EXPECT_THAT(Keys({.begin = "a", .end = "c", .limit = 10}), ElementsAre("a", "ab", "b"));
  EXPECT_THAT(Keys({.begin = "aa", .end = "bb", .limit = 10}), ElementsAre("ab", "b"));
  EXPECT_THAT(Keys({.begin = "c", .limit = 10}), ElementsAre("c", "\xff"));
}

TEST_P(ReadModelContract, ScansBackwardFromTheHighestKeyBelowEnd) {
  Apply(Puts({"b", "a", "ab", "\xff", "c", ""}));
  const auto back = Direction::kBackward;
  EXPECT_THAT(Keys({.direction = back, .limit = 10}), ElementsAre("\xff", "c", "b", "ab", "a", ""));
  EXPECT_THAT(Keys({.begin = "a", .end = "c", .direction = back, .limit = 10}),
              ElementsAre("b", "ab", "a"));
  EXPECT_THAT(Keys({.begin = "aa", .end = "bb", .direction = back, .limit = 10}),
              ElementsAre("b", "ab"));
}

TEST_P(ReadModelContract, StopsAtTheLimitAtTheNearEndOfTheScan) {
  Apply(Puts({"a", "b", "c", "d"}));
  EXPECT_THAT(Keys({.begin = "b", .limit = 2}), ElementsAre("b", "c"));
  EXPECT_THAT(Keys({.end = "d", .direction = Direction::kBackward, .limit = 2}),
              ElementsAre("c", "b"));
  EXPECT_THAT(Keys({.limit = 4}), ElementsAre("a", "b", "c", "d"));
}

TEST_P(ReadModelContract, FindsNothingInARangeThatEndsAtOrBeforeItsBegin) {
  Apply(Puts({"a", "b", "c"}));
  for (const Direction direction : {Direction::kForward, Direction::kBackward}) {
    EXPECT_THAT(Keys({.begin = "b", .end = "b", .direction = direction, .limit = 9}), IsEmpty());
    EXPECT_THAT(Keys({.begin = "c", .end = "a", .direction = direction, .limit = 9}), IsEmpty());
  }
}

TEST_P(ReadModelContract, ScansValuesWithTheirKeysAndNoDeletedRow) {
  Apply(Puts({"a", "b", "c"}));
  Apply({.deletes = {"b"}});
  EXPECT_THAT(*model().Scan({.limit = 10}), ElementsAre(Row{.key = "a", .value = "value of a"},
                                                        Row{.key = "c", .value = "value of c"}));
}

TEST_P(ReadModelContract, ShowsAWriteToReadersOnAnotherThreadAsAWhole) {
  constexpr int kWrites = 2000;
  ReadModel& shared = model();
  std::atomic<bool> done = false;
  std::jthread writer([&shared, &done] {
    for (int i = 1; i <= kWrites; ++i) {
      const std::string value = std::to_string(i);
      EXPECT_TRUE(shared
                      .Apply({.puts = {{.key = "a", .value = value}, {.key = "z", .value = value}},
                              .progress = {ProgressOf(0, static_cast<std::uint64_t>(i), "")}})
                      .ok());
    }
    done = true;
  });
  while (!done) {
    const auto rows = *shared.Scan({.limit = 10});
    if (rows.empty()) continue;
    ASSERT_EQ(rows.size(), 2);
    EXPECT_EQ(rows[0].value, rows[1].value);
    EXPECT_GE(shared.ReadProgress(Shard(0))->position.value(), std::stoull(rows[0].value));
  }
}

TEST_P(ReadModelContractDeathTest, RefusesAWriteThatNamesAKeyOrAShardTwice) {
  EXPECT_DEATH({ (void)model().Apply(Puts({"a", "a"})); }, "insert");
  EXPECT_DEATH({ (void)model().Apply({.puts = {{.key = "a", .value = ""}}, .deletes = {"a"}}); },
               "insert");
  EXPECT_DEATH(
      {
        (void)model().Apply({.progress = {ProgressOf(0, 1, ""), ProgressOf(0, 2, "")}});
      },
      "insert");
}

TEST_P(ReadModelContractDeathTest, RefusesAScanWithoutALimit) {
  EXPECT_DEATH({ (void)model().Scan({.begin = "a"}); }, "limit > 0");
}

INSTANTIATE_TEST_SUITE_P(All, ReadModelContract, testing::ValuesIn(AllFlavours()),
                         [](const auto& suite) { return suite.param.name; });
INSTANTIATE_TEST_SUITE_P(All, ReadModelContractDeathTest, testing::ValuesIn(AllFlavours()),
                         [](const auto& suite) { return suite.param.name; });

}  // namespace
}  // namespace apdr::readmodel
