#include "engine/domains/sen_support/calendar.h"

#include <gtest/gtest.h>

#include "engine/domains/sen_support/policy.h"
#include "engine/domains/sen_support/registration/identifiers.h"
#include "engine/domains/sen_support/sen_terms.h"

// Calendars, ages and identifiers: values with published or worked examples.
namespace apdr::sen {
namespace {

TEST(TermCalendar, SkipsHalfTermSummerAndWeekends) {
  const TermCalendar calendar = *Code2015().FindCalendar("TC-2025");
  EXPECT_EQ(calendar.AddSchoolDays(Date(2026, 2, 13), 5), Date(2026, 2, 27));
  EXPECT_EQ(calendar.AddSchoolDays(Date(2026, 7, 21), 20), Date(2026, 9, 28));
  EXPECT_EQ(calendar.AddSchoolDays(Date(2026, 2, 6), 1), Date(2026, 2, 9));
  EXPECT_EQ(calendar.AddSchoolDays(Date(2026, 5, 1), 1), Date(2026, 5, 5));
}

TEST(TermCalendar, RollsBackToTheLastSchoolDay) {
  const TermCalendar calendar = *Code2015().FindCalendar("TC-2025");
  EXPECT_EQ(calendar.LastSchoolDayBy(Date(2026, 1, 2)), Date(2025, 12, 19));
  EXPECT_EQ(calendar.LastSchoolDayBy(Date(2026, 5, 29)), Date(2026, 5, 22));
  EXPECT_EQ(calendar.LastSchoolDayBy(Date(2026, 5, 22)), Date(2026, 5, 22));
}

TEST(TermCalendar, CountsWeekdaysWhereItKnowsNothing) {
  const TermCalendar calendar = *Code2015().FindCalendar("TC-2025");
  EXPECT_TRUE(calendar.IsSchoolDay(Date(2025, 8, 29)));
  EXPECT_FALSE(calendar.IsSchoolDay(Date(2025, 8, 30)));
  EXPECT_EQ(calendar.AddSchoolDays(Date(2026, 12, 18), 1), Date(2026, 12, 21));
  EXPECT_EQ(TermCalendar("none", {}, {}).AddSchoolDays(Date(2026, 1, 2), 1), Date(2026, 1, 5));
}

TEST(CompulsorySchoolAge, EndsOnTheLastFridayOfJuneOfTheSchoolYearOfTheSixteenthBirthday) {
  EXPECT_EQ(CompulsorySchoolAgeEnds(Date(2010, 2, 28)), Date(2026, 6, 26));
  EXPECT_EQ(CompulsorySchoolAgeEnds(Date(2008, 12, 5)), Date(2025, 6, 27));
  EXPECT_EQ(CompulsorySchoolAgeEnds(Date(2009, 8, 31)), Date(2025, 6, 27));
  EXPECT_EQ(CompulsorySchoolAgeEnds(Date(2009, 9, 1)), Date(2026, 6, 26));
  EXPECT_FALSE(IsYoungPerson("2010-02-28", Date(2026, 6, 26)));
  EXPECT_TRUE(IsYoungPerson("2010-02-28", Date(2026, 6, 27)));
  EXPECT_FALSE(IsYoungPerson("unreadable", Date(2026, 6, 27)));
}

TEST(Age, CountsWholeYears) {
  EXPECT_EQ(AgeOn(Date(2017, 11, 3), Date(2025, 11, 2)), 7);
  EXPECT_EQ(AgeOn(Date(2017, 11, 3), Date(2025, 11, 3)), 8);
  EXPECT_LT(AgeOn(Date(2017, 11, 3), Date(2017, 11, 2)), 0);
}

TEST(Upn, AcceptsThePublishedExamples) {
  for (const char* upn : {"H801200001001", "B801200005001", "P207000016049"}) {
    EXPECT_EQ(FormOfUpn(upn), UpnForm::kPermanent) << upn;
    EXPECT_TRUE(UpnCheckLetterHolds(upn)) << upn;
  }
  for (const char* upn : {"G80120000101A", "X00180001701A"}) {
    EXPECT_EQ(FormOfUpn(upn), UpnForm::kTemporary) << upn;
    EXPECT_TRUE(UpnCheckLetterHolds(upn)) << upn;
  }
  EXPECT_EQ(NormalisedIdentifier("g80120000101a "), "G80120000101A");
}

TEST(Upn, RefusesAWrongCheckLetter) {
  for (const char* upn : {"Q207000016049", "Z801200001001", "A801200005001"}) {
    EXPECT_NE(FormOfUpn(upn), UpnForm::kNone) << upn;
    EXPECT_FALSE(UpnCheckLetterHolds(upn)) << upn;
  }
}

TEST(Upn, RefusesAWrongForm) {
  for (const char* upn : {"X80120000A001", "S801200001001", "G80120000101S", "H80120000100", "",
                          "H8012000010011", "8801200001001"}) {
    EXPECT_EQ(FormOfUpn(upn), UpnForm::kNone) << upn;
  }
}

TEST(Upn, NamesTheAuthorityThatFirstGaveIt) {
  const Policy policy = Code2015();
  EXPECT_TRUE(UpnCheckLetterHolds("R900400001001"));
  EXPECT_FALSE(policy.KnowsAuthority(AuthorityOfUpn("R900400001001")));
  for (const int code : {1, 201, 838, 839, 896, 940, 943}) EXPECT_TRUE(policy.KnowsAuthority(code));
  for (const int code : {0, 6, 214, 817, 900, 944}) EXPECT_FALSE(policy.KnowsAuthority(code));
}

TEST(Uln, ChecksItsLastDigit) {
  for (const char* uln : {"9276308686", "1000000000", "9900000012", "9900000020", "9900000039"}) {
    EXPECT_TRUE(IsUln(uln)) << uln;
  }
  for (const char* uln :
       {"9276308687", "0276308686", "9876543210", "9999999999", "927630868", "92763086860", ""}) {
    EXPECT_FALSE(IsUln(uln)) << uln;
  }
}

TEST(IsIdOf, TakesASettingHoweverItsIdIsWritten) {
  const auto setting = [](v1::SettingScheme scheme, const char* value) {
    v1::Setting named;
    named.set_scheme(scheme);
    named.set_value(value);
    return named;
  };
  const v1::Setting school = setting(v1::SETTING_SCHEME_URN, "199001");
  EXPECT_TRUE(IsIdOf("URN:199001", school));
  EXPECT_FALSE(IsIdOf("URN:199002", school));
  EXPECT_FALSE(IsIdOf("UKPRN:199001", school));
  EXPECT_FALSE(IsIdOf("URN:", school));
  EXPECT_FALSE(IsIdOf("", school));
  for (const char* value : {"801/2000", "8012000"}) {
    const v1::Setting nursery = setting(v1::SETTING_SCHEME_LAESTAB, value);
    EXPECT_TRUE(IsIdOf("LAESTAB:801/2000", nursery)) << value;
    EXPECT_TRUE(IsIdOf("LAESTAB:8012000", nursery)) << value;
    EXPECT_FALSE(IsIdOf("LAESTAB:8012001", nursery)) << value;
  }
  EXPECT_FALSE(IsIdOf("URN:", setting(v1::SETTING_SCHEME_URN, "")));
}

TEST(SettingId, IsWrittenAsItsSchemeSays) {
  EXPECT_TRUE(IsSettingId(v1::SETTING_SCHEME_URN, "199001"));
  EXPECT_FALSE(IsSettingId(v1::SETTING_SCHEME_URN, "099001"));
  EXPECT_FALSE(IsSettingId(v1::SETTING_SCHEME_URN, "1990011"));
  EXPECT_TRUE(IsSettingId(v1::SETTING_SCHEME_EY, "EY123456"));
  EXPECT_TRUE(IsSettingId(v1::SETTING_SCHEME_EY, "2500001"));
  EXPECT_FALSE(IsSettingId(v1::SETTING_SCHEME_EY, "EY12345"));
  EXPECT_TRUE(IsSettingId(v1::SETTING_SCHEME_UKPRN, "10099999"));
  EXPECT_FALSE(IsSettingId(v1::SETTING_SCHEME_UKPRN, "20099999"));
  EXPECT_TRUE(IsSettingId(v1::SETTING_SCHEME_LAESTAB, "8012000"));
  EXPECT_FALSE(IsSettingId(v1::SETTING_SCHEME_LAESTAB, "801200"));
  EXPECT_TRUE(IsSettingId(v1::SETTING_SCHEME_LOCAL, "forest-school"));
  EXPECT_FALSE(IsSettingId(v1::SETTING_SCHEME_UNSPECIFIED, "199001"));
}

}  // namespace
}  // namespace apdr::sen
