#include "engine/codec/field_rules.h"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "tests/support/library_loan_domain/loan_desk.h"

namespace apdr::codec {
namespace {

using apdr::testing::ALoan;
using apdr::testing::library::v1::FORMAT_DISC;
using apdr::testing::library::v1::Item;
using apdr::testing::library::v1::LendItem;

// A valid command with every field of every kind in use.
LendItem AFullLoan() {
  LendItem command = ALoan();
  Item& item = *command.mutable_item();
  item.set_title("Exactly forty characters of a book title");
  item.add_tags("tag");
  item.set_edition_id("018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f");
  item.set_scan_digest(std::string(64, 'a'));
  item.set_printed_on("2024-02-29");
  item.add_parts()->set_name("map");
  item.add_also_as(FORMAT_DISC);
  item.set_blurb(std::string(4000, 'x'));
  return command;
}

TEST(CheckFields, AcceptsAMessageThatKeepsItsRules) {
  EXPECT_EQ(CheckFields(ALoan()), std::nullopt);
  const auto problem = CheckFields(AFullLoan());
  EXPECT_EQ(problem, std::nullopt) << problem->field << " " << problem->fact;
}

struct Breakage {
  std::string name;
  std::function<void(LendItem&)> apply;
  std::string code;
  std::string field;
  std::string fact;
};

void PrintTo(const Breakage& breakage, std::ostream* out) { *out << breakage.name; }

class CheckFieldsOf : public ::testing::TestWithParam<Breakage> {};

TEST_P(CheckFieldsOf, NamesTheFieldAndWhatItMustHold) {
  LendItem command = AFullLoan();
  GetParam().apply(command);
  const std::optional<FieldProblem> problem = CheckFields(command);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->code, GetParam().code);
  EXPECT_EQ(problem->field, GetParam().field);
  EXPECT_EQ(problem->fact, GetParam().fact);
}

const char* const kRequired = "FIELD_REQUIRED";
const char* const kInvalid = "FIELD_INVALID";
const char* const kCode = "must be 1 to 64 of A-Z a-z 0-9 . _ : -";
const char* const kUuid = "must be a lower-case UUID such as 018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f";

INSTANTIATE_TEST_SUITE_P(
    Rules, CheckFieldsOf,
    ::testing::Values(
        Breakage{"MissingText", [](LendItem& c) { c.clear_card(); }, kRequired, "card",
                 "must be given"},
        Breakage{"MissingMessage", [](LendItem& c) { c.clear_item(); }, kRequired, "item",
                 "must be given"},
        Breakage{"MissingNumber", [](LendItem& c) { c.clear_days(); }, kRequired, "days",
                 "must be given"},
        Breakage{"MissingEnum", [](LendItem& c) { c.mutable_item()->clear_format(); }, kRequired,
                 "item.format", "must be given"},
        Breakage{"MissingInNestedListItem",
                 [](LendItem& c) { c.mutable_item()->mutable_parts(0)->clear_name(); }, kRequired,
                 "item.parts[0].name", "must be given"},
        Breakage{"EmptyTextInList", [](LendItem& c) { c.mutable_item()->set_tags(0, ""); },
                 kRequired, "item.tags[0]", "must not be empty"},
        Breakage{"CodeWithASpace", [](LendItem& c) { c.set_card("C 1"); }, kInvalid, "card", kCode},
        Breakage{"CodeTooLong", [](LendItem& c) { c.set_card(std::string(65, 'C')); }, kInvalid,
                 "card", kCode},
        Breakage{"UuidInUpperCase",
                 [](LendItem& c) {
                   c.mutable_item()->set_edition_id("018F3C1E-7A2B-7C3D-8E4F-5A6B7C8D9E0F");
                 },
                 kInvalid, "item.edition_id", kUuid},
        Breakage{"DigestTooShort",
                 [](LendItem& c) { c.mutable_item()->set_scan_digest(std::string(63, 'a')); },
                 kInvalid, "item.scan_digest", "must be 64 lower-case hexadecimal digits"},
        Breakage{"DigestNotHexadecimal",
                 [](LendItem& c) { c.mutable_item()->set_scan_digest(std::string(64, 'g')); },
                 kInvalid, "item.scan_digest", "must be 64 lower-case hexadecimal digits"},
        Breakage{"ImpossibleDate",
                 [](LendItem& c) { c.mutable_item()->set_printed_on("2026-02-29"); }, kInvalid,
                 "item.printed_on", "must be a date such as 2026-02-06"},
        Breakage{"TextOverItsOwnLimit",
                 [](LendItem& c) { c.mutable_item()->mutable_title()->append("!"); }, kInvalid,
                 "item.title", "must have at most 40 characters"},
        Breakage{"TextOverTheGeneralLimit",
                 [](LendItem& c) { c.mutable_item()->mutable_blurb()->append("!"); }, kInvalid,
                 "item.blurb", "must have at most 4000 characters"},
        Breakage{"TextInListOverItsLimit",
                 [](LendItem& c) { c.mutable_item()->set_tags(0, "elevenchars"); }, kInvalid,
                 "item.tags[0]", "must have at most 10 characters"},
        Breakage{"ListOverItsOwnLimit",
                 [](LendItem& c) {
                   for (int i = 0; i < 3; ++i) c.mutable_item()->add_tags("tag");
                 },
                 kInvalid, "item.tags", "must have at most 3 items"},
        Breakage{"ListOverTheGeneralLimit",
                 [](LendItem& c) {
                   for (int i = 0; i < 100; ++i) c.mutable_item()->add_parts()->set_name("map");
                 },
                 kInvalid, "item.parts", "must have at most 100 items"},
        Breakage{"NumberAboveItsRange", [](LendItem& c) { c.set_days(91); }, kInvalid, "days",
                 "must be between 1 and 90"}),
    [](const auto& breakage) { return breakage.param.name; });

TEST(CheckFields, CountsCharactersNotBytes) {
  LendItem command = ALoan();
  std::string title;
  for (int i = 0; i < 40; ++i) title += "\xc3\xa9";  // e acute, two bytes each.
  command.mutable_item()->set_title(title);
  EXPECT_EQ(CheckFields(command), std::nullopt);
}

TEST(CheckFields, NamesAnEnumValueThisServerDoesNotHave) {
  LendItem command = ALoan();
  ASSERT_TRUE(
      command.mutable_item()->ParseFromString("\x0a\x01"
                                              "B"
                                              "\x18\x63"));  // format: 99
  const auto problem = CheckFields(command);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->code, "ENUM_UNKNOWN");
  EXPECT_EQ(problem->field, "item.format");
}

TEST(CheckFields, RefusesAFieldThisServerWouldLose) {
  LendItem command = ALoan();
  command.mutable_item()
      ->GetReflection()
      ->MutableUnknownFields(command.mutable_item())
      ->AddVarint(77, 1);
  const auto problem = CheckFields(command);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->code, "FIELD_UNKNOWN");
  EXPECT_EQ(problem->field, "item.77");
}

TEST(CheckFields, ReportsTheFirstProblemInFieldOrder) {
  LendItem command;
  const auto problem = CheckFields(command);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->field, "item");
}

}  // namespace
}  // namespace apdr::codec
