#include "engine/base/date.h"

#include <gtest/gtest.h>

namespace apdr {
namespace {

absl::TimeZone London() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
  return zone;
}

TEST(ParseDate, ReadsWhatFormatDateWrites) {
  for (Date date(1900, 1, 1); date < Date(2200, 1, 1); date += 1) {
    ASSERT_EQ(ParseDate(FormatDate(date)), date) << absl::FormatCivilTime(date);
  }
}

TEST(ParseDate, RefusesEveryOtherText) {
  for (const char* text :
       {"", "2026-2-6", "2026-02-6x", "2026/02/06", "2026-02-30", "2025-02-29", "2026-13-01",
        "2026-00-10", "2026-01-00", "1899-12-31", "2200-01-01", "2026-02-06 ", "+026-02-06"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(FormatDate, WritesIso8601) {
  EXPECT_EQ(FormatDate(Date(2026, 2, 6)), "2026-02-06");
  EXPECT_EQ(FormatDate(Date(1, 1, 1)), "0001-01-01");
  EXPECT_EQ(FormatDate(Date(12345, 1, 1)), "12345-01-01");
  EXPECT_EQ(FormatDate(Date(-1, 1, 1)), "-1-01-01");
}

TEST(DateOf, IsTheLocalDate) {
  const absl::Time late =
      absl::FromCivil(absl::CivilMinute(2026, 7, 1, 23, 30), absl::UTCTimeZone());
  EXPECT_EQ(DateOf(late, London()), Date(2026, 7, 2));
  EXPECT_EQ(DateOf(late, absl::UTCTimeZone()), Date(2026, 7, 1));
}

TEST(AddMonths, EndsAtTheEndOfAShorterMonth) {
  EXPECT_EQ(AddMonths(Date(2026, 1, 15), 1), Date(2026, 2, 15));
  EXPECT_EQ(AddMonths(Date(2026, 1, 31), 1), Date(2026, 2, 28));
  EXPECT_EQ(AddMonths(Date(2028, 1, 31), 1), Date(2028, 2, 29));
  EXPECT_EQ(AddMonths(Date(2025, 12, 31), 2), Date(2026, 2, 28));
}

TEST(HourOf, FollowsTheClocksOfThePlace) {
  EXPECT_EQ(FormatInstant(HourOf(Date(2026, 3, 28), 6, London())), "2026-03-28T06:00:00Z");
  EXPECT_EQ(FormatInstant(HourOf(Date(2026, 3, 29), 6, London())), "2026-03-29T05:00:00Z");
}

TEST(FormatInstant, WritesAsManyDigitsAsNeeded) {
  EXPECT_EQ(FormatInstant(absl::FromUnixMicros(1772452800000000)), "2026-03-02T12:00:00Z");
  EXPECT_EQ(FormatInstant(absl::FromUnixMicros(1772452800123456)), "2026-03-02T12:00:00.123456Z");
}

}  // namespace
}  // namespace apdr
