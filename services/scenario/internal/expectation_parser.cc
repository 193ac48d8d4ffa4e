#include "services/scenario/internal/expectation_parser.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/assertion_parser.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using Words = std::vector<std::string>;

bool IsCode(std::string_view word) {
  return word.size() > 2 && std::ranges::all_of(word, [](unsigned char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

bool IsProvision(std::string_view word) { return word == "N" || word == "K" || word == "E"; }

// "x5"
std::optional<int> ParseTimes(std::string_view word) {
  return word.starts_with("x") ? ParseCount(word.substr(1)) : std::nullopt;
}

Words ListOf(std::string_view text) {
  if (text.starts_with("[") && text.ends_with("]")) text = text.substr(1, text.size() - 2);
  if (Normalised(text) == "none") return {};
  return SplitOutside(text, ',');
}

// "do(1)"
bool IsStageOfCycle(std::string_view word) {
  const std::size_t open = word.find('(');
  return open != std::string_view::npos && open > 0 && word.ends_with(")") &&
         absl::ascii_islower(static_cast<unsigned char>(word[0])) &&
         ParseCount(word.substr(open + 1, word.size() - open - 2)).has_value();
}

absl::Status NotUnderstood(std::string_view clause) {
  return absl::InvalidArgumentError(
      absl::StrCat("Expected events, 'X CODE', 'N events', 'events' or 'nothing' after =>, but '",
                   std::string(clause), "' is none of these."));
}

bool IsRejected(std::string_view word) {
  static constexpr std::string_view kWords[] = {"X",        "rejected", "rejected:", "REJECT",
                                                "REJECTED", "Rejected", "reject"};
  return std::ranges::find(kWords, word) != std::end(kWords);
}

// "warning UPN_LA_CODE" as "warnings=UPN_LA_CODE", "W UPN_LA_CODE" too.
Words JoinCodes(const Words& words) {
  Words joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = Normalised(words[i]);
    const bool warning = word == "warning" || word == "warnings" || words[i] == "W";
    const bool departure = word == "departure" || word == "departures";
    const bool code = i + 1 < words.size() && (IsCode(words[i + 1]) || words[i + 1] == "none");
    if (!code || (!warning && !departure)) {
      joined.push_back(words[i]);
      continue;
    }
    joined.push_back(absl::StrCat(warning ? "warnings=" : "departures=", words[++i]));
  }
  return joined;
}

// Without a remark behind "#", "//" or "--", and with "on time" as a field.
std::string PlainAnswer(std::string_view text) {
  for (const std::string_view sign : {" # ", " // ", " -- "}) {
    text = text.substr(0, FindOutside(text, sign));
  }
  return absl::StrReplaceAll(absl::string_view(text.data(), text.size()),
                             {{", not on time", " onTime=false"},
                              {" not on time", " onTime=false"},
                              {", on time", " onTime=true"},
                              {" on time", " onTime=true"}});
}

// One part of "=>", between commas, into `expect`.
class ClauseReader {
 public:
  ClauseReader(Expectation& expect, int line) : expect_(expect), line_(line) {}

  absl::Status Read(const std::string& clause) {
    Words words = SplitWords(clause);
    std::erase_if(words, [](const std::string& word) { return IsRemark(word); });
    if (words.size() > 2 && words[1] == "events:") {  // "3 events: ReviewHeld, ..."
      expect_.total = ParseCount(words[0]);
      words.erase(words.begin(), words.begin() + 2);
    }
    words = JoinCodes(words);
    if (words.empty()) return absl::OkStatus();
    const std::string first = words.front();
    if (first == "next:" || first == "next") return ReadNext(words);
    if (IsRejected(first)) return ReadCodes(words);
    if (words.size() == 1 && GoesOn(first)) return absl::OkStatus();
    const bool item = field_ != nullptr && first != "due" && first != "no";
    if (item && words.size() > 1 && IsField(words[1]) && GoesOn(first)) {
      return ReadFields(words, 1, &expect_.events.back());
    }
    list_ = nullptr;
    field_ = nullptr;
    due_open_ = false;
    if (first == "due" || (words.size() > 2 && first == "no" && words[1] == "due")) {
      return ReadDue(clause);
    }
    if (ReadWhole(words)) return absl::OkStatus();
    if (IsTimer(first.substr(0, first.find('='))) && (words.size() > 1 || IsField(first))) {
      return ReadDue(clause);
    }
    if (IsTypeName(first) || ParseCount(first).has_value()) return ReadEvent(words, clause);
    if (words.size() == 1 && IsStageOfCycle(first)) {
      AddFact("stage", first, line_, expect_.state);
      return absl::OkStatus();
    }
    if (!FactName(first).empty() && words.size() == 2) {
      AddFact(FactName(first), words[1], line_, expect_.state);
      return absl::OkStatus();
    }
    if (std::ranges::all_of(words, [](const std::string& word) { return IsField(word); })) {
      return ReadFields(words, 0, nullptr);
    }
    const auto state = ParseAssertions(clause, line_);
    if (!state.ok() || state->empty()) return NotUnderstood(clause);
    expect_.state.insert(expect_.state.end(), state->begin(), state->end());
    return absl::OkStatus();
  }

 private:
  // One more item of the list that the clause before ended with: "departures=A, B", "areas=CL,SP".
  bool GoesOn(const std::string& word) {
    if (due_open_) {
      Assertion& due = expect_.state.back();
      if (due.kind == Assertion::Kind::kNotDue)
        return IsTimer(word) && ReadDue("no due " + word).ok();
      const auto date = ParseDateAfter(word, due.dates.back());
      if (date.has_value()) due.dates.push_back(*date);
      return date.has_value();
    }
    if (list_ != nullptr && IsCode(word)) {
      list_->push_back(word);
      return true;
    }
    if (field_ == nullptr || IsTypeName(word) || IsField(word)) return false;
    absl::StrAppend(&field_->value, ",", word);
    return true;
  }

  // A clause that is a whole answer.
  bool ReadWhole(const Words& words) {
    const std::string text = absl::StrJoin(words, " ");
    if (text == "nothing" || text.starts_with("no event") || text.starts_with("no new event") ||
        text == "nothing stored" || text == "nothing is stored") {
      // What is rejected stores nothing, and the steps before it are not meant.
      if (expect_.rejection.empty()) expect_.nothing = true;
      return true;
    }
    if (text == "events" || text == "accepted" || text == "ok" || text == "OK") return true;
    if (text == "same answer" || text == "same result") return expect_.same_answer = true;
    if (text == "no warnings") return expect_.warnings.emplace().empty();
    if (text == "no departures") return expect_.departures.emplace().empty();
    const bool counted = words.size() == 2 && words[1].starts_with("event");
    if (const auto total = words[0] == "one" ? 1 : ParseCount(words[0]);
        counted && total.has_value()) {
      expect_.total = total;
      return true;
    }
    return false;
  }

  absl::Status ReadNext(const Words& words) {
    const std::string rest = absl::StrJoin(words.begin() + 1, words.end(), " ");
    APDR_ASSIGN_OR_RETURN(Assertion next, ParseNext(rest, line_));
    expect_.state.push_back(std::move(next));
    return absl::OkStatus();
  }

  // "due T03=2025-10-13", "no due T05"
  absl::Status ReadDue(const std::string& clause) {
    APDR_ASSIGN_OR_RETURN(const auto due, ParseAssertions(clause, line_));
    expect_.state.insert(expect_.state.end(), due.begin(), due.end());
    due_open_ = !due.empty();
    return absl::OkStatus();
  }

  absl::Status ReadCodes(const Words& words) {
    list_ = &expect_.rejection;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::string rest =
          absl::StrJoin(words.begin() + static_cast<std::ptrdiff_t>(i), words.end(), " ");
      if (i > 1 && (rest == "and nothing else" || rest == "only" || rest == "alone")) {
        expect_.rejection_alone = true;
        break;
      }
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
        AddFact("provision", word, line_, expect_.state);
        continue;
      }
      if (word == "and" || word == "with" || word == "+") {
        if (at + 1 >= words.size() || !IsTypeName(words[at + 1])) continue;
        return ReadEvent({words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end()}, word);
      }
      if (word == "no" && at + 1 < words.size() && ReadWhole({word, words[at + 1]})) {
        ++at;
        continue;
      }
      // "level 1"
      const bool pair = !IsField(word) && at + 1 < words.size() && !IsField(words[at + 1]) &&
                        absl::ascii_islower(static_cast<unsigned char>(word[0]));
      if (!IsField(word) && !pair) {
        return absl::InvalidArgumentError(
            absl::StrCat("Expected field=value after an event, but found '", word,
                         "'. Put a remark in brackets."));
      }
      Argument field = pair ? Argument{Argument::Kind::kField, word, words[++at]} : FieldOf(word);
      const bool fact = !FactName(field.key).empty();
      if (field.key == "warnings") {
        list_ = &expect_.warnings.emplace(ListOf(field.value));
      } else if (field.key == "departures") {
        list_ = &expect_.departures.emplace(ListOf(field.value));
      } else if (event != nullptr && (!fact || EventHasField(event->name, field.key))) {
        event->fields.push_back(std::move(field));
        field_ = &event->fields.back();
      } else if (fact) {
        AddFact(FactName(field.key), field.value, line_, expect_.state);
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
  bool due_open_ = false;
};

}  // namespace

absl::StatusOr<Expectation> ParseExpectation(std::string_view text, int line) {
  Expectation expect;
  expect.text = Trim(text);
  if (expect.text.empty()) {
    return absl::InvalidArgumentError("Expected an answer after =>, but the line ends.");
  }
  ClauseReader reader(expect, line);
  for (const std::string& part : SplitOutside(PlainAnswer(text), ';')) {
    for (const std::string& clause : SplitOutside(part, ',')) {
      APDR_RETURN_IF_ERROR(reader.Read(clause));
    }
  }
  return expect;
}

}  // namespace apdr::scenario
