#include "services/importer/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "engine/base/random.h"

namespace apdr::importer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// Lines that a test makes.
class FakeSource final : public LineSource {
 public:
  absl::StatusOr<std::optional<LineResult>> Next() override {
    if (at_ == lines_.size()) return std::optional<LineResult>();
    return std::optional(lines_[at_++]);
  }
  [[nodiscard]] std::uint64_t bytes_read() const override { return at_; }

  // A line of a case with so many commands.
  void Add(const std::string& case_id, std::size_t commands = 1) {
    Item item{.line = lines_.size() + 1, .caller = {}, .requests = {}};
    for (std::size_t step = 0; step < commands; ++step) {
      command::v1::ExecuteRequest& request = item.requests.emplace_back();
      request.set_case_id(case_id);
      request.set_request_id(std::to_string(item.line) + "." + std::to_string(step));
    }
    lines_.emplace_back(std::move(item));
  }
  void AddRefused(const std::string& case_id) {
    lines_.emplace_back(Refusal{.line = lines_.size() + 1,
                                .case_id = case_id,
                                .command = {},
                                .code = "REQUEST_MALFORMED",
                                .message = "Expected a line."});
  }
  [[nodiscard]] std::size_t read() const { return at_; }

 private:
  std::vector<LineResult> lines_;
  std::size_t at_ = 0;
};

class ScheduleTest : public ::testing::Test {
 protected:
  // Request ids of all that can be sent now.
  std::vector<std::string> SendAll() {
    std::vector<std::string> ids;
    while (true) {
      const auto next = schedule().Next();
      EXPECT_TRUE(next.ok()) << next.status();
      if (!next.ok() || !*next) return ids;
      ids.push_back((*next)->request->request_id());
    }
  }
  bool Accept(std::uint64_t line, bool repeated = false) {
    command::v1::ExecuteResponse response;
    response.add_events();
    response.set_repeated_request(repeated);
    return schedule().Settle({.ticket = line, .outcome = response});
  }
  bool Fail(std::uint64_t line, grpc::StatusCode code, const std::string& reason,
            bool stream_failed = false) {
    return schedule().Settle(
        {.ticket = line,
         .outcome = client::Failure{.code = code, .reason = reason, .message = {}, .metadata = {}},
         .stream_failed = stream_failed});
  }
  bool Refuse(std::uint64_t line) {
    return Fail(line, grpc::StatusCode::FAILED_PRECONDITION, "STAGE_ORDER");
  }
  Schedule& schedule() {
    if (!schedule_) {
      schedule_.emplace(
          source,
          [this](const Refusal& refusal) { refused.emplace_back(refusal.line, refusal.code); },
          limits);
    }
    return *schedule_;
  }

  FakeSource source;
  ScheduleLimits limits;
  std::vector<std::pair<std::uint64_t, std::string>> refused;

 private:
  std::optional<Schedule> schedule_;
};

TEST_F(ScheduleTest, SendsOneCommandOfACaseAtATimeInTheOrderOfTheFile) {
  source.Add("a", 2);
  source.Add("b");
  source.Add("a");

  EXPECT_THAT(SendAll(), ElementsAre("1.0", "2.0"));
  Accept(1);
  EXPECT_THAT(SendAll(), ElementsAre("1.1"));
  Accept(1);
  EXPECT_THAT(SendAll(), ElementsAre("3.0"));
  EXPECT_FALSE(schedule().Done());
  Accept(2);
  Accept(3);
  EXPECT_THAT(SendAll(), IsEmpty());
  EXPECT_TRUE(schedule().Done());
  EXPECT_EQ(schedule().tally().accepted, 3U);
}

TEST_F(ScheduleTest, HoldsBackTheRestOfTheLineAndLaterLinesOfTheCaseAfterARefusal) {
  limits.in_flight = 2;
  source.Add("a", 2);
  source.Add("a");
  source.Add("b");
  source.Add("a");
  SendAll();

  Refuse(1);
  EXPECT_THAT(SendAll(), IsEmpty());
  Accept(3);
  SendAll();

  EXPECT_THAT(refused, ElementsAre(Pair(1, "STAGE_ORDER"), Pair(2, kHeldBack), Pair(4, kHeldBack)));
  EXPECT_EQ(schedule().tally().lines, 4U);
  EXPECT_EQ(schedule().tally().refused_lines(), 3U);
  EXPECT_TRUE(schedule().Done());
}

TEST_F(ScheduleTest, ALineThatCannotBeReadHoldsBackLaterLinesOfItsCaseAlone) {
  source.Add("a");
  source.AddRefused("a");
  source.Add("a");
  source.AddRefused("");
  source.Add("b");

  EXPECT_THAT(SendAll(), ElementsAre("1.0", "5.0"));
  Accept(1);
  Accept(5);
  SendAll();

  EXPECT_THAT(refused, ElementsAre(Pair(2, "REQUEST_MALFORMED"), Pair(3, kHeldBack),
                                   Pair(4, "REQUEST_MALFORMED")));
  EXPECT_EQ(schedule().tally().accepted, 2U);
  EXPECT_TRUE(schedule().Done());
}

