#include "services/client/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "apdr/sen/v1/before_support.pb.h"

namespace apdr::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kCase[] = "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f";

Identity ACaller() {
  return {.tenant = "la-801", .actor = "cli", .role = "senco", .setting = "", .on_behalf_of = ""};
}

absl::StatusOr<Script> Parse(const std::string& text) {
  return ParseScript(text, "a.json", ACaller());
}

// A script whose only step, on its line 3, has these members.
std::string WithStep(const std::string& members) {
  return std::string("{\"case_id\": \"") + kCase + "\", \"steps\": [\n\n{" + members + "}]}";
}

std::string MistakeIn(const std::string& text) {
  const auto script = Parse(text);
  EXPECT_EQ(script.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(script.status().message());
}

TEST(ParseScript, ReadsAStepWithItsCommandAndCaller) {
  const auto script = Parse(WithStep(R"("step": "07", "date": "2025-09-15",
      "actor": {"id": "p1", "role": "teacher", "setting": "URN:199001"},
      "command": {"@type": "RaiseConcern", "concern": {"description": "slow", "areas": ["AREA_COGNITION_AND_LEARNING"]}},
      "expect": {"events": ["ConcernRaised"], "timers": []})"));

  ASSERT_TRUE(script.ok()) << script.status();
  ASSERT_EQ(script->steps.size(), 1U);
  const ScriptStep& step = script->steps.front();
  EXPECT_EQ(step.label, "07");
  EXPECT_EQ(step.place, "a.json:3");
  EXPECT_EQ(step.caller.tenant, "la-801");
  EXPECT_EQ(step.caller.actor, "p1");
  EXPECT_EQ(step.caller.role, "teacher");
  EXPECT_EQ(step.caller.setting, "URN:199001");
  ASSERT_EQ(step.requests.size(), 1U);
  const auto& request = step.requests.front();
  EXPECT_EQ(request.request_id(), std::string(kCase) + ":07");
  EXPECT_EQ(request.case_id(), kCase);
  EXPECT_EQ(request.occurred_on(), "2025-09-15");
  sen::v1::RaiseConcern command;
  ASSERT_TRUE(request.command().UnpackTo(&command));
  EXPECT_EQ(command.concern().description(), "slow");
  EXPECT_EQ(command.concern().areas(0), sen::v1::AREA_COGNITION_AND_LEARNING);
  EXPECT_THAT(*step.expect.events, ElementsAre("ConcernRaised"));
  EXPECT_TRUE(step.expect.timers->empty());
  EXPECT_FALSE(step.expect.warnings.has_value());
}

TEST(ParseScript, NumbersTheCommandsOfOneStep) {
  const auto script = Parse(WithStep(
      R"("commands": [{"@type": "RaiseConcern"}, {"@type": "apdr.sen.v1.AdaptTeaching"}])"));

  ASSERT_TRUE(script.ok()) << script.status();
  ASSERT_EQ(script->steps.front().requests.size(), 2U);
  EXPECT_EQ(script->steps.front().requests[0].request_id(), std::string(kCase) + ":01.1");
  EXPECT_EQ(script->steps.front().requests[1].request_id(), std::string(kCase) + ":01.2");
  EXPECT_EQ(script->steps.front().requests[1].command().type_url(),
            "type.googleapis.com/apdr.sen.v1.AdaptTeaching");
}

TEST(ParseScript, TakesAnArrayOfStepsThatNameTheirCase) {
  const auto script = Parse(std::string("[{\"case_id\": \"") + kCase +
                            "\", \"command\": {\"@type\": \"RaiseConcern\"}}]");

  ASSERT_TRUE(script.ok()) << script.status();
  EXPECT_EQ(script->steps.front().requests.front().case_id(), kCase);
  EXPECT_EQ(script->steps.front().caller.actor, "cli");
}

TEST(ParseScript, TakesTheDefaultActorWhereAStepNamesNone) {
  const auto script = Parse(std::string("{\"case_id\": \"") + kCase +
                            "\", \"defaults\": {\"actor\": {\"id\": \"p9\", \"role\": \"head\"}},"
                            "\"steps\": [{\"date\": \"2026-01-09\"}]}");

  ASSERT_TRUE(script.ok()) << script.status();
  EXPECT_EQ(script->steps.front().caller.actor, "p9");
  EXPECT_TRUE(script->steps.front().requests.empty());
}

TEST(ParseScript, ReadsDeparturesAndExpectedVersion) {
  const auto script =
      Parse(WithStep(R"("command": {"@type": "StartSenSupport"}, "expected_version": 4,
      "departures": [{"rule_code": "PRE_SUPPORT_MISSING", "reason": "needs disclosed at enrolment"}])"));

  ASSERT_TRUE(script.ok()) << script.status();
  const auto& request = script->steps.front().requests.front();
  EXPECT_EQ(request.expected_version(), 4U);
  ASSERT_EQ(request.departures_size(), 1);
  EXPECT_EQ(request.departures(0).rule_code(), "PRE_SUPPORT_MISSING");
}

TEST(ParseScript, NamesTheLineOfEveryMistake) {
  for (const char* step : {
           R"("comand": {"@type": "RaiseConcern"})",
           R"("date": "15.09.2025", "command": {"@type": "RaiseConcern"})",
           R"("date": 20250915)",
           R"("command": {"concern": {}})",
           R"("command": "RaiseConcern")",
           R"("command": {"@type": "RaiseConcerns"})",
           R"("command": {"@type": "RaiseConcern"}, "commands": [{"@type": "RaiseConcern"}])",
           R"("commands": [])",
           R"("actor": {"name": "x"}, "command": {"@type": "RaiseConcern"})",
           R"("actor": "p1", "command": {"@type": "RaiseConcern"})",
           R"("command": {"@type": "RaiseConcern"}, "expected_version": -1)",
           R"("command": {"@type": "RaiseConcern"}, "expect_new": 1)",
           R"("command": {"@type": "RaiseConcern"}, "departures": {})",
           R"("command": {"@type": "RaiseConcern"}, "expect": {"events": "ConcernRaised"})",
           R"("command": {"@type": "RaiseConcern"}, "expect": {"event": []})",
           R"("note": "neither command nor date")",
       }) {
    EXPECT_THAT(MistakeIn(WithStep(step)), StartsWith("a.json:3: Expected")) << step;
  }
}

// gRPC ends the process over metadata that holds such characters.
TEST(ParseScript, RefusesAnActorThatNoMetadataCanHold) {
  for (const char* actor :
       {R"("id": "Zo\u00eb", "role": "teacher")", R"("id": "p1", "role": "head\nteacher")",
        R"("id": "p1", "role": "teacher", "setting": "North End")",
        R"("id": "p1", "role": "teacher", "on_behalf_of": "a/b")"}) {
    const std::string mistake = MistakeIn(WithStep(
        std::string("\"actor\": {") + actor + "}, \"command\": {\"@type\": \"RaiseConcern\"}"));
    EXPECT_THAT(mistake, StartsWith("a.json:3: Expected the caller's ")) << actor;
    EXPECT_THAT(mistake, HasSubstr("1 to 64 of A-Z a-z 0-9 . _ : -"));
  }
}

TEST(ParseScript, NamesTheLineOfAMistakeInsideACommand) {
  EXPECT_THAT(
      MistakeIn(WithStep(
          "\"command\": {\"@type\": \"RaiseConcern\",\n\"concern\": {\n\"colour\": \"red\"}}")),
      StartsWith("a.json:5: Expected the fields of apdr.sen.v1.RaiseConcern"));
  EXPECT_THAT(
      MistakeIn(WithStep(
          "\"command\": {\"@type\": \"RaiseConcern\",\n\"concern\": {\n\"areas\": [\"RED\"]}}")),
      StartsWith("a.json:5: Expected the fields of apdr.sen.v1.RaiseConcern"));
}

TEST(ParseScript, WantsStepsAndACase) {
  EXPECT_THAT(MistakeIn("{}"), HasSubstr("Expected a list of steps"));
  EXPECT_THAT(MistakeIn("[]"), HasSubstr("Expected a list of steps"));
  EXPECT_THAT(MistakeIn("7"), HasSubstr("Expected a list of steps"));
  EXPECT_THAT(MistakeIn("[{\"command\": {\"@type\": \"RaiseConcern\"}}]"),
              HasSubstr("Expected to know the case"));
}

TEST(ParseCommand, TakesExactlyOneCommand) {
  const auto one = ParseCommand(
      std::string("{\"case_id\": \"") + kCase + "\", \"command\": {\"@type\": \"RaiseConcern\"}}",
      "-", ACaller());
  EXPECT_TRUE(one.ok()) << one.status();
  const auto none = ParseCommand(R"({"date": "2025-09-15"})", "-", ACaller());
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("Expected one command"));
}

}  // namespace
}  // namespace apdr::client
