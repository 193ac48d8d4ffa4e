#include "services/scenario/scenario_report.h"

#include <algorithm>

#include "nlohmann/json.hpp"

namespace apdr::scenario {
namespace {

void PrintLine(const Report& report, const ReportLine& line, std::ostream& out) {
  out << (line.ok ? "  ok    " : "  DIFF  ") << report.file << ":" << line.line << ": "
      << line.label;
  if (!line.date.empty() && line.text.find(line.date) == std::string::npos) out << " " << line.date;
  out << " " << line.text << "\n";
  if (line.ok) {
    if (!line.got.empty()) out << "          => " << line.got << "\n";
    return;
  }
  out << "          expected: " << line.expected << "\n"
      << "          got:      " << line.got << "\n";
}

void PrintText(const Report& report, ReportStyle style, std::ostream& out) {
  const auto different = std::ranges::count(report.lines, false, &ReportLine::ok);
  out << (report.ok() ? "ok    " : "DIFF  ") << report.file << ": " << report.title << " ("
      << report.lines.size() << " checked";
  if (different > 0) out << ", " << different << " differ";
  out << ")\n";
  for (const ReportLine& line : report.lines) {
    if (!line.ok || style == ReportStyle::kVerbose) PrintLine(report, line, out);
  }
  for (const std::string& note : report.notes) {
    out << "  note  " << report.file << ": " << note << "\n";
  }
}

nlohmann::json ToJson(const Report& report) {
  nlohmann::json lines = nlohmann::json::array();
  for (const ReportLine& line : report.lines) {
    lines.push_back({{"line", line.line},
                     {"step", line.label},
                     {"date", line.date},
                     {"text", line.text},
                     {"expected", line.expected},
                     {"got", line.got},
                     {"ok", line.ok}});
  }
  return {{"file", report.file}, {"title", report.title}, {"case_id", report.case_id},
          {"ok", report.ok()},   {"steps", lines},        {"notes", report.notes}};
}

}  // namespace

bool Report::ok() const { return std::ranges::all_of(lines, &ReportLine::ok); }

void PrintReports(const std::vector<Report>& reports, ReportStyle style, std::ostream& out) {
  if (style == ReportStyle::kJson) {
    nlohmann::json all = nlohmann::json::array();
    for (const Report& report : reports) all.push_back(ToJson(report));
    out << all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return;
  }
  for (const Report& report : reports) PrintText(report, style, out);
}

}  // namespace apdr::scenario
