#include "services/scenario/internal/given_parser.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/given_states.h"
#include "services/scenario/internal/registration_facts.h"
#include "services/scenario/internal/step_parser.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using Words = std::vector<std::string>;

// Facts and the names under which scripts give them.
const std::map<std::string, std::string, std::less<>>& FactNames() {
  static const auto& names =
      *new std::map<std::string, std::string, std::less<>>{{"dob", "dob"},
                                                           {"dateofbirth", "dob"},
                                                           {"year", "year"},
                                                           {"ncyear", "year"},
                                                           {"upn", "upn"},
                                                           {"upntemporary", "upntemporary"},
                                                           {"formerupn", "formerupn"},
                                                           {"uln", "uln"},
                                                           {"nhs", "nhs"},
                                                           {"urn", "urn"},
                                                           {"ey", "ey"},
                                                           {"ukprn", "ukprn"},
                                                           {"laestab", "laestab"},
                                                           {"la", "la"},
                                                           {"homela", "la"},
                                                           {"settingtype", "settingtype"},
                                                           {"type", "settingtype"},
                                                           {"sensupportstarted", "since"},
                                                           {"parentnotified", "parentnotified"},
                                                           {"parentsnotified", "parentnotified"},
                                                           {"setting", "settingtype"},
                                                           {"calendar", "calendar"},
                                                           {"child", "child"},
                                                           {"givenname", "child"},
                                                           {"family", "family"},
                                                           {"familyname", "family"},
                                                           {"registered", "registered"},
                                                           {"policy", "policy"},
                                                           {"caseid", "caseid"},
                                                           {"report", "report"},
                                                           {"agencies", "report"},
                                                           {"seninformationreport", "report"},
                                                           {"since", "since"},
                                                           {"cycle", "cycle"},
                                                           {"planagreed", "planagreed"},
                                                           {"agreed", "planagreed"},
                                                           {"reviewon", "reviewon"},
                                                           {"outcomes", "outcomes"},
                                                           {"provisions", "provisions"},
                                                           {"needs", "needs"},
                                                           {"supportstarted", "supportstarted"},
                                                           {"started", "supportstarted"},
                                                           {"supportstartson", "supportstartson"}};
  return names;
}

std::string FactNameOf(std::string_view word) {
  const auto found = FactNames().find(Normalised(word));
  return found == FactNames().end() ? std::string() : found->second;
}

bool IsDateFact(std::string_view name) {
  static constexpr std::string_view kDates[] = {
      "dob", "registered", "since", "planagreed", "reviewon", "supportstarted", "supportstartson"};
  return std::ranges::find(kDates, name) != std::end(kDates);
}

bool IsNumberFact(std::string_view name) {
  static constexpr std::string_view kNumbers[] = {
      "upn", "upntemporary", "formerupn", "uln", "nhs", "urn", "ey", "ukprn", "la", "laestab"};
  return std::ranges::find(kNumbers, name) != std::end(kNumbers);
}

bool HasDigit(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos;
}

class FactReader {
 public:
  FactReader(int line, bool prose, Script& script) : line_(line), prose_(prose), script_(script) {}

