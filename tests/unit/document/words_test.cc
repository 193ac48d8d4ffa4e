#include "services/document/words.h"

#include <gtest/gtest.h>

#include <cctype>

#include "apdr/sen/v1/review.pb.h"
#include "engine/domains/sen_support/policy.h"

namespace apdr::document {
namespace {

TEST(DateInWords, WritesTheMonthOut) {
  EXPECT_EQ(DateInWords("2026-02-06"), "6 February 2026");
  EXPECT_EQ(DateInWords("2025-12-31"), "31 December 2025");
  EXPECT_EQ(DateInWords("soon"), "soon");
  EXPECT_EQ(DateInWords(""), "");
}

TEST(InWords, SaysWhatAnEnumMeans) {
  EXPECT_EQ(InWords(sen::v1::OUTCOME_STATUS_BEING_ACHIEVED), "being achieved");
  EXPECT_EQ(InWords(sen::v1::AREA_SOCIAL_EMOTIONAL_MENTAL_HEALTH),
            "social, emotional and mental health");
  EXPECT_EQ(InWords(sen::v1::VIEW_METHOD_UNSPECIFIED), "");
}

TEST(EventInWords, SpeaksPlainly) {
  EXPECT_EQ(EventInWords("apdr.sen.v1.PlanAgreed"), "Plan agreed");
  EXPECT_EQ(EventInWords("type.googleapis.com/apdr.sen.v1.EhcAssessmentRequested"),
            "EHC needs assessment asked for");
}

TEST(Codes, OfThePolicyHaveWordsAndOthersStayAsTheyAre) {
  EXPECT_EQ(NeedInWords("SPLD"), "Specific learning difficulty");
  EXPECT_EQ(NeedInWords("XYZ"), "XYZ");
  EXPECT_EQ(RoleInWords("la-send-officer"), "SEND officer of the local authority");
  EXPECT_EQ(RoleInWords("teaching-assistant"), "teaching assistant");
  EXPECT_EQ(YearInWords("3"), "Year 3");
  EXPECT_EQ(YearInWords("R"), "Reception");
  for (const std::string& discipline : sen::Code2015().disciplines) {
    const std::string words = DisciplineInWords(discipline);
    EXPECT_GE(words.size(), 5U) << discipline;
    EXPECT_EQ(words.front(), std::tolower(words.front())) << discipline;
  }
}

TEST(MeasureInWords, ReadsAsASentenceWould) {
  sen::v1::Measure measure;
  EXPECT_EQ(MeasureInWords(measure), "");
  measure.set_value("42");
  measure.set_unit("words a minute");
  measure.set_on("2025-11-03");
  EXPECT_EQ(MeasureInWords(measure), "42 words a minute, 3 November 2025");
}

TEST(FrequencyInWords, LeavesOutWhatIsNotSaid) {
  sen::v1::Frequency frequency;
  EXPECT_EQ(FrequencyInWords(frequency), "");
  frequency.set_times_per_week(1);
  frequency.set_weeks(12);
  EXPECT_EQ(FrequencyInWords(frequency), "1 time a week, for 12 weeks");
}

}  // namespace
}  // namespace apdr::document
