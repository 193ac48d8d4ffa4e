#include "services/scenario/internal/departure_words.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kGoodReason = "a good reason that was discussed and written down";

// The rule that a command departs from where a script names none.
std::string UsualRule(std::string_view command) {
  static constexpr std::pair<std::string_view, std::string_view> kRules[] = {
      {"StartSenSupport", "PRE_SUPPORT_MISSING"},
      {"EndSenSupport", "END_WITHOUT_REVIEW"},
      {"AgreePlan", "REVIEW_INTERVAL_LONG"},
      {"TransferChild", "SHARING_NOT_AGREED"}};
  const auto* found =
      std::ranges::find(kRules, command, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kRules) ? std::string() : std::string(found->second);
}

}  // namespace

absl::StatusOr<ScriptDeparture> ParseDeparture(std::string_view word, const std::string& command) {
  const std::size_t open = word.find('(');
  auto parts = SplitOutside(word.substr(open + 1, word.size() - open - 2), ',');
  const bool reason_only = !parts.empty() && parts[0].starts_with("\"");
  if (reason_only && !UsualRule(command).empty()) parts.insert(parts.begin(), UsualRule(command));
  if (parts.empty() || parts.size() > 3) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Expected departure(CODE,\"reason\",WHO), but found '", std::string(word), "'."));
  }
  ScriptDeparture departure{
      .rule_code = parts[0], .reason = std::string(kGoodReason), .decided_by = {}};
  if (parts.size() > 1) departure.reason = Unquoted(parts[1]);
  if (parts.size() > 2) departure.decided_by = Unquoted(parts[2].substr(parts[2].find('=') + 1));
  return departure;
}

std::size_t ReadDeparture(const std::vector<std::string>& words, std::size_t at,
                          std::vector<ScriptDeparture>& departures) {
  std::string code = words[at].substr(words[at].find('=') + 1);
  if (code == "departure" && at + 1 < words.size()) code = words[++at];
  std::string reason(kGoodReason);
  if (at + 1 < words.size() && words[at + 1][0] == '"') reason = Unquoted(words[++at]);
  departures.push_back(
      {.rule_code = std::move(code), .reason = std::move(reason), .decided_by = {}});
  return at;
}

void TakeDepartureInWords(CommandLine& command) {
  std::erase_if(command.arguments, [&](const Argument& argument) {
    if (argument.kind != Argument::Kind::kPhrase) return false;
    const Words words = SplitOutside(argument.value, ' ');
    const bool departs = argument.value == "departure" || argument.value == "with departure" ||
                         argument.value == "with a departure";
    if (departs && !UsualRule(command.name).empty()) {
      command.departures.push_back({.rule_code = UsualRule(command.name),
                                    .reason = std::string(kGoodReason),
                                    .decided_by = {}});
      return true;
    }
    const bool length = words.size() == 3 && words[0] == "reason" && words[2] == "characters" &&
                        ParseCount(words[1]).has_value() && !command.departures.empty();
    if (!length) return false;
    const auto size = static_cast<std::size_t>(ParseCount(words[1]).value_or(0));
    command.departures.back().reason = std::string(size, 'x');
    return true;
  });
}

}  // namespace apdr::scenario
