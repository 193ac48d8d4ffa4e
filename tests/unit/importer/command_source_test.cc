#include "services/importer/command_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "apdr/sen/v1/before_support.pb.h"

namespace apdr::importer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCase[] = "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f";

// A line that raises a concern, with these other members.
std::string ALine(const std::string& members, const std::string& description = "slow") {
  return std::string("{\"case_id\": \"") + kCase + "\"" + members +
         ", \"command\": {\"@type\": \"RaiseConcern\", \"concern\": {\"description\": \"" +
         description + "\"}}}\n";
}

std::vector<LineResult> ResultsOf(const std::string& text) {
  std::istringstream in(text);
  const auto source = OpenCommands(
      in,
      {.tenant = "la-801", .actor = "import", .role = "system", .setting = {}, .on_behalf_of = {}},
      ImportKey(std::string(ImportKey::kBytes, 'k')));
  std::vector<LineResult> results;
  while (true) {
    auto next = source->Next();
    EXPECT_TRUE(next.ok()) << next.status();
    if (!next.ok() || !*next) return results;
    results.push_back(**std::move(next));
  }
}

std::vector<std::string> RequestIds(const std::string& text) {
  std::vector<std::string> ids;
  for (const LineResult& result : ResultsOf(text)) {
    const auto* item = std::get_if<Item>(&result);
    if (item == nullptr) {
      ADD_FAILURE() << std::get<Refusal>(result).message;
      continue;
    }
    ids.push_back(item->requests.front().request_id());
  }
  return ids;
}

TEST(OpenCommands, TakesTheRequestIdThatALineNames) {
  EXPECT_THAT(RequestIds(ALine(", \"request_id\": \"r-1\"") + ALine(", \"step\": \"07\"")),
              ::testing::ElementsAre("r-1", std::string(kCase) + ":07"));
}

TEST(OpenCommands, MakesRequestIdsOfContentAndOfHowManyEqualLinesStandBefore) {
  const auto ids = RequestIds(ALine("") + ALine("") + ALine("", "slower"));

  ASSERT_EQ(ids.size(), 3U);
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_NE(ids[0], ids[2]);
  EXPECT_EQ(RequestIds(ALine("", "slower") + ALine("") + ALine("")),
            (std::vector<std::string>{ids[2], ids[0], ids[1]}));
}

TEST(OpenCommands, RefusesALineThatIsNestedTooDeepAndReadsOn) {
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  const auto results = ResultsOf(ALine(", \"expect\": " + deep) + ALine(""));

  ASSERT_EQ(results.size(), 2U);
  const auto& refusal = std::get<Refusal>(results.at(0));
  EXPECT_EQ(refusal.code, "REQUEST_MALFORMED");
  EXPECT_EQ(refusal.case_id, kCase);
  EXPECT_THAT(refusal.message, HasSubstr("nested at most 100 deep"));
  EXPECT_TRUE(std::holds_alternative<Item>(results.at(1)));
}

TEST(OpenCommands, TakesTheActorOfALine) {
  const auto results = ResultsOf(
      ALine(", \"actor\": {\"id\": \"p1\", \"role\": \"teacher\", \"setting\": \"URN:199001\"}"));

  const auto& caller = std::get<Item>(results.at(0)).caller;
  EXPECT_EQ(caller.tenant, "la-801");
  EXPECT_EQ(caller.actor, "p1");
  EXPECT_EQ(caller.setting, "URN:199001");
  sen::v1::RaiseConcern command;
  ASSERT_TRUE(std::get<Item>(results.at(0)).requests.front().command().UnpackTo(&command));
  EXPECT_EQ(command.concern().description(), "slow");
}

TEST(OpenCommands, RefusesALineWhoseActorNoMetadataCanHold) {
  const auto results =
      ResultsOf(ALine(", \"actor\": {\"id\": \"Zo\u00eb\", \"role\": \"teacher\"}") +
                ALine(", \"actor\": {\"id\": \"p\\u0007\", \"role\": \"teacher\"}"));

  ASSERT_EQ(results.size(), 2U);
  for (const LineResult& result : results) {
    EXPECT_EQ(std::get<Refusal>(result).code, "REQUEST_MALFORMED");
  }
}

TEST(OpenCommands, RefusesALineThatIsNoneAndKeepsWhatItHoldsToItself) {
  const auto results = ResultsOf("{\"case_id\": \"Amira Smith\n" +
                                 ALine(", \"colour\": \"Amira\"") + "[]\n" + ALine(""));

  ASSERT_EQ(results.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& refusal = std::get<Refusal>(results[i]);
    EXPECT_EQ(refusal.line, i + 1);
    EXPECT_EQ(refusal.code, "REQUEST_MALFORMED");
    EXPECT_THAT(refusal.message, Not(HasSubstr("Amira")));
    EXPECT_THAT(refusal.message, HasSubstr("Expected"));
  }
  EXPECT_EQ(std::get<Refusal>(results[1]).case_id, kCase);
  EXPECT_THAT(std::get<Refusal>(results[1]).message, HasSubstr("Expected one of step, date"));
  EXPECT_TRUE(std::holds_alternative<Item>(results[3]));
}

TEST(OpenCommands, RepeatsNothingOfALineWhateverIsWrongWithIt) {
  const std::string one = std::string("{\"case_id\": \"") + kCase + "\", ";
  const auto results = ResultsOf(
      one + "\"date\": \"Amira\"}\n" + one + "\"Amira\": 1, \"Amira\": 2}\n" + one +
      "\"actor\": {\"Amira\": 1}}\n" + one + "\"actor\": {\"id\": \"Amira Smith\"}}\n" + one +
      "\"command\": {\"@type\": \"Amira\"}}\n" + one +
      "\"command\": {\"@type\": \"RaiseConcern\", \"Amira\": 1}}\n" + one +
      "\"command\": {\"@type\": \"RaiseConcern\", \"concern\": {\"areas\": [\"Amira\"]}}}\n" + one +
      "\"departures\": [{\"Amira\": 1}], \"command\": {\"@type\": \"RaiseConcern\"}}\n" + one +
      "\"command\" Amira}\n" +
      "{\"case_id\": \"Amira\", \"command\": {\"@type\": \"RaiseConcern\"}}\n" +
      "{\"case_id\": \"Amira\", \"colour\": 1}\n");

  ASSERT_EQ(results.size(), 11U);
  for (const LineResult& result : results) {
    const auto& refusal = std::get<Refusal>(result);
    EXPECT_EQ(refusal.code, "REQUEST_MALFORMED");
    EXPECT_THAT(refusal.message, Not(HasSubstr("Amira"))) << refusal.line;
    EXPECT_THAT(refusal.message, ::testing::StartsWith("Expected ")) << refusal.line;
    EXPECT_THAT(refusal.case_id, Not(HasSubstr("Amira"))) << refusal.line;
  }
}

}  // namespace
}  // namespace apdr::importer
