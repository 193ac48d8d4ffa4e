// The pages of the reference say what is declared.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/codec/events_reference.h"
#include "engine/core/reference.h"
#include "engine/domains/sen_support/sen_module.h"

namespace apdr::sen {
namespace {

std::string Page(const std::string& name) {
  std::ifstream file("docs/" + name + ".md");
  EXPECT_TRUE(file.is_open()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(References, AreNotStale) {
  const SenModule module(Code2015());
  const core::Definition& definition = module.definition();
  const std::string again = ": run apdr workflow reference again";

  EXPECT_EQ(Page("events"), codec::EventsReference(definition)) << "events" << again;
  EXPECT_EQ(Page("rules"), core::RulesReference(definition)) << "rules" << again;
  EXPECT_EQ(Page("timers"), core::TimersReference(definition)) << "timers" << again;
  EXPECT_EQ(Page("stages"), core::StagesReference(definition)) << "stages" << again;
}

}  // namespace
}  // namespace apdr::sen
