#include "services/scenario/internal/step_parser.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/examples.h"
#include "services/scenario/internal/departure_words.h"
#include "services/scenario/internal/expectation_parser.h"
#include "services/scenario/internal/later_words.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using Words = std::vector<std::string>;

const std::vector<std::string>& Actors() {
  static const auto& actors = *new std::vector<std::string>{
      "TCH", "KEY", "TUT", "SEN", "TA", "HEAD", "PAR", "CHI", "YP", "EXT", "LA", "SYS"};
  return actors;
}

// "TCH", "TCH2", "SYS/LA": the abbreviation it stands for; empty: none.
std::string ActorOf(std::string_view word) {
  if (word.starts_with("SYS/")) return ActorOf(word.substr(4));
  if (word == "SENCO" || word == "SENCo") return "SEN";
  std::string_view base = word;
  while (!base.empty() && absl::ascii_isdigit(static_cast<unsigned char>(base.back()))) {
    base.remove_suffix(1);
  }
  return std::ranges::find(Actors(), base) == Actors().end() ? std::string() : std::string(word);
}

// "teacher", "tch": who acts, in small letters right behind a date.
std::string ActorInWords(std::string_view word) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"teacher", "TCH"}, {"keyworker", "KEY"},    {"tutor", "TUT"},  {"senco", "SEN"},
      {"head", "HEAD"},   {"headteacher", "HEAD"}, {"parent", "PAR"}, {"child", "CHI"},
      {"system", "SYS"},  {"timer", "SYS"},        {"timers", "SYS"}};
  const std::string plain = Normalised(word);
  for (const auto& [name, actor] : kWords) {
    if (plain == name) return std::string(actor);
  }
  return ActorOf(absl::AsciiStrToUpper(plain));
}

// "06:00"
bool IsTimeOfDay(std::string_view word) {
  return word.size() == 5 && word[2] == ':' && ParseCount(word.substr(0, 2)).has_value() &&
         ParseCount(word.substr(3)).has_value();
}

// Whether timers report events of this name, and nobody's command does.
bool IsTimerEvent(std::string_view name) {
  return name == "ReviewReminderIssued" || name.ends_with("Overdue") || name.ends_with("Due") ||
         name.ends_with("Shortfall");
}

// "07", "N16", "S1.2"
bool IsLabel(std::string_view word) {
  const auto is_digit = [](unsigned char c) { return absl::ascii_isdigit(c); };
  return !word.empty() && word.size() <= 8 && !ParseDate(word).has_value() &&
         std::ranges::any_of(word, is_digit) && std::ranges::all_of(word, [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '.';
         });
}

// A step's number and what follows it: "07 2025-...", "01: 2025-...", "1) 2025-...".
struct Labelled {
  std::string label;  // Empty: none.
  std::string rest;
};

Labelled TakeLabel(std::string_view text) {
  const std::string whole = Trim(text);
  const std::size_t blank = whole.find(' ');
  if (blank == std::string::npos) return {{}, whole};
  std::string label = whole.substr(0, blank);
  while (label.ends_with(':') || label.ends_with(')') || label.ends_with('.')) label.pop_back();
  std::string rest = Trim(std::string_view(whole).substr(blank));
  if (!IsLabel(label) || !ParseDate(rest.substr(0, rest.find(' '))).has_value()) {
    return {{}, whole};
  }
  return {std::move(label), std::move(rest)};
}

bool IsCommandName(std::string_view word) {
  return word.size() > 2 && absl::ascii_isupper(static_cast<unsigned char>(word[0])) &&
         absl::ascii_islower(static_cast<unsigned char>(word[1])) &&
         std::ranges::all_of(word, [](unsigned char c) { return absl::ascii_isalpha(c); });
}