TEST_F(ScheduleTest, TellsWhatWasThereFromWhatWasWritten) {
  source.Add("a", 2);
  source.Add("b", 2);
  SendAll();
  Accept(1, /*repeated=*/true);
  Accept(2, /*repeated=*/true);
  SendAll();
  Accept(1, /*repeated=*/true);
  Accept(2, /*repeated=*/false);

  EXPECT_EQ(schedule().tally().already_there, 1U);
  EXPECT_EQ(schedule().tally().accepted, 1U);
}

TEST_F(ScheduleTest, SendsAgainWhatWasNotDecidedOrMayHaveBeen) {
  source.Add("a");
  source.Add("b");
  source.Add("c");
  SendAll();

  EXPECT_FALSE(Fail(1, grpc::StatusCode::UNAVAILABLE, "", /*stream_failed=*/true));
  EXPECT_FALSE(Fail(2, grpc::StatusCode::UNAVAILABLE, "OUTCOME_UNKNOWN"));
  EXPECT_FALSE(Fail(3, grpc::StatusCode::RESOURCE_EXHAUSTED, "OVERLOADED"));
  EXPECT_THAT(SendAll(), IsEmpty());
  schedule().Retry();

  EXPECT_THAT(SendAll(), ElementsAre("1.0", "2.0", "3.0"));
  EXPECT_THAT(refused, IsEmpty());
}

TEST_F(ScheduleTest, RefusesWhatIsTooLargeForGood) {
  source.Add("a");
  SendAll();

  EXPECT_TRUE(Fail(1, grpc::StatusCode::RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"));

  EXPECT_THAT(refused, ElementsAre(Pair(1, "REQUEST_TOO_LARGE")));
}

TEST_F(ScheduleTest, RunsNoFurtherAheadThanItsLimits) {
  limits = {.in_flight = 2, .lines = 4};
  for (int i = 0; i < 10; ++i) source.Add("same");
  EXPECT_THAT(SendAll(), ElementsAre("1.0"));
  EXPECT_EQ(source.read(), 4U);

  FakeSource others;
  for (int i = 0; i < 10; ++i) others.Add(std::to_string(i));
  Schedule wide(
      others, [](const Refusal&) {}, limits);
  EXPECT_TRUE(wide.Next()->has_value());
  EXPECT_TRUE(wide.Next()->has_value());
  EXPECT_FALSE(wide.Next()->has_value());
  EXPECT_EQ(others.read(), 2U);
}

// Whatever is answered in whatever order: every line is settled once, and commands of a case run in
// the order of the file.
TEST_F(ScheduleTest, SettlesEveryLineOnceWhateverTheAnswers) {
  PseudoRandom random(20261126);
  constexpr std::size_t kLines = 400;
  std::map<std::uint64_t, std::string> case_of;
  for (std::size_t i = 1; i <= kLines; ++i) {
    case_of[i] = std::to_string(random.Next() % 40);
    if (random.Next() % 25 == 0) {
      source.AddRefused(case_of[i]);
    } else {
      source.Add(case_of[i], 1 + random.Next() % 3);
    }
  }
  limits = {.in_flight = 16, .lines = 64};
  std::vector<std::uint64_t> under_way;
  std::map<std::string, std::uint64_t> last_of_case;
  while (true) {
    while (true) {
      const auto next = schedule().Next();
      ASSERT_TRUE(next.ok());
      if (!*next) break;
      const std::uint64_t line = (*next)->ticket;
      for (const std::uint64_t other : under_way) ASSERT_NE(case_of[other], case_of[line]);
      ASSERT_GE(line, last_of_case[case_of[line]]);
      last_of_case[case_of[line]] = line;
      under_way.push_back(line);
    }
    if (schedule().Done()) break;
    schedule().Retry();
    if (under_way.empty()) continue;
    const std::size_t pick = random.Next() % under_way.size();
    const std::uint64_t line = under_way[pick];
    under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(pick));
    switch (random.Next() % 30) {
      case 0:
        Refuse(line);
        break;
      case 1:
        Fail(line, grpc::StatusCode::UNAVAILABLE, "", true);
        break;
      default:
        Accept(line);
    }
  }
  std::set<std::uint64_t> lines_refused;
  for (const auto& [line, code] : refused) EXPECT_TRUE(lines_refused.insert(line).second);
  const Tally& tally = schedule().tally();
  EXPECT_EQ(tally.lines, kLines);
  EXPECT_EQ(tally.accepted + tally.refused_lines(), kLines);
  EXPECT_EQ(tally.refused_lines(), refused.size());
}

}  // namespace
}  // namespace apdr::importer
