#include "engine/domains/sen_support/policy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "apdr/sen/v1/plan.pb.h"
#include "engine/core/evolve.h"
#include "tests/unit/sen_support/case_driver.h"

namespace apdr::sen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The built-in profile under a name of one's own, with one text in place of another.
absl::StatusOr<Policy> ParseWith(const std::string& text, const std::string& by) {
  const auto original = BuiltInPolicyText("code-2015");
  EXPECT_TRUE(original.ok() && original->find(text) != std::string::npos) << text;
  const std::string changed = absl::StrReplaceAll(*original, {{text, by}});
  return ParsePolicy(absl::StrReplaceAll(changed, {{"name = \"code-2015\"", "name = \"ours\""}}),
                     "my.toml");
}

// Why it is refused.
std::string Refused(const std::string& text, const std::string& by) {
  const auto policy = ParseWith(text, by);
  EXPECT_TRUE(absl::IsInvalidArgument(policy.status())) << by << ": " << policy.status();
  return std::string(policy.status().message());
}

// Where a text stands in the built-in profile: "my.toml:12: ".
std::string LineOf(const std::string& text) {
  const auto original = BuiltInPolicyText("code-2015");
  const std::size_t at = original->find(text);
  const auto line =
      1 + std::count(original->begin(), original->begin() + static_cast<std::ptrdiff_t>(at), '\n');
  return "my.toml:" + std::to_string(line) + ": ";
}

TEST(PolicyFile, TheProductBringsTwoProfiles) {
  EXPECT_THAT(BuiltInPolicies(), ElementsAre("code-2015", "isp-draft"));
  for (const std::string& name : BuiltInPolicies()) {
    const auto policy = BuiltInPolicy(name);
    ASSERT_TRUE(policy.ok()) << policy.status();
    EXPECT_EQ(policy->Id(), name + "@1");
  }
  EXPECT_TRUE(absl::IsNotFound(BuiltInPolicy("code-2001").status()));
}

TEST(PolicyFile, Code2015SaysWhatTheCodeSays) {
  const Policy policy = Code2015();
  EXPECT_EQ(policy.days.notify_parent, 5);
  EXPECT_THAT(policy.days.review_reminder_days, ElementsAre(28, 14, 7, 1));
  EXPECT_TRUE(policy.RulesFor(v1::SETTING_TYPE_MAINTAINED_NURSERY).must_inform_parents);
  EXPECT_FALSE(policy.RulesFor(v1::SETTING_TYPE_COLLEGE).must_inform_parents);
  EXPECT_EQ(policy.RulesFor(v1::SETTING_TYPE_CHILDMINDER).review_interval_days_max, 84);
  ASSERT_NE(policy.FindNeed("DS"), nullptr);
  EXPECT_EQ(policy.FindNeed("DS")->valid_from, Date(2025, 1, 1));
  EXPECT_EQ(policy.FindNeed("BESD")->valid_to, Date(2014, 8, 31));
  EXPECT_FALSE(policy.FindNeed("NSA")->with_ehc_plan);
  EXPECT_EQ(policy.titles.plan, "SEN Support plan");
}

TEST(PolicyFile, BankHolidaysAreNoSchoolDaysWhateverTheTermsSay) {
  const Policy policy = Code2015();
  const TermCalendar& weekdays = *policy.FindCalendar("WEEKDAYS");
  EXPECT_FALSE(weekdays.IsSchoolDay(Date(2026, 12, 25)));
  EXPECT_TRUE(weekdays.IsSchoolDay(Date(2026, 12, 24)));
  EXPECT_TRUE(policy.FindCalendar("TC-2025")->IsSchoolDay(Date(2026, 12, 25)));
}