// Short forms of commands.
const std::map<std::string, std::string, std::less<>>& ShortForms() {
  static const auto& forms = *new std::map<std::string, std::string, std::less<>>{
      {"concern", "RaiseConcern"},
      {"adaptation", "AdaptTeaching"},
      {"discussion", "RecordEarlyDiscussion"},
      {"notification", "NotifyParent"},
      {"profile", "CreateOnePageProfile"},
      {"information", "ReviewExistingInformation"},
      {"decision", "DecideFurtherAssessment"},
      {"assessment", "RecordAssessment"},
      {"progress", "RecordProgress"},
      {"input", "RecordProfessionalInput"},
      {"participants", "ConfirmParticipants"},
      {"contribution", "RecordContribution"},
      {"contributions", "RecordContribution"},
      {"draft", "DraftPlan"},
      {"briefing", "BriefStaff"},
      {"note", "RecordTeamNote"},
      {"meeting", "RecordParentMeeting"}};
  return forms;
}

// "3 outcomes without provisions": what is left out is a phrase of its own.
void AddPhrases(const std::string& words, std::vector<Argument>& arguments) {
  std::string phrase;
  const auto end = [&] {
    for (const char* joint : {" and", " but", " with"}) {
      if (phrase.ends_with(joint)) phrase.resize(phrase.rfind(' '));
    }
    if (!phrase.empty()) arguments.push_back({Argument::Kind::kPhrase, "", std::move(phrase)});
    phrase.clear();
  };
  for (const std::string& word : SplitOutside(words, ' ')) {
    if (word == "without" || word == "no") end();
    absl::StrAppend(&phrase, phrase.empty() ? "" : " ", word);
  }
  end();
}

// "+200", "days"
bool IsDays(std::string_view value, const std::string& unit) {
  const bool signed_number = value.size() > 1 && (value[0] == '+' || value[0] == '-') &&
                             ParseCount(value.substr(1)).has_value();
  return signed_number && (unit == "days" || unit == "day");
}

// The words after a command's name.
absl::Status ReadArguments(const Words& words, std::size_t from, CommandLine& command) {
  Words phrase;
  const auto end_phrase = [&] {
    for (const std::string& part : SplitOutside(absl::StrJoin(phrase, " "), ',')) {
      AddPhrases(part, command.arguments);
    }
    phrase.clear();
  };
  for (std::size_t i = from; i < words.size(); ++i) {
    const std::string& word = words[i];
    const auto times = word.starts_with("x") ? ParseCount(word.substr(1)) : std::nullopt;
    const std::size_t equals = FindOutside(word, "=");
    const bool code = i + 1 < words.size() && words[i + 1].find('_') != std::string::npos;
    if ((word == "departure" && code) || word.starts_with("departure=")) {
      i = ReadDeparture(words, i, command.departures);
      continue;
    }
    const bool plain = word != "+" && word != "," && !times.has_value() && word[0] != '(' &&
                       word[0] != '"' && equals == std::string::npos &&
                       !word.starts_with("departure(");
    if (plain) {
      phrase.push_back(word);
      continue;
    }
    end_phrase();
    if (times.has_value()) {
      command.repeat = std::max(1, *times);
    } else if (word.starts_with("departure(")) {
      APDR_ASSIGN_OR_RETURN(ScriptDeparture departure, ParseDeparture(word, command.name));
      command.departures.push_back(std::move(departure));
    } else if (word[0] == '(') {
      command.arguments.push_back({Argument::Kind::kRemark, "",
                                   word.substr(1, word.size() - (word.ends_with(")") ? 2 : 1))});
    } else if (word[0] == '"') {
      command.arguments.push_back({Argument::Kind::kText, "", Unquoted(word)});
    } else if (equals == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "Expected field=value without spaces around the sign, but found '", word, "'."));
    } else if (equals != std::string::npos) {
      std::string value = Unquoted(word.substr(equals + 1));
      const bool days = i + 1 < words.size() && IsDays(value, words[i + 1]);
      if (days) value.push_back('d'), ++i;
      command.arguments.push_back(
          {Argument::Kind::kField, word.substr(0, equals), std::move(value)});
    }
  }
  end_phrase();
  TakeDepartureInWords(command);
  return absl::OkStatus();
}

