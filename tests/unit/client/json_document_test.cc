#include "services/client/json_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::client {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string MessageOf(std::string_view text) {
  return std::string(JsonDocument::Parse(text, "a.json").status().message());
}

TEST(JsonDocument, KnowsTheLineOfEveryKeyObjectAndArray) {
  const auto document = JsonDocument::Parse(
      "{\n  \"a\": 1,\n  \"list\": [\n    {\"x\": 1},\n    {\n      \"y\": [2,\n 3]}\n  ]\n}\n",
      "a.json");

  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->Place(""), "a.json:1");
  EXPECT_EQ(document->Place("/a"), "a.json:2");
  EXPECT_EQ(document->Place("/list"), "a.json:3");
  EXPECT_EQ(document->Place("/list/0"), "a.json:4");
  EXPECT_EQ(document->Place("/list/0/x"), "a.json:4");
  EXPECT_EQ(document->Place("/list/1"), "a.json:5");
  EXPECT_EQ(document->Place("/list/1/y"), "a.json:6");
}

TEST(JsonDocument, PlacesWhatIsMissingAtWhatShouldHoldIt) {
  const auto document = JsonDocument::Parse("{\n\"list\": [\n{}]}", "a.json");

  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->Place("/list/0/date"), "a.json:3");
  EXPECT_EQ(document->Place("/nothing/at/all"), "a.json:1");
}

TEST(JsonDocument, NamesTheLineOfWhatIsNotJson) {
  EXPECT_THAT(MessageOf("{\n\"a\": 1,\n\"b\" 2\n}\n"), StartsWith("a.json:3: Expected JSON"));
  EXPECT_THAT(MessageOf("{\n\"a\": [1, 2\n"), HasSubstr("Expected JSON"));
  EXPECT_THAT(MessageOf(""), StartsWith("a.json:1: Expected JSON"));
}

TEST(JsonDocument, NamesTheLineOfTextThatIsNotUtf8) {
  EXPECT_THAT(MessageOf("{\n\"a\": \"\xff\"}"), StartsWith("a.json:2: Expected JSON"));
}

TEST(JsonDocument, RefusesWhatIsNestedTooDeep) {
  const auto nested = [](std::size_t depth) {
    return "{\n\"a\": " + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_EQ(MessageOf(nested(JsonDocument::kDepthMax)), "");
  for (const std::size_t depth : {JsonDocument::kDepthMax + 1, std::size_t{500000}}) {
    EXPECT_EQ(MessageOf(nested(depth)),
              "a.json:2: Expected objects and lists nested at most 100 deep, but they are deeper.");
  }
}

// A place takes no more memory than its own name does.
TEST(JsonDocument, TakesManyKeysBelowALongOne) {
  const std::string name(200000, 'n');
  std::string text = "{\"" + name + "\": {\"first\": 1";
  for (int i = 0; i < 100000; ++i) text += ",\n\"" + std::to_string(i) + "\": 1";
  const auto document = JsonDocument::Parse(text + "}}", "a.json");

  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->Place("/" + name + "/9999"), "a.json:10001");
}

TEST(JsonDocument, RefusesAKeyGivenTwice) {
  EXPECT_THAT(MessageOf("{\"a\": {\n\"b\": 1,\n\"b\": 2}}"),
              StartsWith("a.json:3: Expected every key once, but \"b\" is given twice."));
}

}  // namespace
}  // namespace apdr::client
