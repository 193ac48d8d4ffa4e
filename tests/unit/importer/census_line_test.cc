#include "services/importer/sen_support/census_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::importer {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Cells = std::vector<std::string>;

const Cells kRequired = {"UPN",       "Surname", "Forename", "DOB",         "NCyearActual",
                         "EntryDate", "HomeLA",  "URN",      "SettingType", "SENprovision"};

Cells With(const std::string& name) {
  Cells names = kRequired;
  names.push_back(name);
  return names;
}

std::string MistakeIn(const Cells& names, const CensusColumns& columns = {}) {
  const auto header = CensusHeader::Read(names, columns);
  EXPECT_EQ(header.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(header.status().message());
}

TEST(CensusHeader, PutsCellsWhereTheirColumnsSay) {
  const auto header =
      CensusHeader::Read({"Surname", "UPN", "Forename", "DOB", "NCyearActual", "EntryDate",
                          "HomeLA", "URN", "SettingType", "SENprovision"},
                         {});
  ASSERT_TRUE(header.ok()) << header.status();

  const auto line = header->Line({" Smith ", "Z801299922099", "Sam", "2017-11-03", "3",
                                  "2024-09-03", "801", "199001", "school", "N"});

  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->surname, "Smith");
  EXPECT_EQ(line->upn, "Z801299922099");
  EXPECT_EQ(line->provision, "N");
  EXPECT_EQ(line->senco, "");
}

TEST(CensusHeader, NamesEverythingThatIsWrongWithTheColumns) {
  Cells names = With("Ethnicity");
  names.emplace_back("UPN");
  std::erase(names, "DOB");
  std::erase(names, "URN");
  const std::string mistake = MistakeIn(names, {.set = {{"HomeLA", "801"}}, .ignored = {}});

  EXPECT_THAT(mistake, AllOf(HasSubstr("unknown, by their places from 1 on: 9;"),
                             HasSubstr("there twice: UPN"), HasSubstr("both there and set: HomeLA"),
                             HasSubstr("missing: DOB, URN or LAEstab")));
}

TEST(CensusHeader, SaysWhatACensusThatNamesNoChildLacks) {
  EXPECT_THAT(MistakeIn({"UPN", "URN", "LAEstab", "SENprovision"}),
              HasSubstr("missing: Surname, Forename, DOB, NCyearActual"));
}

TEST(CensusHeader, RepeatsNothingOfAFirstLineThatIsAChild) {
  const Cells child = {"Z801299922099", "Smith", "Sam",    "2017-11-03", "3",
                       "2024-09-03",    "801",   "199001", "school",     "N"};
  const std::string mistake = MistakeIn(child);
  EXPECT_THAT(mistake, HasSubstr("names no column of a census"));
  // Nor where something in it happens to be a column's name.
  Cells named_like_a_column = child;
  named_like_a_column[2] = "Tutor";
  const std::string other = MistakeIn(named_like_a_column);
  EXPECT_THAT(other, HasSubstr("unknown, by their places from 1 on: 1, 2, 4"));
  for (const std::string& cell : {child[0], child[1], child[2], child[3]}) {
    EXPECT_THAT(mistake, Not(HasSubstr(cell)));
    EXPECT_THAT(other, Not(HasSubstr(cell)));
  }
}

TEST(CensusHeader, TakesTheSameValueForEveryLine) {
  Cells names = kRequired;
  std::erase(names, "HomeLA");
  const auto header = CensusHeader::Read(names, {.set = {{"HomeLA", "801"}}, .ignored = {}});
  ASSERT_TRUE(header.ok()) << header.status();

  EXPECT_EQ(header->Line(Cells(9))->home_la, "801");
  EXPECT_THAT(MistakeIn(kRequired, {.set = {{"Colour", "x"}}, .ignored = {}}),
              HasSubstr("unknown: Colour"));
}

TEST(CensusHeader, LeavesOutWhatIsToBeIgnored) {
  const auto header = CensusHeader::Read(With("Ethnicity"), {.set = {}, .ignored = {"Ethnicity"}});
  ASSERT_TRUE(header.ok()) << header.status();

  EXPECT_TRUE(header->Line(Cells(11)).ok());
  // What is needed stays needed.
  EXPECT_FALSE(CensusHeader::Read(kRequired, {.set = {}, .ignored = {"UPN"}}).ok());
}

TEST(CensusHeader, RefusesALineOfOtherLength) {
  const auto header = CensusHeader::Read(kRequired, {});
  ASSERT_TRUE(header.ok()) << header.status();

  EXPECT_THAT(std::string(header->Line(Cells(9)).status().message()),
              AllOf(HasSubstr("10 cells"), HasSubstr("there are 9")));
  EXPECT_FALSE(header->Line(Cells(11)).ok());
}

}  // namespace
}  // namespace apdr::importer
