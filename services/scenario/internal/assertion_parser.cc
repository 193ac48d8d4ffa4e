#include "services/scenario/internal/assertion_parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/closing_words.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using Words = std::vector<std::string>;

Assertion FactOf(std::string name, std::string value, int line) {
  return {.kind = Assertion::Kind::kFact,
          .line = line,
          .text = absl::StrCat(name, "=", value),
          .name = std::move(name),
          .value = std::move(value),
          .dates = {}};
}

absl::StatusOr<std::vector<Date>> DatesOf(const Words& words, std::size_t from) {
  std::vector<Date> dates;
  for (std::size_t i = from; i < words.size(); ++i) {
    for (const std::string& word : SplitOutside(words[i], ',')) {
      if (word == "only" || word == "and") continue;
      const auto date =
          ParseDateAfter(word, dates.empty() ? std::nullopt : std::optional(dates.back()));
      if (!date.has_value()) {
        return absl::InvalidArgumentError(
            absl::StrCat("Expected dates such as 2026-05-15, but found '", word, "'."));
      }
      dates.push_back(*date);
    }
  }
  return dates;
}

Assertion CountOf(std::string name, std::string value, int line) {
  Assertion assertion = FactOf(std::move(name), std::move(value), line);
  assertion.kind = Assertion::Kind::kEventCount;
  assertion.text = absl::StrCat("events ", assertion.text);
  return assertion;
}

Assertion DueOf(std::string timer, std::vector<Date> dates, int line) {
  Assertion assertion = FactOf(std::move(timer), "", line);
  assertion.kind = dates.empty() ? Assertion::Kind::kNotDue : Assertion::Kind::kDue;
  std::string text = absl::StrCat(dates.empty() ? "no due " : "due ", assertion.name);
  for (const Date date : dates) {
    absl::StrAppend(&text, date == dates.front() ? "=" : ",", FormatDate(date));
  }
  assertion.text = std::move(text);
  assertion.dates = std::move(dates);
  return assertion;
}

// "no due T04, T05"
std::vector<Assertion> ParseNotDue(const Words& words, int line) {
  std::vector<Assertion> assertions;
  for (std::size_t i = 2; i < words.size(); ++i) {
    for (std::string& timer : SplitOutside(words[i], ',')) {
      const bool joint = timer == "and" || timer == "or" || timer == "no" || timer == "due";
      if (!joint) assertions.push_back(DueOf(std::move(timer), {}, line));
    }
  }
  return assertions;
}

// "due T08=2025-12-12 T05=...", "due T08 on 2025-12-12", "T03 due 2025-10-13".
absl::StatusOr<std::vector<Assertion>> ParseDue(const Words& words, int line) {
  std::vector<std::pair<std::string, Words>> timers;
  for (const std::string& word : words) {
    if (word == "due" || word == "on") continue;
    if (IsField(word)) {
      const Argument field = FieldOf(word);
      timers.push_back({field.key, {field.value}});
    } else if (IsTimer(word) || timers.empty()) {
      timers.push_back({word, {}});
    } else {
      timers.back().second.push_back(word);
    }
  }
  std::vector<Assertion> assertions;
  for (const auto& [timer, days] : timers) {
    APDR_ASSIGN_OR_RETURN(std::vector<Date> dates, DatesOf(days, 0));
    if (dates.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "Expected timer=date such as T08=2025-12-12 after due, but found '", timer, "'."));
    }
    assertions.push_back(DueOf(timer, std::move(dates), line));
  }
  return assertions;
}

// "reminders on 2026-05-15, 05-22", "cycle 2 reminders on ... only".
absl::StatusOr<std::vector<Assertion>> ParseReminders(const Words& words, int line) {
  const std::size_t at = words[0] == "cycle" ? 2 : 0;
  Assertion assertion = FactOf("reminders", at == 0 ? "" : words[1], line);
  assertion.kind = Assertion::Kind::kReminders;
  assertion.text = absl::StrJoin(words, " ");
  const bool on = words.size() > at + 1 && words[at + 1] == "on";
  APDR_ASSIGN_OR_RETURN(assertion.dates, DatesOf(words, at + (on ? 2 : 1)));
  return std::vector{std::move(assertion)};
}

bool SaysNone(std::string_view value) { return value == "[]" || Normalised(value) == "none"; }

// Whether the fact of this name is a number of something.
bool IsCounted(std::string_view key) {
  const std::string name = FactName(key);
  return name == "departures" || name == "meetings" || name == "cycles" || name == "plans" ||
         name == "outcomes";
}