  absl::Status Read(Words words) {
    for (at_ = 0; at_ < words.size();) {
      if (words[at_].starts_with("(")) {
        ++at_;
      } else if (const std::size_t equals = FindOutside(words[at_], "=");
                 equals != std::string::npos) {
        APDR_RETURN_IF_ERROR(ReadField(words[at_], equals));
        ++at_;
      } else if (!ReadOnSupport(words) && !ReadEnded(words) && !ReadOutcomeCount(words) &&
                 !ReadCyclesDone(words) && !ReadNone(words) && !ReadNotNotified(words) &&
                 !ReadSettingType(words) && !ReadPair(words)) {
        APDR_RETURN_IF_ERROR(PassOver(words[at_]));
        ++at_;
      }
    }
    if (!passed_over_.empty()) {
      script_.remarks.push_back(
          absl::StrCat("line ", line_, ": read as a remark: ", absl::StrJoin(passed_over_, " ")));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadField(const std::string& word, std::size_t equals) {
    const std::string key = word.substr(0, equals);
    const std::string name = FactNameOf(key);
    std::string value = Unquoted(word.substr(equals + 1));
    if (name.empty()) {
      Words names;
      for (const auto& [known, fact] : FactNames()) names.push_back(known);
      return absl::InvalidArgumentError(
          absl::StrCat("Expected a fact of the child, but ", UnknownName("fact", key, names), "."));
    }
    if (IsDateFact(name) && !ParseDate(value).has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("Expected a date such as 2025-09-25 for ", key,
                                                     ", but found '", value, "'."));
    }
    Set(name, std::move(value));
    return absl::OkStatus();
  }

  // "no UPN"
  bool ReadNone(const Words& words) {
    const bool none = Normalised(words[at_]) == "no" && at_ + 1 < words.size() &&
                      IsNumberFact(FactNameOf(Bare(words[at_ + 1])));
    if (none) at_ += 2;
    return none;
  }

  // "parent not yet notified"
  bool ReadNotNotified(const Words& words) {
    std::size_t at = at_;
    const auto take = [&](std::initializer_list<std::string_view> names) {
      const bool found =
          at < words.size() && std::ranges::find(names, Normalised(Bare(words[at]))) != names.end();
      if (found) ++at;
      return found;
    };
    if (!take({"parent", "parents"}) || !take({"not"})) return false;
    (void)take({"yet", "formally"});
    if (!take({"notified", "told", "informed"})) return false;
    Set("parentnotified", "no");
    at_ = at;
    return true;
  }

  // "three cycles done": the next one runs.
  bool ReadCyclesDone(const Words& words) {
    if (at_ + 2 >= words.size()) return false;
    const std::string noun = Normalised(Bare(words[at_ + 1]));
    const std::string done = Normalised(Bare(words[at_ + 2]));
    if ((noun != "cycles" && noun != "cycle") || (done != "done" && done != "completed"))
      return false;
    const auto cycles = ParseNumber(Normalised(Bare(words[at_])));
    if (!cycles.has_value()) return false;
    Set("cycle", absl::StrCat(*cycles + 1));
    at_ += 3;
    return true;
  }

  // "on K since 2025-09-01", "already on K".
  bool ReadOnSupport(const Words& words) {
    const bool named = Bare(words[at_]) == "SEN" && at_ + 1 < words.size() &&
                       Normalised(Bare(words[at_ + 1])) == "support";
    if (Bare(words[at_]) != "K" && !named) return false;
    Set("onk", "yes");
    at_ += named ? 2 : 1;
    // "SEN Support started 2025-09-08"
    const bool started = named && at_ + 1 < words.size() && Bare(words[at_]) == "started" &&
                         ParseDate(Bare(words[at_ + 1])).has_value();
    if (started) {
      Set("since", Bare(words[at_ + 1]));
      at_ += 2;
    }
    return true;
  }

  // "support ended 2025-09-10": of a child who was on SEN Support.
  bool ReadEnded(const Words& words) {
    if (at_ + 2 >= words.size() || Normalised(Bare(words[at_])) != "support" ||
        Normalised(Bare(words[at_ + 1])) != "ended" ||
        !ParseDate(Bare(words[at_ + 2])).has_value()) {
      return false;
    }
    Set("onk", "yes");
    Set("ended", Bare(words[at_ + 2]));
    at_ += 3;
    return true;
  }

  // "two outcomes", "3 outcomes": O1, O2 ...
  bool ReadOutcomeCount(const Words& words) {
    if (at_ + 1 >= words.size() || !Bare(words[at_ + 1]).starts_with("outcome")) return false;
    const auto count = ParseNumber(Normalised(Bare(words[at_])));
    if (!count.has_value() || *count < 1) return false;
    Set("outcomes", OutcomesUpTo(1, *count));
    at_ += 2;
    return true;
  }

  static std::string OutcomesUpTo(int first, int last) {
    std::string ids;
    for (int i = first; i <= last; ++i) absl::StrAppend(&ids, ids.empty() ? "O" : ",O", i);
    return ids;
  }

  // "O1-O3", "O1..O3" as all of them.
  static std::string OutcomesIn(const std::string& value) {
    const std::size_t joint = value.find_first_of("-.");
    const std::size_t last = value.rfind('O');
    if (joint == std::string::npos || last <= joint || value[0] != 'O') return value;
    const auto from = ParseCount(value.substr(1, joint - 1));
    const auto to = ParseCount(value.substr(last + 1));
    return from && to ? OutcomesUpTo(*from, *to) : value;
  }

  // "maintained nursery school": the longest name of a setting that begins here. The first one in
  // the sentence counts; "school age" and "school year" are none.
  bool ReadSettingType(const Words& words) {
    for (std::size_t count = std::min<std::size_t>(3, words.size() - at_); count > 0; --count) {
      std::string name;
      for (std::size_t i = 0; i < count; ++i) absl::StrAppend(&name, Bare(words[at_ + i]));
      const bool more = count > 1 && IsSettingWord(Bare(words[at_])) && words[at_].ends_with(',');
      if (!IsSettingWord(name) || more) continue;
      if (at_ + count < words.size() && IsOfSchool(words[at_ + count])) return false;
      const bool first = !script_.facts.contains("settingtype");
      if (first) Set("settingtype", std::string(SettingTypeNamed(name)));
      at_ += count;
      return true;
    }
    return false;
  }

  static bool IsOfSchool(std::string_view word) {
    const std::string plain = Normalised(Bare(word));
    return plain == "age" || plain == "year" || plain == "years" || plain == "record" ||
           plain == "days" || plain == "day";
  }

  // "DOB 2017-11-03", "plan agreed 2025-09-25", "outcomes O1, O2, O3".
  bool ReadPair(const Words& words) {
    std::string name = FactNameOf(Bare(words[at_]));
    std::size_t value_at = at_ + 1;
    if (value_at < words.size()) {
      const std::string two = FactNameOf(absl::StrCat(Bare(words[at_]), Bare(words[value_at])));
      if (!two.empty()) {
        name = two;
        ++value_at;
      }
    }
    // "EY URN EY199003"
    if (name == "ey" && value_at + 1 < words.size() && FactNameOf(Bare(words[value_at])) == "urn") {
      ++value_at;
    }
    if (name.empty() || value_at >= words.size()) return false;
    std::string value = Bare(words[value_at]);
    if (IsNumberFact(name) && !HasDigit(value)) {
      if (Normalised(value) != "none") return false;  // "no UPN needed"
      at_ = value_at + 1;
      return true;
    }
    if (IsDateFact(name) && !ParseDate(value).has_value()) return false;
    if (name == "cycle" && !ParseCount(value).has_value()) return false;
    while (name == "outcomes" && words[value_at].ends_with(',') && value_at + 1 < words.size() &&
           words[value_at + 1].starts_with("O")) {
      absl::StrAppend(&value, ",", Bare(words[++value_at]));
    }
    const bool range = name == "outcomes" && value_at + 2 < words.size() &&
                       words[value_at + 1] == "to" && words[value_at + 2].starts_with("O");
    if (range) absl::StrAppend(&value, "-", Bare(words[value_at += 2]));
    if (name == "outcomes") value = OutcomesIn(value);
    Set(name, std::move(value));
    at_ = value_at + 1;
    return true;
  }

  absl::Status PassOver(const std::string& word) {
    static constexpr std::string_view kFillers[] = {
        "on", "already", "community", "primary", "secondary", "and",     "plan",   "support",
        "no", "needed",  "with",      "a",       "an",        "the",     "ofsted", "provider",
        "in", "at",      "school",    "state",   "before",    "variant", "girl",   "boy"};
    if (std::ranges::find(kFillers, Normalised(Bare(word))) != std::end(kFillers)) {
      return absl::OkStatus();
    }
    if (prose_) {
      passed_over_.push_back(word);
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "Expected facts such as dob=2017-11-03, 'on K since 2025-09-01' or a dated command after "
        "given, but found '",
        word, "'. Put a remark in brackets."));
  }

