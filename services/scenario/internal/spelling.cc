#include "services/scenario/internal/spelling.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "services/scenario/internal/step_parser.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

// Arrows that people type for "=>", the longest first.
constexpr std::string_view kArrows[] = {"==>",          "-->",          "->",
                                        "\xE2\x86\x92", "\xE2\x87\x92", "\xE2\x9F\xB6"};

bool HasDigit(std::string_view word) {
  return std::ranges::any_of(word, [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// Whether a value, and no other field, stands behind the sign and the blanks.
bool ValueFollows(std::string_view text) {
  const std::string rest = Trim(text);
  const std::string_view word = std::string_view(rest).substr(0, rest.find(' '));
  return !word.empty() && word.find('=') == std::string_view::npos;
}

bool ValueWithDigitFollows(std::string_view text) {
  const std::string rest = Trim(text);
  return ValueFollows(rest) && HasDigit(rest.substr(0, rest.find(' ')));
}

// "reviewOn = agreedOn", "reviewOn =+7d", "reviewOn= 2026-01-16"; "reviewOn= x" stays empty.
std::string CloseUpSigns(std::string_view text) {
  std::string closed;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    closed.push_back(text[i]);
    const bool arrow = text.substr(i + 1).starts_with(">");
    if (quoted || text[i] != '=' || arrow || i == 0 || text[i - 1] == '=') continue;
    const std::string before = Trim(std::string_view(closed).substr(0, closed.size() - 1));
    const std::string_view rest = text.substr(i + 1);
    const bool apart = closed.size() > 1 && closed[closed.size() - 2] == ' ';
    const bool named =
        !before.empty() && absl::ascii_isalnum(static_cast<unsigned char>(before.back()));
    if (apart && named && ValueFollows(rest)) {
      while (closed[closed.size() - 2] == ' ') closed.erase(closed.size() - 2, 1);
    }
    if ((apart && named && ValueFollows(rest)) || ValueWithDigitFollows(rest)) {
      while (text.substr(i + 1).starts_with(" ")) ++i;
    }
  }
  return closed;
}

// The arrow before a step's answer.
std::string PlainArrow(std::string line) {
  const bool step = LooksLikeStep(line);
  for (const std::string_view arrow : kArrows) {
    const std::size_t at = FindOutside(line, arrow);
    const bool plain = FindOutside(line, "=>") != std::string::npos && arrow != "==>";
    if (at == std::string::npos || plain || (at != 0 && !step)) continue;
    return line.replace(at, arrow.size(), " => ");
  }
  return line;
}

}  // namespace

std::string PlainSigns(std::string_view line) {
  const std::string plain =
      absl::StrReplaceAll(absl::string_view(line.data(), line.size()),
                          {{"\xE2\x80\x9C", "\""}, {"\xE2\x80\x9D", "\""}, {"\xEF\xBB\xBF", ""}});
  std::string signs = Trim(plain);
  if (signs.starts_with("- ") || signs.starts_with("* ")) signs = Trim(signs.substr(2));
  signs = Trim(PlainArrow(CloseUpSigns(signs)));
  if (signs.ends_with('.') && !signs.ends_with("..")) signs.pop_back();
  return signs;
}

}  // namespace apdr::scenario
