#include "services/document/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::document {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

Page APage() { return {.layout = {}, .title = "SEN Support plan", .subject = "Amira Rahman"}; }

TEST(ToHtml, IsOneFileThatNeedsNothingElse) {
  const std::string html = ToHtml(APage(), {});
  EXPECT_THAT(html, HasSubstr("<html lang=\"en-GB\">"));
  EXPECT_THAT(html, HasSubstr("<title>SEN Support plan: Amira Rahman</title>"));
  EXPECT_THAT(html, HasSubstr("@page"));
  EXPECT_THAT(html, HasSubstr("</html>"));
  for (const char* outside : {"<script", "<link", "<img", "http:", "https:", "url("}) {
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  }
}

TEST(ToHtml, LeavesOutWhatIsEmpty) {
  Page page = APage();
  page.Add({.heading = "Nothing"});
  page.AddGroup({.heading = "A group of nothing"}, {{.level = 3, .heading = "Nothing"}});
  const std::string html = ToHtml(page, {});
  for (const char* part : {"<dl>", "<ul>", "<table>", "<nav", "<h2>", "<section"}) {
    EXPECT_THAT(html, Not(HasSubstr(part)));
  }
}

TEST(ToHtml, GivesATableItsHeads) {
  Page page = APage();
  Section section{.heading = "Support"};
  section.table = {.caption = "What is given",
                   .columns = {"What", "By"},
                   .rows = {TextRow({"Reading", "teacher"})}};
  page.Add(std::move(section));
  const std::string html = ToHtml(page, {});
  EXPECT_THAT(html, HasSubstr("<caption>What is given</caption>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\">What</th>"));
  EXPECT_THAT(html,
              ContainsRegex("<th scope=\"row\">\\s*<div class=\"text\">Reading</div>\\s*</th>"));
  EXPECT_THAT(html, ContainsRegex("<td>\\s*<div class=\"text\">teacher</div>\\s*</td>"));
}

// A name that an inner part does not have would be looked up in the outer ones.
TEST(ToHtml, TakesNothingFromTheOutside) {
  Page page = APage();
  page.notes = {"Some items are not included."};
  page.about = {{.name = "Cycle", .value = "1"}};
  Section section{.heading = "Support"};
  section.table = {.caption = "Text", .columns = {"A"}, .rows = {TextRow({"cell"})}};
  page.Add(std::move(section));
  const std::string html = ToHtml(page, {});
  const std::string main = html.substr(html.find("<main>"));
  EXPECT_THAT(main, Not(HasSubstr("Some items")));
  EXPECT_THAT(main, Not(HasSubstr("Cycle")));
}

TEST(ToHtml, PrintsNoNumberThatMayNotBePrinted) {
  Page page = APage();
  page.Add({.heading = "Notes", .paragraphs = {"Her number is U801299922001, they say."}});
  EXPECT_THAT(ToHtml(page, {"U801299922001"}),
              HasSubstr("Her number is (number not printed), they say."));
}

}  // namespace
}  // namespace apdr::document