  static std::string Bare(std::string_view word) {
    while (word.ends_with(',') || word.ends_with('.') || word.ends_with(':')) {
      word.remove_suffix(1);
    }
    return std::string(word);
  }

  void Set(const std::string& name, std::string value) {
    script_.facts[name] = {.value = std::move(value), .line = line_};
  }

  const int line_;
  const bool prose_;
  Script& script_;
  std::size_t at_ = 0;
  Words passed_over_;
};

// "2025-10-27..2025-10-31" or one day.
absl::StatusOr<sen::DateSpan> ParseSpan(std::string_view text) {
  const std::size_t dots = text.find("..");
  const auto first = ParseDate(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : ParseDate(text.substr(dots + 2));
  if (first.has_value() && last.has_value() && *first <= *last) {
    return sen::DateSpan{.first = *first, .last = *last};
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "Expected days such as 2025-09-01..2025-12-19, but found '", std::string(text), "'."));
}

absl::StatusOr<std::vector<sen::DateSpan>> ParseSpans(std::string_view text) {
  std::vector<sen::DateSpan> spans;
  for (const std::string& words : SplitOutside(text, ',')) {
    for (const std::string& word : SplitOutside(words, ' ')) {
      APDR_ASSIGN_OR_RETURN(const sen::DateSpan span, ParseSpan(word));
      if (!spans.empty() && span.first <= spans.back().last) {
        return absl::InvalidArgumentError(
            "Expected the days of a calendar in order, but one lies before the last.");
      }
      spans.push_back(span);
    }
  }
  return spans;
}

