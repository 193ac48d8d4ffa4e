#include "services/importer/report.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "services/client/text.h"
#include "services/exports/csv.h"
#include "services/host/error_reply.h"

namespace apdr::importer {
namespace {

constexpr int kBarCells = 20;

// Codes that mean something of their own to who imports.
const std::map<std::string, std::string>& Advice() {
  static const auto& advice = *new std::map<std::string, std::string>{
      {"CASE_EXISTS",
       "The case was registered otherwise, by hand or by a line with other content. Nothing was "
       "changed: compare, and change the record with the command that is made for it."},
      {"IDEMPOTENCY_MISMATCH",
       "This line was taken over earlier with other content or for another caller. Nothing was "
       "changed: compare, and change the record with the command that is made for it."},
      {"UPN_DUPLICATE",
       "Another case has this UPN. If an earlier import made it, use the key file of that import; "
       "else the case was registered by hand and stands."},
      {kHeldBack,
       "Correct the earlier line that was refused and import again: both are tried again."}};
  return advice;
}

// 40102 as "40,102".
std::string Grouped(std::uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::uint64_t PerSecond(std::uint64_t count, absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds <= 0 ? 0 : static_cast<std::uint64_t>(static_cast<double>(count) / seconds);
}

// Of the file; nullopt: unknown.
std::optional<double> FractionRead(const Progress& progress) {
  if (!progress.bytes_total || *progress.bytes_total == 0) return std::nullopt;
  return std::min(
      1.0, static_cast<double>(progress.bytes_read) / static_cast<double>(*progress.bytes_total));
}

std::string Bar(double fraction) {
  const auto full = static_cast<std::size_t>(std::lround(fraction * kBarCells));
  return absl::StrCat("[", std::string(full, '#'), std::string(kBarCells - full, ' '), "] ");
}

}  // namespace

std::string ReportHead(ReportForm form) {
  if (form != ReportForm::kCsv) return {};
  return exports::CsvLine({"Line", "CaseID", "Command", "Code", "Message", "WhatToDo"});
}

std::string ReportLine(ReportForm form, const Refusal& refusal) {
  const std::string advice = AdviceFor(refusal.code);
  if (form == ReportForm::kCsv) {
    return exports::CsvLine({absl::StrCat(refusal.line), refusal.case_id, refusal.command,
                             refusal.code, refusal.message, advice});
  }
  const nlohmann::ordered_json line = {{"line", refusal.line},       {"case_id", refusal.case_id},
                                       {"command", refusal.command}, {"code", refusal.code},
                                       {"message", refusal.message}, {"what_to_do", advice}};
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string AdviceFor(const std::string& code) {
  const auto own = Advice().find(code);
  if (own != Advice().end()) return own->second;
  const std::string general = host::HelpFor(code);
  return general.empty() ? "Correct the line as the message says and import again." : general;
}

std::string RenderProgress(const Tally& tally, const Progress& progress, bool with_bar) {
  std::string text;
  const std::optional<double> fraction = FractionRead(progress);
  if (fraction) {
    if (with_bar) text = Bar(*fraction);
    absl::StrAppendFormat(&text, "%3.0f %%  ", std::floor(*fraction * 100));
  }
  absl::StrAppend(&text, Grouped(tally.lines), " lines, ",
                  Grouped(PerSecond(tally.lines, progress.elapsed)), " a second");
  if (fraction && *fraction > 0) {
    const absl::Duration left = progress.elapsed * ((1 - *fraction) / *fraction);
    absl::StrAppend(&text, ", ", absl::FormatDuration(absl::Ceil(left, absl::Seconds(1))), " left");
  }
  if (tally.refused_lines() > 0) {
    absl::StrAppend(&text, ", ", Grouped(tally.refused_lines()), " refused");
  }
  return text;
}

std::string RenderSummary(const Tally& tally, absl::Duration elapsed) {
  std::string text =
      absl::StrCat(Grouped(tally.lines), tally.lines == 1 ? " line" : " lines", " in ",
                   absl::FormatDuration(absl::Ceil(elapsed, absl::Milliseconds(100))), ", ",
                   Grouped(PerSecond(tally.lines, elapsed)), " a second\n");
  client::Table table({});
  table.Add({"accepted", Grouped(tally.accepted)});
  table.Add({"already there", Grouped(tally.already_there)});
  table.Add({"refused", Grouped(tally.refused_lines())});
  for (const auto& [code, count] : tally.refused) table.Add({"  " + code, Grouped(count)});
  return text + table.Render(2);
}

std::string SummaryToJson(const Tally& tally, absl::Duration elapsed) {
  nlohmann::ordered_json summary = {{"lines", tally.lines},
                                    {"accepted", tally.accepted},
                                    {"already_there", tally.already_there},
                                    {"refused", tally.refused_lines()},
                                    {"refused_by_code", nlohmann::ordered_json::object()},
                                    {"seconds", absl::ToDoubleSeconds(elapsed)}};
  for (const auto& [code, count] : tally.refused) summary["refused_by_code"][code] = count;
  return summary.dump() + "\n";
}

}  // namespace apdr::importer
