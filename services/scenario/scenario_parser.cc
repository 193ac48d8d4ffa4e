#include "services/scenario/scenario_parser.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/assertion_parser.h"
#include "services/scenario/internal/expectation_parser.h"
#include "services/scenario/internal/given_parser.h"
#include "services/scenario/internal/spelling.h"
#include "services/scenario/internal/step_parser.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

// A line with its continuations.
struct LogicalLine {
  std::string text;
  int line = 0;
};

bool BeginsWithWord(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto lower = absl::ascii_tolower(static_cast<unsigned char>(text[i]));
    if (lower != static_cast<unsigned char>(word[i])) return false;
  }
  return text.size() == word.size() || text[word.size()] == ' ' || text[word.size()] == ':';
}

// What stands after the word, its colon and spaces.
std::string After(std::string_view text, std::string_view word) {
  text.remove_prefix(word.size());
  if (text.starts_with(":")) text.remove_prefix(1);
  return Trim(text);
}

bool BeginsAnew(std::string_view text) {
  for (const char* word :
       {"given", "then", "next", "case", "calendar", "timers", "why", "note", "variant"}) {
    if (BeginsWithWord(text, word)) return true;
  }
  return LooksLikeStep(text);
}

std::vector<LogicalLine> JoinLines(std::string_view text) {
  std::vector<LogicalLine> lines;
  int number = 0;
  for (const absl::string_view piece :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++number;
    const std::string raw(piece);
    const std::string line = PlainSigns(raw);
    if (line.empty() || line.starts_with("#") || line.starts_with("```")) continue;
    const bool indented = raw.front() == ' ' || raw.front() == '\t';
    const bool goes_on = line.starts_with("=>") || (indented && !BeginsAnew(line));
    const bool open = !lines.empty() && lines.back().text.ends_with(';');
    if ((goes_on || open) && !lines.empty()) {
      absl::StrAppend(&lines.back().text, " ", line);
    } else {
      lines.push_back({line, number});
    }
  }
  return lines;
}

// Sentences as clauses between semicolons.
std::string AsClauses(const std::string& text) {
  std::string clauses = absl::StrReplaceAll(text, {{". ", "; "}});
  while (clauses.ends_with('.')) clauses.pop_back();
  return clauses;
}

class ScriptReader {
 public:
  explicit ScriptReader(Script& script) : script_(script) {}

  absl::Status Read(const LogicalLine& line) {
    const std::string& text = line.text;
    if (BeginsWithWord(text, "case") && text.find(':') == 4) return ReadTitle(After(text, "case"));
    if (BeginsWithWord(text, "given")) return ReadGiven(line);
    if (BeginsWithWord(text, "dob")) return ParseGiven(text, line.line, true, script_);
    if (BeginsWithWord(text, "calendar")) return ReadCalendar(line);
    if (BeginsWithWord(text, "timers")) return ReadTimers(After(text, "timers"));
    if (BeginsWithWord(text, "why") || BeginsWithWord(text, "note")) return ReadRemark(line);
    if (text.starts_with("Then:")) return ReadSentences(text.substr(5), line.line);
    if (BeginsWithWord(text, "then")) return ReadClosing(After(text, "then"), line.line);
    if (BeginsWithWord(text, "next")) return ReadNext(After(text, "next"), line.line);
    if (LooksLikeStep(text) || FindOutside(text, "=>") != std::string::npos) return ReadStep(line);
    if (script_.steps.empty()) return ReadHeader(line);
    if (BeginsWithWord(text, "variant")) return PassOver(line);
    return absl::InvalidArgumentError(
        absl::StrCat("Expected a step such as '07 2025-10-24 TCH RaiseConcern => ConcernRaised', "
                     "'given', 'then' "
                     "or 'next:', but found '",
                     text.substr(0, 40), "'. Begin a comment with #."));
  }

 private:
  absl::Status ReadTitle(std::string title) {
    if (script_.title.empty()) script_.title = std::move(title);
    return absl::OkStatus();
  }

  // A line before the first step that no keyword begins: the title, facts, or a remark.
  absl::Status ReadHeader(const LogicalLine& line) {
    const FactLine facts = FactsIn(line.text);
    if (facts == FactLine::kBegins || (facts == FactLine::kHolds && !script_.title.empty())) {
      return ParseGiven(line.text, line.line, true, script_);
    }
    return script_.title.empty() ? ReadTitle(line.text) : PassOver(line);
  }

  absl::Status PassOver(const LogicalLine& line) {
    script_.remarks.push_back(absl::StrCat("line ", line.line, ": read as a remark: ", line.text));
    return absl::OkStatus();
  }

