#include "services/scenario/internal/words.h"

#include <algorithm>
#include <cctype>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace apdr::scenario {
namespace {

// Follows a text and knows whether a character stands outside quotes and brackets.
class Nesting {
 public:
  // Whether `c` itself stands outside.
  bool Outside(char c) {
    if (c == '"') {
      quoted_ = !quoted_;
      return false;
    }
    if (quoted_) return false;
    if (c == '(' || c == '[') return depth_++ == 0;
    if (c == ')' || c == ']') {
      --depth_;
      return false;
    }
    return depth_ == 0;
  }
  [[nodiscard]] bool quoted() const { return quoted_; }
  [[nodiscard]] int depth() const { return depth_; }

 private:
  bool quoted_ = false;
  int depth_ = 0;
};

// What an item of a list looks like.
enum class Look { kOther, kDate, kCode, kNumbered };

bool All(std::string_view text, bool (*is)(unsigned char)) { return std::ranges::all_of(text, is); }

// A date; "PAR", "TCH2", "SLCN(2)"; "O1".
Look LookOf(std::string_view item) {
  item = item.substr(0, item.find('('));
  const bool short_date = item.size() == 5 && item[2] == '-';
  if (ParseDate(item).has_value() || (short_date && All(item.substr(0, 2), absl::ascii_isdigit))) {
    return Look::kDate;
  }
  std::string_view letters = item;
  while (!letters.empty() && All(letters.substr(letters.size() - 1), absl::ascii_isdigit)) {
    letters.remove_suffix(1);
  }
  if (letters.empty() || !All(letters, absl::ascii_isupper)) return Look::kOther;
  if (letters.size() > 1) return Look::kCode;
  const bool numbered = item.size() > 1 && item.size() < 4;
  return numbered ? Look::kNumbered : Look::kOther;
}

// Whether `word`, after `item` and a comma, is one more item of the same list. The name of an
// identifier begins something new.
bool LookAlike(std::string_view item, std::string_view word) {
  while (word.ends_with(',') || word.ends_with('.')) word.remove_suffix(1);
  static constexpr std::string_view kNames[] = {"UPN", "URN",   "ULN",     "NHS", "LA",
                                                "EY",  "UKPRN", "LAESTAB", "DOB"};
  if (std::ranges::find(kNames, word) != std::end(kNames)) return false;
  return LookOf(word) != Look::kOther && LookOf(word) == LookOf(item);
}

// The last item of "key=A,B,".
std::string_view LastItem(std::string_view word) {
  word.remove_suffix(1);
  const std::size_t before = word.find_last_of(",=");
  return before == std::string_view::npos ? word : word.substr(before + 1);
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substitute});
    }
  }
  return row.back();
}

}  // namespace

std::string Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

std::string Normalised(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != ' ')
      plain.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return plain;
}

std::vector<std::string> SplitOutside(std::string_view text, char separator) {
  std::vector<std::string> pieces(1);
  Nesting nesting;
  for (const char c : text) {
    if (nesting.Outside(c) && c == separator) {
      pieces.emplace_back();
    } else {
      pieces.back().push_back(c);
    }
  }
  for (std::string& piece : pieces) piece = Trim(piece);
  std::erase(pieces, "");
  return pieces;
}

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  for (std::string& word : SplitOutside(text, ' ')) {
    const bool open = !words.empty() && words.back().ends_with(',') &&
                      FindOutside(words.back(), "=") != std::string_view::npos;
    if (open && LookAlike(LastItem(words.back()), word)) {
      words.back().append(word);
    } else {
      if (open) words.back().pop_back();
      words.push_back(std::move(word));
    }
  }
  return words;
}

std::size_t FindOutside(std::string_view text, std::string_view wanted) {
  Nesting nesting;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (nesting.Outside(text[i]) && text.substr(i).starts_with(wanted)) return i;
  }
  return std::string_view::npos;
}

absl::Status CheckBalanced(std::string_view text) {
  Nesting nesting;
  for (const char c : text) {
    (void)nesting.Outside(c);
    if (nesting.depth() < 0) {
      return absl::InvalidArgumentError(
          "Expected brackets in pairs, but one closes that was not opened.");
    }
  }
  if (nesting.quoted()) {
    return absl::InvalidArgumentError("Expected quotes in pairs, but one does not close.");
  }
  if (nesting.depth() != 0) {
    return absl::InvalidArgumentError("Expected brackets in pairs, but one does not close.");
  }
  return absl::OkStatus();
}

std::string Unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return std::string(text.substr(1, text.size() - 2));
  }
  return std::string(text);
}

std::optional<Date> ParseDateAfter(std::string_view text, std::optional<Date> before) {
  if (auto date = ParseDate(text)) return date;
  if (!before.has_value() || text.size() != 5 || text[2] != '-') return std::nullopt;
  for (const auto year : {before->year(), before->year() + 1}) {
    const auto date = ParseDate(absl::StrCat(year, "-", std::string(text)));
    if (date.has_value() && *date >= *before) return date;
  }
  return std::nullopt;
}

std::optional<int> ParseCount(std::string_view text) {
  int count = 0;
  const bool digits = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return absl::ascii_isdigit(c);
  });
  if (!digits || !absl::SimpleAtoi(std::string(text), &count)) return std::nullopt;
  return count;
}

std::optional<int> ParseNumber(std::string_view word) {
  static constexpr std::string_view kNumbers[] = {"no", "one", "two", "three", "four", "five"};
  const auto* named = std::ranges::find(kNumbers, word);
  if (named == std::end(kNumbers)) return ParseCount(word);
  return static_cast<int>(named - std::begin(kNumbers));
}

std::string Nearest(std::string_view wrong, const std::vector<std::string>& names) {
  std::string nearest;
  const std::string plain = Normalised(wrong);
  std::size_t best = std::max<std::size_t>(2, plain.size() / 3) + 1;
  for (const std::string& name : names) {
    const std::size_t distance = EditDistance(plain, Normalised(name));
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

std::string UnknownName(std::string_view what, std::string_view wrong,
                        const std::vector<std::string>& names) {
  const std::string nearest = Nearest(wrong, names);
  return absl::StrCat("unknown ", std::string(what), " '", std::string(wrong), "'",
                      nearest.empty() ? "" : absl::StrCat("; did you mean '", nearest, "'?"));
}

}  // namespace apdr::scenario
