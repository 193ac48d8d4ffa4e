#include "services/importer/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlohmann/json.hpp"

namespace apdr::importer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Refusal kRefusal = {.line = 12,
                          .case_id = "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f",
                          .command = "StartSenSupport",
                          .code = "CASE_EXISTS",
                          .message = "Expected this, but that."};

Tally ATally() {
  return {.lines = 40102,
          .accepted = 40000,
          .already_there = 99,
          .refused = {{"FIELD_REQUIRED", 2}, {"UPN_FORMAT", 1}}};
}

TEST(ReportLine, WritesCsv) {
  EXPECT_EQ(ReportHead(ReportForm::kCsv), "Line,CaseID,Command,Code,Message,WhatToDo\r\n");
  EXPECT_THAT(ReportLine(ReportForm::kCsv, kRefusal),
              HasSubstr("12,018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f,StartSenSupport,CASE_EXISTS,"
                        "\"Expected this, but that.\","));
}

TEST(ReportLine, WritesJsonLines) {
  EXPECT_EQ(ReportHead(ReportForm::kJsonLines), "");
  const auto line = nlohmann::json::parse(ReportLine(ReportForm::kJsonLines, kRefusal));
  EXPECT_EQ(line["line"], 12);
  EXPECT_EQ(line["code"], "CASE_EXISTS");
  EXPECT_EQ(line["what_to_do"], AdviceFor("CASE_EXISTS"));
}

TEST(AdviceFor, SaysOfEveryCodeWhatToDo) {
  for (const char* code : {"CASE_EXISTS", "IDEMPOTENCY_MISMATCH", "UPN_DUPLICATE", kHeldBack,
                           "FIELD_REQUIRED", "NEED_DISCONTINUED", "GRPC_13"}) {
    EXPECT_GT(AdviceFor(code).size(), 20U) << code;
  }
  EXPECT_THAT(AdviceFor("TEXT_NOT_UTF8"), HasSubstr("Encode text as UTF-8"));
}

TEST(RenderProgress, ShowsRateAndTimeLeft) {
  const Progress progress{
      .bytes_read = 400, .bytes_total = 1000, .elapsed = absl::Milliseconds(10000)};

  EXPECT_EQ(RenderProgress(ATally(), progress, /*with_bar=*/true),
            "[########            ]  40 %  40,102 lines, 4,010 a second, 15s left, 3 refused");
  EXPECT_THAT(RenderProgress(ATally(), progress, /*with_bar=*/false), Not(HasSubstr("#")));
}

TEST(RenderProgress, ShowsWhatIsKnownOfAPipe) {
  EXPECT_EQ(RenderProgress({.lines = 5, .accepted = 5, .already_there = 0, .refused = {}},
                           {.bytes_read = 400, .bytes_total = {}, .elapsed = {}}, true),
            "5 lines, 0 a second");
}

TEST(RenderSummary, CountsEveryCode) {
  EXPECT_EQ(RenderSummary(ATally(), absl::Seconds(10)),
            "40,102 lines in 10s, 4,010 a second\n"
            "  accepted          40,000\n"
            "  already there     99\n"
            "  refused           3\n"
            "    FIELD_REQUIRED  2\n"
            "    UPN_FORMAT      1\n");
  const auto json = nlohmann::json::parse(SummaryToJson(ATally(), absl::Seconds(10)));
  EXPECT_EQ(json["lines"], 40102);
  EXPECT_EQ(json["refused"], 3);
  EXPECT_EQ(json["refused_by_code"]["UPN_FORMAT"], 1);
}

}  // namespace
}  // namespace apdr::importer