// Short sentences: "provision N", "2 cycles", "no departures", "exactly one PlanAgreed".
std::optional<std::vector<Assertion>> ParseSentence(Words words, int line) {
  if (words[0] == "exactly") words.erase(words.begin());
  if (words.size() < 2) return std::nullopt;
  const std::string text = absl::StrJoin(words, " ");
  if (text.starts_with("no overdue")) {
    Assertion assertion = FactOf("overdue", "0", line);
    assertion.kind = Assertion::Kind::kNoOverdue;
    assertion.text = "no overdue events";
    return std::vector{std::move(assertion)};
  }
  std::string count = words[0];
  if (const auto number = ParseNumber(count)) count = absl::StrCat(*number);
  const bool counted = ParseCount(count).has_value();
  const bool whole = words.size() == 2 || words[2].starts_with("event");
  if (counted && IsTypeName(words[1]) && whole) return std::vector{CountOf(words[1], count, line)};
  if (words.size() == 3 && words[2] == "throughout") words.pop_back();
  const std::string rest = absl::StrJoin(words.begin() + 1, words.end(), "");
  std::vector<Assertion> facts;
  if (counted && rest == "cycle") {  // "1 cycle" is done; "cycle 1" is the one that runs.
    AddFact("cycles", count, line, facts);
  } else if (counted && !FactName(rest).empty()) {
    AddFact(FactName(rest), count, line, facts);
  } else if (counted && !FactName(rest + "s").empty()) {
    AddFact(FactName(rest + "s"), count, line, facts);
  } else if (words.size() == 2 && !FactName(words[0]).empty()) {
    const bool zero = IsCounted(words[0]) && SaysNone(words[1]);
    AddFact(FactName(words[0]), zero ? "0" : words[1], line, facts);
  }
  if (facts.empty()) return std::nullopt;
  return facts;
}

absl::StatusOr<std::vector<Assertion>> ParseFields(const Words& words, int line) {
  std::vector<Assertion> assertions;
  for (const std::string& word : words) {
    if (word == "events") continue;
    if (!IsField(word)) {
      return absl::InvalidArgumentError(
          absl::StrCat("Expected an assertion such as stage=ended, 'events PlanAgreed=1' or 'due "
                       "T08=2025-12-12' after then, but found '",
                       word, "'."));
    }
    Argument field = FieldOf(word);
    if (SaysNone(field.value) && (IsTypeName(field.key) || IsCounted(field.key))) field.value = "0";
    if (IsTypeName(field.key)) {
      assertions.push_back(CountOf(field.key, field.value, line));
    } else if (!FactName(field.key).empty()) {
      AddFact(FactName(field.key), field.value, line, assertions);
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("Expected a fact of the case, but ",
                       UnknownName("fact", field.key,
                                   {"stage", "provision", "cycles", "cycle", "meetings",
                                    "departures", "plans", "version", "outcomes", "reviewOn"}),
                       "."));
    }
  }
  return assertions;
}

}  // namespace

bool IsTimer(std::string_view word) {
  return word.size() == 3 && word[0] == 'T' && ParseCount(word.substr(1)).has_value();
}

bool IsRemark(std::string_view word) { return word.starts_with("("); }

bool IsTypeName(std::string_view word) {
  return word.size() > 2 && absl::ascii_isupper(static_cast<unsigned char>(word[0])) &&
         std::ranges::all_of(word, [](unsigned char c) { return absl::ascii_isalpha(c); }) &&
         std::ranges::any_of(word, [](unsigned char c) { return absl::ascii_islower(c); });
}

Argument FieldOf(std::string_view word) {
  const std::size_t equals = FindOutside(word, "=");
  return {.kind = Argument::Kind::kField,
          .key = std::string(word.substr(0, equals)),
          .value = Unquoted(word.substr(equals + 1))};
}

bool IsField(std::string_view word) { return FindOutside(word, "=") != std::string_view::npos; }

std::string FactName(std::string_view word) {
  const std::string plain = Normalised(word);
  if (plain == "parentmeetings" || plain == "meeting" || plain == "parentmeeting")
    return "meetings";
  if (plain == "departure") return "departures";
  if (plain == "plan") return "plans";
  for (const char* name : {"needs", "stage", "provision", "cycles", "cycle", "meetings",
                           "departures", "plans", "version", "outcomes", "reviewon", "planid",
                           "policy", "interval", "intervals", "responsibleteacher"}) {
    if (plain == name) return plain;
  }
  return {};
}

