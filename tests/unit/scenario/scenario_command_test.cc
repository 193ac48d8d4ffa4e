#include "services/scenario/scenario_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "nlohmann/json.hpp"

namespace apdr::scenario {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ScenarioCommand : public testing::Test {
 protected:
  std::string File(const std::string& name, const std::string& text) {
    std::string path = testing::TempDir() + name;
    std::ofstream(path) << text;
    return path;
  }

  int Run(const std::vector<std::string>& files, ReportStyle style = ReportStyle::kDifferences) {
    return RunScenarioCommand(files, {.style = style}, out_, err_);
  }

  const std::string holds_ =
      File("holds.txt", "case: It holds\n2025-09-15 TCH RaiseConcern => ConcernRaised\n");
  const std::string differs_ =
      File("differs.txt", "case: It differs\n2025-09-15 TCH RaiseConcern => X STAGE_ORDER\n");
  const std::string malformed_ = File("malformed.txt", "\n2025-09-15 TCH RaiseConcern = events\n");
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(ScenarioCommand, ExitsWithZeroWhenAllHold) {
  EXPECT_EQ(Run({holds_, holds_}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("It holds (1 checked)"));
  EXPECT_THAT(err_.str(), IsEmpty());
}

TEST_F(ScenarioCommand, ExitsWithOneWhenAStepDiffersAndShowsIt) {
  EXPECT_EQ(Run({holds_, differs_}), 1);
  EXPECT_THAT(out_.str(), HasSubstr("differs.txt:2: "));
  EXPECT_THAT(out_.str(), HasSubstr("expected: X STAGE_ORDER"));
  EXPECT_THAT(out_.str(), HasSubstr("got:      ConcernRaised"));
}

TEST_F(ScenarioCommand, ExitsWithTwoWhenAFileIsMalformedAndNamesTheLine) {
  EXPECT_EQ(Run({differs_, malformed_, holds_}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("malformed.txt:2: Expected"));
  EXPECT_THAT(out_.str(), HasSubstr("It holds"));
}

TEST_F(ScenarioCommand, ExitsWithTwoWhenAFileCannotBeRead) {
  EXPECT_EQ(Run({testing::TempDir() + "absent.txt"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("the file cannot be read"));
}

TEST_F(ScenarioCommand, ExitsWithTwoWhenNoFileIsNamed) {
  EXPECT_EQ(Run({}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("Expected at least one case script"));
}

TEST_F(ScenarioCommand, ShowsEveryStepWhenVerbose) {
  EXPECT_EQ(Run({holds_}, ReportStyle::kVerbose), 0);
  EXPECT_THAT(out_.str(), HasSubstr("=> ConcernRaised"));
}

TEST_F(ScenarioCommand, PrintsJsonForPrograms) {
  EXPECT_EQ(Run({holds_, differs_}, ReportStyle::kJson), 1);
  const auto json = nlohmann::json::parse(out_.str());
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["ok"], true);
  EXPECT_EQ(json[1]["ok"], false);
  EXPECT_EQ(json[1]["title"], "It differs");
  EXPECT_EQ(json[1]["steps"][0]["line"], 2);
  EXPECT_EQ(json[1]["steps"][0]["expected"], "X STAGE_ORDER");
  EXPECT_THAT(json[1]["steps"][0]["got"].get<std::string>(), HasSubstr("ConcernRaised"));
}

}  // namespace
}  // namespace apdr::scenario