TEST(PolicyFile, ACalendarMayNameItsSettings) {
  const auto policy =
      ParseWith("name = \"WEEKDAYS\"",
                "name = \"WEEKDAYS\"\nsettings = [\"URN:199009\", \"LAESTAB:801/2000\"]");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->CalendarOfSetting("URN:199009"), "WEEKDAYS");
  EXPECT_EQ(policy->CalendarOfSetting("LAESTAB:8012000"), "WEEKDAYS");
  EXPECT_EQ(policy->CalendarOfSetting("URN:199001"), "TC-2025");
  EXPECT_EQ(policy->FindCalendar("WEEKDAYS")->Label(), "WEEKDAYS of ours@1");
}

TEST(PolicyFile, ABadValueIsNamedWithFileLineAndReason) {
  EXPECT_EQ(Refused("notify_parent = 5", "notify_parent = \"five\""),
            LineOf("notify_parent") + "days.notify_parent must be a whole number from 1 to 1100.");
  EXPECT_EQ(Refused("notify_parent = 5", "notify_parent = 0"),
            LineOf("notify_parent") + "days.notify_parent must be a whole number from 1 to 1100.");
  EXPECT_EQ(Refused("area = \"CI\"", "area = \"XX\""),
            LineOf("area = \"CI\"") + "needs.area must be CI, CL, SEMH or SP.");
  EXPECT_EQ(Refused("type = \"college\"", "type = \"prison\""),
            LineOf("type = \"college\"") +
                "setting_types.type must be a type of setting such as maintained-nursery.");
  EXPECT_EQ(Refused("from = 2003-01-01", "from = \"2003-01-01\""),
            LineOf("from = 2003-01-01") +
                "needs.from must be a date such as 2026-02-06, without quotes.");
  EXPECT_EQ(Refused("[2026-02-16, 2026-02-20]", "[2026-02-20, 2026-02-16]"),
            LineOf("[2026-02-16, 2026-02-20]") +
                "calendars.closed must be a list of [first, last] dates in ascending order.");
  EXPECT_EQ(
      Refused("review_overdue = [1, 10, 20]", "review_overdue = [10, 1]"),
      LineOf("review_overdue") + "days.review_overdue must be three numbers in ascending order.");
}

TEST(PolicyFile, AMissingOrMistypedKeyIsNamed) {
  EXPECT_THAT(Refused("notify_parent = 5\n", ""), HasSubstr("days.notify_parent is missing"));
  EXPECT_EQ(Refused("[titles]", "[titles]\nplna = \"x\""),
            "my.toml:" + std::to_string(std::stoi(LineOf("[titles]").substr(8)) + 1) +
                ": titles.plna is no key of a policy profile.");
  EXPECT_THAT(Refused("version = 1", "version = "), HasSubstr("my.toml:5: not TOML"));
}

TEST(PolicyFile, AProfileMustBeWhole) {
  EXPECT_THAT(Refused("default_calendar = \"TC-2025\"", "default_calendar = \"TC-1999\""),
              HasSubstr("default_calendar must be one of the calendars"));
  EXPECT_THAT(Refused("\"la-send-officer\",", ""),
              HasSubstr("roles must hold the workflow's la-send-officer"));
  EXPECT_THAT(Refused("code = \"OTH\"", "code = \"PD\""), HasSubstr("needs.code stands twice"));
  EXPECT_THAT(Refused("type = \"academy\"", "type = \"school\""),
              HasSubstr("setting_types.type stands twice"));
}

TEST(PolicyFile, TwoFilesHoldTheSameValuesWhateverTheirComments) {
  EXPECT_TRUE(HoldSameValues("a = 1 # one\n[b]\nc = [1, 2]", "\na = 1\n[b]\nc = [1,2]"));
  EXPECT_FALSE(HoldSameValues("a = 1", "a = 2"));
  EXPECT_FALSE(HoldSameValues("a = 1", "a = 1\nb = 2"));
  EXPECT_FALSE(HoldSameValues("a =", "a ="));
}

