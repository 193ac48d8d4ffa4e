// Every rule has a case script that breaks it, and one that departs from it where it may; every
// event has one in which it happens.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "engine/core/render.h"
#include "engine/domains/sen_support/sen_module.h"

namespace apdr::sen {
namespace {

std::string AllScripts() {
  std::ostringstream text;
  for (const auto& entry : std::filesystem::directory_iterator("tests/scenario/sen_support")) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream file(entry.path());
    text << file.rdbuf() << "\n";
  }
  return text.str();
}

bool Says(const std::string& text, const std::string& pattern) {
  return std::regex_search(text, std::regex(pattern));
}

TEST(Coverage, EveryRuleIsBrokenBySomeScript) {
  const std::string scripts = AllScripts();
  const SenModule module(Code2015());
  for (const core::Rule& rule : module.definition().rules) {
    EXPECT_TRUE(Says(scripts, "(X |warnings=\\[?)[A-Z_, ]*\\b" + rule.code + "\\b")) << rule.code;
  }
}

TEST(Coverage, EveryShouldIsDepartedFromInSomeScript) {
  const std::string scripts = AllScripts();
  const SenModule module(Code2015());
  for (const core::Rule& rule : module.definition().rules) {
    if (rule.strength != core::Strength::kShould) continue;
    EXPECT_TRUE(Says(scripts, "departures=[A-Z_,]*\\b" + rule.code + "\\b")) << rule.code;
  }
}

TEST(Coverage, EveryEventHappensInSomeScript) {
  const std::string scripts = AllScripts();
  const SenModule module(Code2015());
  for (const std::string& event : module.definition().events) {
    const std::string name = core::ShortName(event);
    EXPECT_TRUE(Says(scripts, "\\b" + name + "\\b")) << name;
  }
}

// docs/coverage.md: | S1 | what is said | `Event`, `Event` | script |
TEST(Coverage, ThePageNamesScriptsInWhichTheEventsHappen) {
  std::ifstream page("docs/coverage.md");
  ASSERT_TRUE(page.is_open());
  static const std::regex kRow(R"(\| S\d+ \| [^|]+ \| ([^|]+) \| (\w+) \|)");
  static const std::regex kEvent("`(\\w+)`");
  int rows = 0;
  for (std::string line; std::getline(page, line);) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    ++rows;
    std::ifstream file("tests/scenario/sen_support/" + row[2].str() + ".txt");
    EXPECT_TRUE(file.is_open()) << line;
    std::ostringstream script;
    script << file.rdbuf();
    const std::string events = row[1];
    for (std::sregex_iterator event(events.begin(), events.end(), kEvent), end; event != end;
         ++event) {
      EXPECT_TRUE(Says(script.str(), "\\b" + (*event)[1].str() + "\\b")) << line;
    }
  }
  EXPECT_GT(rows, 20);
}

}  // namespace
}  // namespace apdr::sen