// Whether a line may begin with the word and go on with facts.
bool BeginsFacts(std::string_view word) {
  static constexpr std::string_view kWords[] = {"already", "on", "state", "before", "variant"};
  const std::string plain = Normalised(word);
  return !FactNameOf(plain).empty() || std::ranges::find(kWords, plain) != std::end(kWords);
}

// Facts that a sentence does not hold by chance.
bool IsStrongFact(std::string_view name) {
  return IsDateFact(name) || (IsNumberFact(name) && name != "la");
}

}  // namespace

FactLine FactsIn(std::string_view line) {
  Script trial;
  const bool sound = ParseGiven(line, 0, true, trial).ok();
  if (sound && trial.facts.empty()) return FactLine::kNone;
  const std::string_view word = line.substr(0, line.find_first_of(" :=,"));
  if (BeginsFacts(word)) return FactLine::kBegins;
  const bool strong =
      std::ranges::any_of(trial.facts, [](const auto& fact) { return IsStrongFact(fact.first); });
  return strong ? FactLine::kHolds : FactLine::kNone;
}

absl::Status ParseGiven(std::string_view text, int line, bool prose, Script& script) {
  APDR_RETURN_IF_ERROR(CheckBalanced(text));
  std::string steps;
  // What is given is accepted: facts have no answer of their own.
  const std::size_t arrow = FindOutside(text, "=>");
  if (arrow != std::string_view::npos && !LooksLikeStep(text)) text = text.substr(0, arrow);
  for (const std::string& part : SplitOutside(text, ';')) {
    // A dated command takes what follows it along: "2025-10-06 TCH StartAssessment; information".
    if (!prose && (LooksLikeStep(part) || !steps.empty())) {
      absl::StrAppend(&steps, steps.empty() ? "" : "; ", part);
      continue;
    }
    if (ReadState(part, line, script)) continue;
    APDR_RETURN_IF_ERROR(FactReader(line, prose, script).Read(SplitWords(part)));
  }
  if (steps.empty()) return absl::OkStatus();
  APDR_ASSIGN_OR_RETURN(Step step, ParseGivenStep(steps, line));
  script.given.push_back(std::move(step));
  return absl::OkStatus();
}

absl::StatusOr<sen::TermCalendar> ParseCalendar(std::string_view text) {
  const std::size_t colon = text.find(':');
  std::string days = absl::StrReplaceAll(Trim(text.substr(colon + 1)), {{" less ", " except "},
                                                                        {"; closed ", " except "},
                                                                        {", closed ", " except "},
                                                                        {" to ", ".."}});
  if (!days.starts_with("teaching ")) {
    return absl::InvalidArgumentError(
        "Expected 'calendar NAME: teaching FIRST..LAST, ... except FIRST..LAST, ...', but the word "
        "teaching is missing.");
  }
  days = days.substr(9);
  const std::size_t except = days.find(" except ");
  APDR_ASSIGN_OR_RETURN(auto teaching, ParseSpans(days.substr(0, except)));
  std::vector<sen::DateSpan> closed;
  if (except != std::string::npos) {
    APDR_ASSIGN_OR_RETURN(closed, ParseSpans(days.substr(except + 8)));
  }
  return sen::TermCalendar(Trim(text.substr(0, colon)), std::move(teaching), std::move(closed));
}

}  // namespace apdr::scenario
