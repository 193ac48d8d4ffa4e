#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/importer/line.h"
#include "services/importer/tally.h"

// What an import says, in words and for programs. No personal data.
namespace apdr::importer {

enum class ReportForm : std::uint8_t { kCsv, kJsonLines };

// The first line of a report; empty for JSON Lines.
[[nodiscard]] std::string ReportHead(ReportForm form);
// A refused line: its number, case, command, code, why, and what to do.
[[nodiscard]] std::string ReportLine(ReportForm form, const Refusal& refusal);

// What to do about a code, in a sentence.
[[nodiscard]] std::string AdviceFor(const std::string& code);

// How far an import is.
struct Progress {
  std::uint64_t bytes_read = 0;
  std::optional<std::uint64_t> bytes_total;  // Nullopt: unknown, as of a pipe.
  absl::Duration elapsed;
};

// "[########            ]  40 %  40,102 lines, 4,913 a second, 12 s left, 3 refused"; without the
// bar when not `with_bar`.
[[nodiscard]] std::string RenderProgress(const Tally& tally, const Progress& progress,
                                         bool with_bar);

// The end of an import in some lines, or as one line of JSON.
[[nodiscard]] std::string RenderSummary(const Tally& tally, absl::Duration elapsed);
[[nodiscard]] std::string SummaryToJson(const Tally& tally, absl::Duration elapsed);

}  // namespace apdr::importer