// "views of CHI and PAR": one command each.
absl::StatusOr<std::vector<CommandLine>> ReadViews(const Words& words, std::size_t from,
                                                   const CommandLine& base) {
  std::vector<CommandLine> commands;
  for (std::size_t i = from; i < words.size(); ++i) {
    for (const std::string& part : SplitOutside(words[i], ',')) {
      const std::string who = Normalised(part);
      CommandLine command = base;
      command.actor_open = true;
      if (who == "chi" || who == "child" || who == "yp") {
        command.name = "RecordChildViews";
      } else if (who == "par" || who == "parent" || who == "parents") {
        command.name = "RecordParentViews";
      } else if (who == "of" || who == "and" || part.starts_with("(")) {
        continue;
      } else {
        return absl::InvalidArgumentError(
            absl::StrCat("Expected 'views of CHI and PAR', but found '", part, "'."));
      }
      commands.push_back(std::move(command));
    }
  }
  if (!commands.empty()) return commands;
  return absl::InvalidArgumentError("Expected 'views of CHI and PAR', but nobody is named.");
}

// "contributions of PAR and CHI": one command each.
std::vector<CommandLine> ReadContributions(const Words& words, std::size_t from,
                                           const CommandLine& base) {
  std::vector<CommandLine> commands;
  for (std::size_t i = from; i < words.size(); ++i) {
    for (std::string& part : SplitOutside(words[i], ',')) {
      if (part == "of" || part == "and" || part == "by" || part.starts_with("(")) continue;
      CommandLine command = base;
      command.actor_open = true;
      command.name = "RecordContribution";
      const bool field = FindOutside(part, "=") != std::string::npos;
      if (field && commands.empty()) continue;
      if (field) {
        for (CommandLine& one : commands) {
          const std::size_t equals = part.find('=');
          one.arguments.push_back(
              {Argument::Kind::kField, part.substr(0, equals), Unquoted(part.substr(equals + 1))});
        }
        continue;
      }
      command.arguments.push_back({Argument::Kind::kPhrase, "", std::move(part)});
      commands.push_back(std::move(command));
    }
  }
  return commands;
}

