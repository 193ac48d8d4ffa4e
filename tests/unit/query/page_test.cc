#include "services/query/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "services/readmodel/memory/memory_read_model.h"

namespace apdr::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Keeps the limits of the scans.
class WatchedReadModel final : public readmodel::ReadModel {
 public:
  [[nodiscard]] absl::Status Apply(const readmodel::Write& write) override {
    return model_.Apply(write);
  }
  [[nodiscard]] absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key) const override {
    return model_.Get(key);
  }
  [[nodiscard]] absl::StatusOr<std::vector<readmodel::Row>> Scan(
      const readmodel::Range& range) const override {
    limits.push_back(range.limit);
    return model_.Scan(range);
  }
  [[nodiscard]] absl::StatusOr<readmodel::Progress> ReadProgress(Shard shard) const override {
    return model_.ReadProgress(shard);
  }

  mutable std::vector<std::size_t> limits;

 private:
  readmodel::MemoryReadModel model_;
};

class PageTest : public ::testing::Test {
 protected:
  void Fill(int count) {
    readmodel::Write write;
    for (int i = 0; i < count; ++i) {
      write.puts.push_back({.key = absl::StrFormat("k%06d", i), .value = "x"});
    }
    ASSERT_TRUE(model_.Apply(write).ok());
  }

  // One page; the keys taken.
  std::vector<std::string> Read(std::uint32_t size, const std::string& token,
                                std::string_view only = "") {
    const auto start = StartPage(list_, {.size = size, .token = token});
    if (!std::holds_alternative<PageStart>(start)) {
      ADD_FAILURE() << std::get<host::ErrorReply>(start).message;
      return {};
    }
    std::vector<std::string> keys;
    auto next = ReadPage(model_, list_, std::get<PageStart>(start),
                         [&](const readmodel::Row& row) -> absl::StatusOr<std::size_t> {
                           if (!only.empty() && row.key != only) return std::size_t{0};
                           keys.push_back(row.key);
                           return row_bytes_;
                         });
    EXPECT_TRUE(next.ok()) << next.status();
    next_ = *next;
    return keys;
  }

  WatchedReadModel model_;
  List list_{.span = {.begin = "k", .end = "l"},
             .direction = readmodel::Direction::kForward,
             .conditions = "test"};
  std::size_t row_bytes_ = 1;
  std::string next_;
};

TEST_F(PageTest, HoldsAHundredRowsUnlessAskedOtherwise) {
  Fill(101);
  EXPECT_EQ(Read(0, "").size(), 100U);
  EXPECT_THAT(Read(0, next_), ElementsAre("k000100"));
  EXPECT_EQ(next_, "");
}

TEST_F(PageTest, IsTheLastWhenItHoldsExactlyTheRest) {
  Fill(4);
  Read(2, "");
  EXPECT_THAT(Read(2, next_), ElementsAre("k000002", "k000003"));
  EXPECT_EQ(next_, "");
}

TEST_F(PageTest, IsEmptyForAnEmptyList) {
  EXPECT_THAT(Read(10, ""), IsEmpty());
  EXPECT_EQ(next_, "");
}

TEST_F(PageTest, ReadsBackwards) {
  Fill(3);
  list_.direction = readmodel::Direction::kBackward;
  EXPECT_THAT(Read(2, ""), ElementsAre("k000002", "k000001"));
  EXPECT_THAT(Read(2, next_), ElementsAre("k000000"));
  EXPECT_EQ(next_, "");
}

TEST_F(PageTest, LooksAtABoundedNumberOfRowsAndGoesOnInTheNext) {
  Fill(static_cast<int>(kPageScanMax) + 5);
  const std::string last = absl::StrFormat("k%06d", kPageScanMax + 4);
  EXPECT_THAT(Read(10, "", last), IsEmpty());
  ASSERT_NE(next_, "");
  EXPECT_THAT(Read(10, next_, last), ElementsAre(last));
  EXPECT_EQ(next_, "");
}

TEST_F(PageTest, FetchesMoreAtATimeWhereRowsAreLeftOut) {
  Fill(1000);
  EXPECT_THAT(Read(1, "", "k000999"), ElementsAre("k000999"));
  EXPECT_EQ(next_, "");
  EXPECT_THAT(model_.limits, ElementsAre(2, 4, 8, 16, 32, 64, 128, 256, 512));
}

TEST_F(PageTest, FetchesNoMoreThanItHoldsWhereNoneAreLeftOut) {
  Fill(10);
  EXPECT_THAT(Read(3, ""), ElementsAre("k000000", "k000001", "k000002"));
  EXPECT_THAT(model_.limits, ElementsAre(4));
}

TEST_F(PageTest, EndsWhenItsBytesAreUsedUp) {
  Fill(10);
  row_bytes_ = kPageBytesMax / 2;
  EXPECT_THAT(Read(10, ""), ElementsAre("k000000", "k000001"));
  EXPECT_NE(next_, "");
}

TEST_F(PageTest, TakesNoTokenThatLeadsOutOfItsList) {
  Fill(2);
  Read(1, "");
  list_.span = {.begin = "m", .end = "n"};  // The same conditions, as a forger would make them.
  const auto start = StartPage(list_, {.size = 1, .token = next_});
  ASSERT_TRUE(std::holds_alternative<host::ErrorReply>(start));
  EXPECT_EQ(std::get<host::ErrorReply>(start).reason, "PAGE_TOKEN_INVALID");
}

TEST_F(PageTest, TakesNoTokenThatWasChanged) {
  Fill(2);
  Read(1, "");
  for (std::size_t i = 0; i < next_.size(); ++i) {
    std::string changed = next_;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(
        std::holds_alternative<host::ErrorReply>(StartPage(list_, {.size = 1, .token = changed})))
        << i;
    EXPECT_TRUE(std::holds_alternative<host::ErrorReply>(
        StartPage(list_, {.size = 1, .token = next_.substr(0, i > 0 ? i : 1)})))
        << i;
  }
}

TEST_F(PageTest, PassesOnWhatARowSays) {
  Fill(1);
  const auto next = ReadPage(model_, list_, {.size = 1, .after = ""},
                             [](const readmodel::Row&) -> absl::StatusOr<std::size_t> {
                               return absl::DataLossError("damaged");
                             });
  EXPECT_EQ(next.status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace apdr::query
