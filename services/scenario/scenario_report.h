#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace apdr::scenario {

// What came of one step, assertion or timer event of a script.
struct ReportLine {
  int line = 0;
  std::string label;  // "07", "then", "timer"
  std::string date;
  std::string text;
  std::string expected;
  std::string got;
  bool ok = true;
};

struct Report {
  std::string file;
  std::string title;
  std::string case_id;
  std::vector<ReportLine> lines;
  std::vector<std::string> notes;  // What was read as a remark, and the like.

  [[nodiscard]] bool ok() const;
};

enum class ReportStyle { kDifferences, kVerbose, kJson };

// For kJson, an array with one object per report; else text.
void PrintReports(const std::vector<Report>& reports, ReportStyle style, std::ostream& out);

}  // namespace apdr::scenario
