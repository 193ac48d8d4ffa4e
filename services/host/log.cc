#include "services/host/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

namespace apdr::host {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// Never destroyed: loops and gRPC threads may log while the process ends.
spdlog::logger& Logger() {
  static spdlog::logger* const logger = [] {
    auto* made =
        new spdlog::logger("apdr", std::make_shared<spdlog::sinks::stderr_sink_mt>());  // NOLINT
    made->set_pattern("ts=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

bool IsPlain(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) {
    return c > ' ' && c != '"' && c != '=' && c != '\\' && c != '\x7f';
  });
}

void AppendQuoted(std::string_view value, std::string& out) {
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < ' ' || byte == 0x7f) {
      out += "\\x";
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 0xf];
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendField(std::string_view key, std::string_view value, std::string& out) {
  out += key;
  out += '=';
  if (IsPlain(value)) {
    out += value;
  } else {
    AppendQuoted(value, out);
  }
}

}  // namespace

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!Logger().should_log(ToSpdlog(level))) return;
  Logger().log(ToSpdlog(level), spdlog::string_view_t(FormatLogLine(event, fields)));
}

void SetLogLevel(LogLevel level) { Logger().set_level(ToSpdlog(level)); }

std::string FormatLogLine(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line;
  AppendField("event", event, line);
  for (const auto& [key, value] : fields) {
    line += ' ';
    AppendField(key, value, line);
  }
  return line;
}

}  // namespace apdr::host