// One part between semicolons, without its date and actor.
absl::StatusOr<std::vector<CommandLine>> ReadCommand(const Words& words, std::size_t at,
                                                     CommandLine command) {
  if (at >= words.size()) {
    return absl::InvalidArgumentError(
        "Expected a command such as RaiseConcern after date and actor, but the line ends.");
  }
  std::string name = words[at++];
  if (name.ends_with(",")) name.pop_back();
  if (std::string command_of = CommandOfEvent(name); !command_of.empty()) name = command_of;
  if (Normalised(name) == "views" && at < words.size()) return ReadViews(words, at, command);
  if (Normalised(name) == "views") return ReadViews({"CHI", "PAR"}, 0, command);
  if (at + 1 == words.size() && words[at] == "views") {  // "child's views"
    return ReadViews({name.substr(0, name.find('\''))}, 0, command);
  }
  if (name == "contributions" && at < words.size() && (words[at] == "of" || words[at] == "by")) {
    return ReadContributions(words, at, command);
  }
  if (name == "cycle" && at + 1 < words.size() && words[at + 1] == "plan") {
    command.arguments.push_back({Argument::Kind::kField, "cycle", words[at]});
    name = words[at + 1];
    at += 2;
  }
  const bool plan_form = name == "plan" && at < words.size();
  if (plan_form && words[at] == "agreed") name = "AgreePlan", ++at;
  if (plan_form && words[at - 1] == "plan" && words[at] == "shared") name = "SharePlan", ++at;
  const auto form = ShortForms().find(Normalised(name));
  if (form != ShortForms().end() && !IsCommandName(name)) {
    if (name == "contributions") command.repeat = kOncePerParticipant;
    command.actor_open = true;
    name = form->second;
  }
  if (!IsCommandName(name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Expected a command such as RaiseConcern after date and actor, but found '", name, "'."));
  }
  command.name = std::move(name);
  APDR_RETURN_IF_ERROR(ReadArguments(words, at, command));
  return std::vector{std::move(command)};
}

// One part of a SYS line: the days on which timers act.
void ReadTimerDays(const Words& words, std::size_t at, Date date, std::vector<TimerDay>& days) {
  std::vector<TimerDay> listed;
  std::optional<int> offset;
  for (; at < words.size(); ++at) {
    if (words[at].starts_with("(")) continue;
    for (const std::string& part : SplitOutside(words[at], ',')) {
      const Date before = listed.empty() ? date : listed.back().date;
      if (const auto day = ParseDateAfter(part, before)) {
        listed.push_back({*day, std::nullopt});
      } else if (part.starts_with("-")) {
        offset = ParseCount(std::string_view(part).substr(1));
      }
    }
  }
  if (listed.empty()) listed.push_back({date, offset});
  days.insert(days.end(), listed.begin(), listed.end());
}

// Whether a command of its own may begin with this word.
bool IsCommandWord(std::string_view word) {
  if (word.ends_with(',')) word.remove_suffix(1);
  return ShortForms().contains(word) || word == "views" ||
         (IsCommandName(word) && IsTypeOfProduct(word));
}

// "StartAssessment, information and decision": the commands of one part. A short form is one only
// if it stands alone: "HoldReview without impact, decision" goes on leaving out.
std::vector<std::string> SplitCommands(const std::string& part) {
  std::vector<Words> commands(1);
  bool leaves_out = false;
  const Words words = SplitOutside(part, ' ');
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string before = i == 0 ? std::string() : words[i - 1];
    const bool joint = before == "and" || before == "+";
    const std::string after = i + 1 < words.size() ? words[i + 1] : std::string(",");
    const bool ends = words[i].ends_with(',') || after == "," || after == "and" || after == "+";
    const bool alone = ends || (words[i] == "views" && after == "of") || IsCommandName(words[i]);
    leaves_out = leaves_out || words[i] == "without" || words[i] == "no";
    if ((joint || before.ends_with(',')) && !leaves_out && alone && IsCommandWord(words[i])) {
      Words& last = commands.back();
      if (joint) last.pop_back();
      if (!last.empty() && last.back().ends_with(',')) last.back().pop_back();
      commands.emplace_back();
    }
    commands.back().push_back(words[i]);
  }
  std::vector<std::string> parts;
  for (const Words& one : commands) {
    if (!one.empty()) parts.push_back(absl::StrJoin(one, " "));
  }
  return parts;
}

// What stands before "=>", part by part.
class PartReader {
 public:
  explicit PartReader(Step& step) : step_(step) {}

  absl::Status Read(const std::string& part) {
    const Words words = SplitWords(part);
    std::size_t at = 0;
    if (const auto date = ParseDate(words[at])) {
      date_ = date;
      ++at;
      if (at < words.size() && IsTimeOfDay(words[at])) ++at;
      if (at < words.size() && ActorOf(words[at]).empty() && !ActorInWords(words[at]).empty()) {
        actor_ = ActorInWords(words[at++]);
      }
    }
    if (!date_.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("Expected a date such as 2025-09-15 at the start of a step, but found '",
                       words[0], "'."));
    }
    if (at < words.size() && !ActorOf(words[at]).empty()) actor_ = ActorOf(words[at++]);
    if (actor_.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "Expected who acts after the date, one of ", absl::StrJoin(Actors(), " "), ", but ",
          at < words.size() ? UnknownName("actor", words[at], Actors()) : "the line ends", "."));
    }
    if (step_.timer_days.empty() && step_.commands.empty()) step_.date = *date_;
    const bool timer = at < words.size() && IsTimerEvent(words[at]);
    if (timer && actor_ == "SYS") step_.timer_event = words[at];
    if (actor_ == "SYS" && (at >= words.size() || !IsCommandName(words[at]) || timer)) {
      ReadTimerDays(words, at, *date_, step_.timer_days);
      return absl::OkStatus();
    }
    if (at < words.size() && GoesOn(words[at]) && !step_.commands.empty()) {
      return ReadArguments(words, at, step_.commands.back());
    }
    CommandLine command;
    command.line = step_.line;
    command.date = *date_;
    command.actor = actor_;
    APDR_ASSIGN_OR_RETURN(auto commands, ReadCommand(words, at, std::move(command)));
    step_.commands.insert(step_.commands.end(), commands.begin(), commands.end());
    return absl::OkStatus();
  }

 private:
  // "HoldReview complete; newOutcomes.needed=true": still the same command.
  static bool GoesOn(const std::string& word) {
    return FindOutside(word, "=") != std::string::npos || word[0] == '"' || word[0] == '(' ||
           word.starts_with("departure(") || word == "without" || word == "no";
  }

  Step& step_;
  std::optional<Date> date_;
  std::string actor_;
};