  absl::Status ReadGiven(const LogicalLine& line) {
    if (!script_.steps.empty()) {
      return absl::InvalidArgumentError(
          "Expected what is given before the first step, but it stands after one.");
    }
    return ParseGiven(After(line.text, "given"), line.line, false, script_);
  }

  absl::Status ReadCalendar(const LogicalLine& line) {
    const std::string text = After(line.text, "calendar");
    if (text.find(':') == std::string::npos) {
      script_.facts["calendar"] = {.value = text, .line = line.line};
      return absl::OkStatus();
    }
    APDR_ASSIGN_OR_RETURN(sen::TermCalendar calendar, ParseCalendar(text));
    script_.facts["calendar"] = {.value = calendar.name(), .line = line.line};
    script_.calendars.push_back(std::move(calendar));
    return absl::OkStatus();
  }

  absl::Status ReadTimers(const std::string& rule) {
    if (rule == "strict") {
      script_.timers = TimerRule::kStrict;
    } else if (rule == "ignore") {
      script_.timers = TimerRule::kIgnore;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("Expected 'timers: strict' or 'timers: ignore', but found '", rule, "'."));
    }
    return absl::OkStatus();
  }

  // "Why: ... Then: ...": only what follows Then counts.
  absl::Status ReadRemark(const LogicalLine& line) {
    const std::size_t then = line.text.find("Then: ");
    if (then == std::string::npos) return absl::OkStatus();
    return ReadSentences(line.text.substr(then + 5), line.line);
  }

  // The closing sentences of a case script: those that can be checked are.
  absl::Status ReadSentences(std::string text, int line) {
    text = AsClauses(text);
    if (const std::size_t variant = text.find(" Variant:"); variant != std::string::npos) {
      text.resize(variant);
    }
    for (const std::string& part : SplitOutside(text, ';')) {
      if (Take(part, line)) continue;
      for (const std::string& clause : SplitOutside(part, ',')) {
        if (!Take(clause, line)) {
          script_.remarks.push_back(absl::StrCat("line ", line, ": not checked: ", clause));
        }
      }
    }
    return absl::OkStatus();
  }

  bool Take(const std::string& clause, int line) {
    auto assertions = ParseAssertions(clause, line);
    if (!assertions.ok()) return false;
    script_.closing.insert(script_.closing.end(), assertions->begin(), assertions->end());
    return true;
  }

  absl::Status ReadClosing(const std::string& text, int line) {
    APDR_RETURN_IF_ERROR(CheckBalanced(text));
    for (const std::string& part : SplitOutside(AsClauses(text), ';')) {
      APDR_ASSIGN_OR_RETURN(auto assertions, ParseAssertionList(part, line));
      script_.closing.insert(script_.closing.end(), assertions.begin(), assertions.end());
    }
    return absl::OkStatus();
  }

  absl::Status ReadNext(const std::string& text, int line) {
    if (script_.steps.empty()) {
      return absl::InvalidArgumentError("Expected a step before 'next:', but there is none.");
    }
    for (const std::string& one : SplitOutside(text, ';')) {
      APDR_ASSIGN_OR_RETURN(Assertion next, ParseNext(one, line));
      script_.steps.back().expect.state.push_back(std::move(next));
    }
    return absl::OkStatus();
  }

  absl::Status ReadStep(const LogicalLine& line) {
    APDR_ASSIGN_OR_RETURN(Step step, ParseStep(line.text, line.line));
    if (!script_.steps.empty() && step.date < script_.steps.back().date) {
      return absl::InvalidArgumentError(
          absl::StrCat("Expected dates to go forward, but ", FormatDate(step.date), " lies before ",
                       FormatDate(script_.steps.back().date), " of the step before."));
    }
    script_.steps.push_back(std::move(step));
    return absl::OkStatus();
  }

  Script& script_;
};

}  // namespace

absl::StatusOr<Script> ParseScenario(std::string_view text, std::string file) {
  Script script;
  script.file = std::move(file);
  ScriptReader reader(script);
  for (const LogicalLine& line : JoinLines(text)) {
    if (const absl::Status status = reader.Read(line); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(script.file, ":", line.line, ": ", status.message()));
    }
  }
  if (script.steps.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(script.file, ":1: Expected at least one step, but there is none."));
  }
  if (script.title.empty()) {
    script.title = script.file.substr(script.file.rfind('/') + 1);  // No '/': the whole name.
  }
  return script;
}

}  // namespace apdr::scenario