void AddFact(std::string name, std::string value, int line, std::vector<Assertion>& assertions) {
  const std::size_t open = value.find('(');
  if (name == "stage" && open != std::string::npos && value.ends_with(")")) {
    assertions.push_back(FactOf("cycle", value.substr(open + 1, value.size() - open - 2), line));
    value.resize(open);
  }
  assertions.push_back(FactOf(std::move(name), std::move(value), line));
}

absl::StatusOr<Assertion> ParseNext(std::string_view text, int line) {
  Words words = SplitWords(text);
  std::erase_if(words, [](const std::string& word) { return IsRemark(word); });
  for (std::string& word : words) {
    while (word.ends_with(',') || word.ends_with('.')) word.pop_back();
  }
  const bool action = words.size() > 1 && Normalised(words[0]).starts_with("action");
  if (action) words.erase(words.begin());  // "Next action: AgreePlan"
  Assertion next = FactOf(words.empty() ? "" : words[0], "", line);
  next.kind = Assertion::Kind::kNext;
  next.text = absl::StrCat("next: ", Trim(text));
  const std::string last = words.empty() ? std::string() : words.back();
  bool sound = !words.empty() && IsTypeName(words[0]) && last != "by" && last != "due" &&
               last != "on" && last != "and";
  for (std::size_t i = 1; sound && i < words.size(); ++i) {
    static constexpr std::string_view kJoints[] = {"by", "due", "on", "is", "and"};
    if (std::ranges::find(kJoints, words[i]) != std::end(kJoints)) continue;
    const auto date = ParseDate(words[i]);
    if (words[i] == "overdue") {
      next.overdue = true;
    } else if (date.has_value() && next.dates.empty()) {
      next.dates = {*date};
    } else if (!date.has_value() && next.value.empty()) {
      next.value = words[i];
    } else {
      sound = false;
    }
  }
  if (sound) return next;
  return absl::InvalidArgumentError(
      absl::StrCat("Expected a next action such as 'AgreePlan by SEN due 2025-12-03', but found '",
                   Trim(text), "'."));
}

absl::StatusOr<std::vector<Assertion>> ParseAssertions(std::string_view text, int line) {
  Words words = SplitWords(text);
  std::erase_if(words, [](const std::string& word) { return IsRemark(word); });
  if (words.empty()) return std::vector<Assertion>{};
  if (words[0] == "-") words.erase(words.begin());
  words = InWordsOfAssertions(std::move(words));
  if (words.empty()) return std::vector<Assertion>{};
  const std::string plain = Normalised(absl::StrJoin(words, ""));
  if (plain == "timersallstopped" || plain == "alltimersstopped" || plain == "notimers" ||
      plain == "notimersrun" || plain == "notimersrunning" || plain == "nothingdue") {
    return std::vector{DueOf("", {}, line)};
  }
  if (words[0] == "no" && words.size() > 2 && words[1] == "due") return ParseNotDue(words, line);
  const std::string timer = words[0].substr(0, words[0].find('='));
  const bool due = IsTimer(timer) && (words.size() > 1 || IsField(words[0]));
  if (words[0] == "due" || due) return ParseDue(words, line);
  if (words[0].starts_with("next=")) {
    words[0].erase(0, 5);
    words.insert(words.begin(), "next");
  }
  if (words[0] == "next" || words[0] == "next:") {
    APDR_ASSIGN_OR_RETURN(Assertion next,
                          ParseNext(absl::StrJoin(words.begin() + 1, words.end(), " "), line));
    return std::vector{std::move(next)};
  }
  const bool of_cycle = words.size() > 3 && words[0] == "cycle" && words[2] == "reminders";
  if (words[0] == "reminders" || of_cycle) return ParseReminders(words, line);
  if (words[0] == "events") words.erase(words.begin());
  if (words.empty() || !IsField(words[0])) {
    if (words.empty()) return absl::InvalidArgumentError("Expected Event=count after events.");
    if (auto sentence = ParseSentence(words, line)) return *std::move(sentence);
  }
  return ParseFields(words, line);
}

absl::StatusOr<std::vector<Assertion>> ParseAssertionList(std::string_view text, int line) {
  auto whole = ParseAssertions(text, line);
  const std::vector<std::string> clauses = SplitOutside(text, ',');
  if (whole.ok() || clauses.size() < 2) return whole;
  std::vector<Assertion> assertions;
  for (const std::string& clause : clauses) {
    APDR_ASSIGN_OR_RETURN(const auto some, ParseAssertions(clause, line));
    assertions.insert(assertions.end(), some.begin(), some.end());
  }
  return assertions;
}

}  // namespace apdr::scenario