absl::Status CheckOrder(const Step& step) {
  const bool ordered = std::ranges::is_sorted(step.commands, {}, &CommandLine::date) &&
                       std::ranges::is_sorted(step.timer_days, {}, &TimerDay::date);
  if (!ordered) {
    return absl::InvalidArgumentError(
        "Expected dates to go forward, but one lies before the last.");
  }
  if (!step.commands.empty() && !step.timer_days.empty()) {
    return absl::InvalidArgumentError(
        "Expected either commands or timers in one step, but it has both; write two steps.");
  }
  return absl::OkStatus();
}

}  // namespace

bool LooksLikeStep(std::string_view text) {
  const std::string rest = TakeLabel(text).rest;
  return ParseDate(rest.substr(0, rest.find(' '))).has_value();
}

namespace {

// "DisagreementRaised; SEN HoldPlaced kind=litigation": what somebody does behind an answer is one
// more command, and its event is awaited too. Returns the answer.
std::string TakeCommands(std::string_view text, std::vector<std::string>& parts) {
  std::vector<std::string> answers;
  for (std::string& part : SplitOutside(text, ';')) {
    const Words words = SplitOutside(part, ' ');
    const bool command = !answers.empty() && words.size() > 1 && !ActorOf(words[0]).empty() &&
                         IsCommandName(words[1]);
    if (!command) {
      answers.push_back(std::move(part));
      continue;
    }
    if (!CommandOfEvent(words[1]).empty()) answers.push_back(words[1]);
    parts.push_back(std::move(part));
  }
  return absl::StrJoin(answers, ", ");
}

}  // namespace

absl::StatusOr<Step> ParseStep(std::string_view text, int line) {
  Labelled labelled = TakeLabel(text);
  text = labelled.rest;
  APDR_RETURN_IF_ERROR(CheckBalanced(text));
  Step step;
  step.line = line;
  step.label = absl::StrCat("line ", line);
  const std::size_t arrow = FindOutside(text, "=>");
  step.text = Trim(text.substr(0, arrow));
  if (!labelled.label.empty()) step.label = std::move(labelled.label);
  auto parts = SplitOutside(step.text, ';');
  std::string answer;
  if (arrow != std::string_view::npos) answer = TakeCommands(text.substr(arrow + 2), parts);
  if (parts.empty()) {
    return absl::InvalidArgumentError(
        "Expected a step such as '2025-09-15 TCH RaiseConcern areas=CL => ConcernRaised', but it "
        "has no date.");
  }
  PartReader reader(step);
  for (const std::string& part : parts) {
    for (const std::string& one : SplitCommands(part)) APDR_RETURN_IF_ERROR(reader.Read(one));
  }
  APDR_RETURN_IF_ERROR(CheckOrder(step));
  if (arrow == std::string_view::npos) answer = step.timer_event;
  if (!answer.empty() || arrow != std::string_view::npos) {
    APDR_ASSIGN_OR_RETURN(step.expect, ParseExpectation(answer, line));
  }
  return step;
}

absl::StatusOr<Step> ParseGivenStep(std::string_view text, int line) {
  APDR_ASSIGN_OR_RETURN(Step step, ParseStep(text, line));
  const bool refused = !step.expect.rejection.empty() || step.expect.nothing;
  if (step.commands.empty() || refused) {
    return absl::InvalidArgumentError(
        "Expected a given step to be a command that is accepted, but it is not.");
  }
  for (CommandLine& command : step.commands) command.actor_open = true;
  return step;
}

}  // namespace apdr::scenario
