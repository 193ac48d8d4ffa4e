#include "services/scenario/internal/expectation_parser.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using Words = std::vector<std::string>;

bool IsRemark(std::string_view word) { return word.starts_with("("); }

bool IsCode(std::string_view word) {
  return word.size() > 2 && std::ranges::all_of(word, [](unsigned char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

// An event or command: begins with a capital and goes on with small letters.
bool IsTypeName(std::string_view word) {
  return word.size() > 2 && absl::ascii_isupper(static_cast<unsigned char>(word[0])) &&
         std::ranges::all_of(word, [](unsigned char c) { return absl::ascii_isalpha(c); }) &&
         std::ranges::any_of(word, [](unsigned char c) { return absl::ascii_islower(c); });
}

bool IsProvision(std::string_view word) { return word == "N" || word == "K" || word == "E"; }

// "x5"
std::optional<int> ParseTimes(std::string_view word) {
  return word.starts_with("x") ? ParseCount(word.substr(1)) : std::nullopt;
}

Argument FieldOf(std::string_view word) {
  const std::size_t equals = FindOutside(word, "=");
  return {.kind = Argument::Kind::kField,
          .key = std::string(word.substr(0, equals)),
          .value = Unquoted(word.substr(equals + 1))};
}

bool IsField(std::string_view word) { return FindOutside(word, "=") != std::string_view::npos; }

Words ListOf(std::string_view text) {
  if (text.starts_with("[") && text.ends_with("]")) text = text.substr(1, text.size() - 2);
  return SplitOutside(text, ',');
}

Assertion FactOf(std::string name, std::string value, int line) {
  return {.kind = Assertion::Kind::kFact,
          .line = line,
          .text = absl::StrCat(name, "=", value),
          .name = std::move(name),
          .value = std::move(value),
          .dates = {}};
}

// The names that stand for facts of a case, as written in scripts and as they are called here.
std::string FactName(std::string_view word) {
  const std::string plain = Normalised(word);
  if (plain == "parentmeetings" || plain == "meeting" || plain == "parentmeeting")
    return "meetings";
  if (plain == "departure") return "departures";
  if (plain == "plan") return "plans";
  for (const char* name : {"stage", "provision", "cycles", "cycle", "meetings", "departures",
                           "plans", "version", "outcomes", "reviewon", "planid", "policy"}) {
    if (plain == name) return plain;
  }
  return {};
}

absl::Status NotUnderstood(std::string_view clause) {
  return absl::InvalidArgumentError(
      absl::StrCat("Expected events, 'X CODE', 'N events', 'events' or 'nothing' after =>, but '",
                   std::string(clause), "' is none of these."));
}

// One part of "=>", between commas, into `expect`.
class ClauseReader {
 public:
  ClauseReader(Expectation& expect, int line) : expect_(expect), line_(line) {}

  absl::Status Read(const std::string& clause) {
    Words words = SplitWords(clause);
    std::erase_if(words, [](const std::string& word) { return IsRemark(word); });
    if (words.empty()) return absl::OkStatus();
    const std::string first = words.front();
    if (first == "next:" || first == "next") return ReadNext(words);
    if (first == "X") return ReadCodes(words);
    if (words.size() == 1 && GoesOn(first)) return absl::OkStatus();
    list_ = nullptr;
    field_ = nullptr;
    if (const auto done = ReadWhole(words)) return absl::OkStatus();
    if (IsTypeName(first) || ParseCount(first).has_value()) return ReadEvent(words, clause);
    if (!FactName(first).empty() && words.size() == 2) {
      expect_.state.push_back(FactOf(FactName(first), words[1], line_));
      return absl::OkStatus();
    }
    if (std::ranges::all_of(words, [](const std::string& word) { return IsField(word); })) {
      return ReadFields(words, 0, nullptr);
    }
    return NotUnderstood(clause);
  }

 private:
  // One more item of the list that the clause before ended with: "departures=A, B", "areas=CL,SP".
  bool GoesOn(const std::string& word) {
    if (list_ != nullptr && IsCode(word)) {
      list_->push_back(word);
      return true;
    }
    if (field_ == nullptr || IsTypeName(word) || IsField(word)) return false;
    absl::StrAppend(&field_->value, ",", word);
    return true;
  }

  // A clause that is a whole answer.
  std::optional<bool> ReadWhole(const Words& words) {
    const std::string text = absl::StrJoin(words, " ");
    if (text == "nothing" || text == "no events") return expect_.nothing = true;
    if (text == "events" || text == "accepted") return true;
    if (text == "same answer") return expect_.same_answer = true;
    const bool counted = words.size() == 2 && words[1].starts_with("event");
    if (const auto total = ParseCount(words[0]); counted && total.has_value()) {
      expect_.total = total;
      return true;
    }
    return std::nullopt;
  }

  absl::Status ReadNext(const Words& words) {
    const std::string rest = absl::StrJoin(words.begin() + 1, words.end(), " ");
    APDR_ASSIGN_OR_RETURN(Assertion next, ParseNext(rest, line_));
    expect_.state.push_back(std::move(next));
    return absl::OkStatus();
  }

  absl::Status ReadCodes(const Words& words) {
    list_ = &expect_.rejection;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (!IsCode(words[i])) {
        return absl::InvalidArgumentError(absl::StrCat(
            "Expected a code such as PARENT_NOT_NOTIFIED after X, but found '", words[i], "'."));
      }
      expect_.rejection.push_back(words[i]);
    }
    if (!expect_.rejection.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError("Expected a code after X, but the line ends.");
  }

  // "ReviewHeld onTime=true", "4 x ReviewReminderIssued", "ContributionRecorded x5", "... K".
  absl::Status ReadEvent(const Words& words, const std::string& clause) {
    EventExpectation event;
    std::size_t at = 0;
    if (const auto count = ParseCount(words[0])) {
      event.count = *count;
      at = words.size() > 1 && words[1] == "x" ? 2 : 1;
    }
    if (at >= words.size() || !IsTypeName(words[at])) return NotUnderstood(clause);
    event.name = words[at++];
    if (at < words.size() && words[at] == "x" && at + 1 < words.size()) ++at;
    if (at < words.size()) {
      const auto times = ParseTimes(words[at]);
      const auto count = words[at - 1] == "x" ? ParseCount(words[at]) : times;
      if (count.has_value()) {
        event.count = *count;
        ++at;
      }
    }
    expect_.events.push_back(std::move(event));
    return ReadFields(words, at, &expect_.events.back());
  }

  absl::Status ReadFields(const Words& words, std::size_t at, EventExpectation* event) {
    for (; at < words.size(); ++at) {
      const std::string& word = words[at];
      if (IsProvision(word)) {
        expect_.state.push_back(FactOf("provision", word, line_));
        continue;
      }
      if (!IsField(word)) {
        return absl::InvalidArgumentError(
            absl::StrCat("Expected field=value after an event, but found '", word,
                         "'. Put a remark in brackets."));
      }
      Argument field = FieldOf(word);
      if (field.key == "warnings") {
        list_ = &expect_.warnings.emplace(ListOf(field.value));
      } else if (field.key == "departures") {
        list_ = &expect_.departures.emplace(ListOf(field.value));
      } else if (event != nullptr) {
        event->fields.push_back(std::move(field));
        field_ = &event->fields.back();
      } else if (!FactName(field.key).empty()) {
        expect_.state.push_back(FactOf(FactName(field.key), field.value, line_));
      } else {
        return NotUnderstood(word);
      }
    }
    return absl::OkStatus();
  }

  Expectation& expect_;
  const int line_;
  // What the last clause ended with and the next may go on; null: neither.
  std::vector<std::string>* list_ = nullptr;
  Argument* field_ = nullptr;
};

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

// "due T08=2025-12-12 T05=...", "no due T05".
absl::StatusOr<std::vector<Assertion>> ParseDue(const Words& words, bool due, int line) {
  std::vector<Assertion> assertions;
  for (std::size_t i = due ? 1 : 2; i < words.size(); ++i) {
    Assertion assertion = FactOf(words[i], "", line);
    assertion.kind = due ? Assertion::Kind::kDue : Assertion::Kind::kNotDue;
    assertion.text = absl::StrCat(due ? "due " : "no due ", words[i]);
    if (due) {
      const Argument field = IsField(words[i]) ? FieldOf(words[i]) : Argument{};
      APDR_ASSIGN_OR_RETURN(assertion.dates, DatesOf({field.value}, 0));
      if (field.key.empty() || assertion.dates.empty()) {
        return absl::InvalidArgumentError(absl::StrCat(
            "Expected timer=date such as T08=2025-12-12 after due, but found '", words[i], "'."));
      }
      assertion.name = field.key;
    }
    assertions.push_back(std::move(assertion));
  }
  return assertions;
}

// "reminders on 2026-05-15, 05-22", "cycle 2 reminders on ... only".
absl::StatusOr<std::vector<Assertion>> ParseReminders(const Words& words, int line) {
  const std::size_t at = words[0] == "cycle" ? 2 : 0;
  Assertion assertion = FactOf("reminders", at == 0 ? "" : words[1], line);
  assertion.kind = Assertion::Kind::kReminders;
  assertion.text = absl::StrJoin(words, " ");
  APDR_ASSIGN_OR_RETURN(assertion.dates, DatesOf(words, at + 2));
  return std::vector{std::move(assertion)};
}

// Short sentences: "provision N", "2 cycles", "no departures", "exactly one PlanAgreed".
std::optional<Assertion> ParseSentence(Words words, int line) {
  if (words[0] == "exactly") words.erase(words.begin());
  if (words.size() < 2) return std::nullopt;
  const std::string text = absl::StrJoin(words, " ");
  if (text.starts_with("no overdue")) {
    Assertion assertion = FactOf("overdue", "0", line);
    assertion.kind = Assertion::Kind::kNoOverdue;
    assertion.text = "no overdue events";
    return assertion;
  }
  static constexpr std::string_view kNumbers[] = {"no", "one", "two", "three", "four", "five"};
  std::string count = words[0];
  if (const auto* found = std::ranges::find(kNumbers, words[0]); found != std::end(kNumbers)) {
    count = absl::StrCat(found - std::begin(kNumbers));
  }
  const bool counted = ParseCount(count).has_value();
  const bool whole = words.size() == 2 || words[2].starts_with("event");
  if (counted && IsTypeName(words[1]) && whole) return CountOf(words[1], count, line);
  if (words.size() == 3 && words[2] == "throughout") words.pop_back();
  const std::string rest = absl::StrJoin(words.begin() + 1, words.end(), "");
  if (counted && !FactName(rest).empty()) return FactOf(FactName(rest), count, line);
  if (counted && !FactName(rest + "s").empty()) return FactOf(FactName(rest + "s"), count, line);
  if (words.size() == 2 && !FactName(words[0]).empty())
    return FactOf(FactName(words[0]), words[1], line);
  return std::nullopt;
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
    const Argument field = FieldOf(word);
    if (IsTypeName(field.key)) {
      assertions.push_back(CountOf(field.key, field.value, line));
    } else if (!FactName(field.key).empty()) {
      assertions.push_back(FactOf(FactName(field.key), field.value, line));
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

absl::StatusOr<Expectation> ParseExpectation(std::string_view text, int line) {
  Expectation expect;
  expect.text = Trim(text);
  if (expect.text.empty()) {
    return absl::InvalidArgumentError("Expected an answer after =>, but the line ends.");
  }
  ClauseReader reader(expect, line);
  for (const std::string& part : SplitOutside(text, ';')) {
    for (const std::string& clause : SplitOutside(part, ',')) {
      APDR_RETURN_IF_ERROR(reader.Read(clause));
    }
  }
  return expect;
}

absl::StatusOr<Assertion> ParseNext(std::string_view text, int line) {
  Words words = SplitWords(text);
  std::erase_if(words, [](const std::string& word) { return IsRemark(word); });
  Assertion next = FactOf(words.empty() ? "" : words[0], "", line);
  next.kind = Assertion::Kind::kNext;
  next.text = absl::StrCat("next: ", Trim(text));
  bool sound = !words.empty() && words.size() % 2 == 1;
  for (std::size_t i = 1; sound && i + 1 < words.size(); i += 2) {
    if (words[i] == "by") {
      next.value = words[i + 1];
    } else if (const auto date = ParseDate(words[i + 1]); words[i] == "due" && date.has_value()) {
      next.dates = {*date};
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
  const bool no = words[0] == "no" && words.size() > 2;
  if (words[0] == "due" || (no && words[1] == "due")) return ParseDue(words, !no, line);
  if (words[0] == "next" || words[0] == "next:") {
    APDR_ASSIGN_OR_RETURN(Assertion next,
                          ParseNext(absl::StrJoin(words.begin() + 1, words.end(), " "), line));
    return std::vector{std::move(next)};
  }
  const std::string joined = absl::StrJoin(words, " ");
  const bool of_cycle = words.size() > 3 && words[0] == "cycle" && words[2] == "reminders";
  if (joined.starts_with("reminders on ") || of_cycle) return ParseReminders(words, line);
  if (words[0] == "events") words.erase(words.begin());
  if (words.empty() || !IsField(words[0])) {
    if (words.empty()) return absl::InvalidArgumentError("Expected Event=count after events.");
    if (auto sentence = ParseSentence(words, line)) return std::vector{*std::move(sentence)};
  }
  return ParseFields(words, line);
}

}  // namespace apdr::scenario
