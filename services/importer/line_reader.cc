#include "services/importer/line_reader.h"

#include <streambuf>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/characters.h"

namespace apdr::importer {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

Refusal Fault(std::uint64_t number, std::string code, std::string message) {
  return {.line = number,
          .case_id = {},
          .command = {},
          .code = std::move(code),
          .message = std::move(message)};
}

}  // namespace

absl::StatusOr<std::optional<TextLine>> LineReader::Next() {
  TextLine line;
  while (ReadOne(line)) {
    if (line.fault || !IsBlank(line.text)) return std::optional(std::move(line));
  }
  if (in_.bad()) {
    return absl::UnavailableError(
        absl::StrCat("Expected to read on, but the file broke off after line ", number_, "."));
  }
  return std::optional<TextLine>();
}

bool LineReader::ReadOne(TextLine& line) {
  using Traits = std::streambuf::traits_type;
  line = {.number = ++number_, .text = {}, .fault = {}};
  std::streambuf& buffer = *in_.rdbuf();
  bool any = false;
  bool too_long = false;
  for (auto c = buffer.sbumpc(); !Traits::eq_int_type(c, Traits::eof()); c = buffer.sbumpc()) {
    any = true;
    ++bytes_read_;
    if (Traits::to_char_type(c) == '\n') break;
    too_long = too_long || line.text.size() == kLineBytesMax;
    if (!too_long) line.text.push_back(Traits::to_char_type(c));
  }
  if (!any) return false;
  if (line.text.ends_with('\r')) line.text.pop_back();
  if (number_ == 1 && line.text.starts_with(kByteOrderMark)) {
    line.text.erase(0, kByteOrderMark.size());
  }
  if (too_long) {
    line.fault = Fault(
        number_, "REQUEST_TOO_LARGE",
        absl::StrCat("Expected a line of at most ", kLineBytesMax, " bytes, but it is longer."));
  } else if (!IsUtf8(line.text)) {
    line.fault =
        Fault(number_, "TEXT_NOT_UTF8", "Expected text in UTF-8, but the line holds other bytes.");
  }
  if (line.fault) line.text.clear();
  return true;
}

}  // namespace apdr::importer