TEST(PolicyFile, WhatWouldSilentlyDoNothingOrHarmIsRefused) {
  const std::string weekdays = "name = \"WEEKDAYS\"";
  EXPECT_THAT(Refused(weekdays, weekdays + "\nsettings = [\"URN:99\"]"),
              HasSubstr("calendars.settings must name settings as URN:199001"));
  EXPECT_THAT(Refused(weekdays, weekdays + "\nsettings = [\"199001\"]"),
              HasSubstr("calendars.settings must name settings as URN:199001"));
  EXPECT_THAT(Refused("name = \"TC-2025\"\nbank_holidays = false",
                      "name = \"TC-2025\"\nbank_holidays = false\nsettings = [\"URN:199001\"]\n"
                      "[[calendars]]\nname = \"B\"\nsettings = [\"URN:199001\"]\n"
                      "[[calendars]]\nname = \"C\""),
              HasSubstr("calendars.settings must not name a setting of another calendar"));
  EXPECT_THAT(Refused("sencos = [\"named-person\", \"senco\"]", "sencos = []"),
              HasSubstr("setting_types.sencos must not be empty"));
  EXPECT_THAT(Refused("teachers = [\"keyworker\"]", "teachers = [\"teaching-assistant\"]"),
              HasSubstr("setting_types.teachers must name roles of the profile that may have"));
  EXPECT_THAT(Refused("review_reminders = [28, 14, 7, 1]", "review_reminders = []"),
              HasSubstr("days.review_reminders must not be empty"));
  EXPECT_THAT(Refused("review_overdue = [1, 10, 20]", "review_overdue = [1, 10]"),
              HasSubstr("must be three numbers"));
  EXPECT_THAT(Refused("retention_years = 31", "retention_years = 99"),
              HasSubstr("days.retention_years must be from 25 to 35"));
  EXPECT_THAT(Refused("subject_access_months = 1", "subject_access_months = 60"),
              HasSubstr("must be a whole number from 1 to 12"));
  EXPECT_THAT(Refused("review_date_max = 366", "review_date_max = 100"),
              HasSubstr("review_interval_max must not be more than days.review_date_max"));
  EXPECT_THAT(Refused("until = 2014-08-31", "until = 9999-08-31"),
              HasSubstr("needs.until must be a date"));
  EXPECT_THAT(Refused("name = \"code-2015\"", "name = \"code 2015@x\""),
              HasSubstr("name must be of small letters"));
}

TEST(PolicyFile, AProfileOfOnesOwnHasANameOfItsOwn) {
  const auto original = BuiltInPolicyText("code-2015");
  EXPECT_TRUE(ParsePolicy(*original, "copy.toml").ok());
  const auto changed =
      ParsePolicy(absl::StrReplaceAll(*original, {{"assess = 20", "assess = 25"}}), "my.toml");
  EXPECT_THAT(std::string(changed.status().message()),
              HasSubstr("name must be another than code-2015"));
}

TEST(PolicyFile, AnotherPolicyJudgesOtherwise) {
  CaseDriver code;
  CaseDriver draft(*BuiltInPolicy("isp-draft"));
  for (CaseDriver* driver : {&code, &draft}) BringToPlan(*driver);
  auto agree = code.Example<v1::AgreePlan>("2025-10-22");
  agree.mutable_plan()->set_review_on("2026-05-11");
  EXPECT_EQ(code.Send("2025-10-22", "senco", agree), "X REVIEW_INTERVAL_LONG");
  EXPECT_EQ(draft.Send("2025-10-22", "senco", agree), "PlanAgreed");
  EXPECT_EQ(draft.events().back().policy, "isp-draft@1");
}

// What was decided under one policy stays as it is when another comes.
TEST(PolicyFile, AnotherPolicyDoesNotChangeThePast) {
  CaseDriver code;
  BringToDo(code);
  const SenModule module(*BuiltInPolicy("isp-draft"));
  const core::Workflow workflow(module);
  core::State state = workflow.NewState();
  for (const core::Event& event : code.events()) core::Evolve(workflow, state, event);
  EXPECT_EQ(state.deadlines, code.state().deadlines);
  EXPECT_EQ(state.policy, "code-2015@1");
  EXPECT_THAT(state.deadlines, Not(IsEmpty()));
}

}  // namespace
}  // namespace apdr::sen
