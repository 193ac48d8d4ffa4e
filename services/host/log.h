#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace apdr::host {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// One value of a log line. Ids, numbers and codes; never names, free text or other personal data.
using LogField = std::pair<std::string_view, std::string>;

// Writes one logfmt line to standard error: time, level, event and fields. Thread-safe.
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

// Lines below `level` are dropped from now on; kInfo until called.
void SetLogLevel(LogLevel level);

// `event=x shard=3 reason="two words"`: values with spaces, quotes, '=' or control characters are
// quoted and escaped, so a value never forges a field or a line.
[[nodiscard]] std::string FormatLogLine(std::string_view event,
                                        std::initializer_list<LogField> fields);

}  // namespace apdr::host
