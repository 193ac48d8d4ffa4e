#include "services/scenario/internal/given_states.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

constexpr char kAssess[] =
    "StartAssessment; information by=TCH,SEN; decision; views of CHI; views of PAR; progress";
constexpr char kPlan[] = "CompleteAssessment; ConfirmParticipants; contributions";
constexpr char kDo[] = "AgreePlan; SharePlan; StartSupport";

struct State {
  std::string_view name;
  bool on_support;        // Whether SEN Support has started.
  std::string_view fact;  // What else is set; may be empty.
  std::string_view value;
  std::vector<std::string> commands;
};

const std::vector<State>& States() {
  static const auto& states =
      *new std::vector<State>{{"concernraised", false, "", "", {"RaiseConcern"}},
                              {"kstarted", true, "", "", {}},
                              {"assess", true, "", "", {kAssess}},
                              {"plan", true, "", "", {kAssess, kPlan}},
                              {"do", true, "", "", {kAssess, kPlan, kDo}},
                              {"caseclosed", false, "", "", {"CloseCase"}},
                              {"holdinforce", false, "", "", {"PlaceHold kind=litigation"}},
                              {"erecorded", false, "", "", {"RecordEhcPlan primaryNeed=MLD"}},
                              {"noresponsibleteacher", false, "responsible", "no", {}},
                              {"noseninformationreport", false, "report", "no", {}},
                              {"noseninformationreportpublished", false, "report", "no", {}}};
  return states;
}

// What a state may lack, and what is played instead.
struct Lack {
  std::string_view words, command, instead;
};

constexpr Lack kLacks[] = {
    {"nochildviews", "views of CHI; ", ""},
    {"nochildsviews", "views of CHI; ", ""},
    {"noparentviews", "views of PAR; ", ""},
    {"noparentsviews", "views of PAR; ", ""},
    {"noassessmentorprogress", "; progress", ""},
    {"noassessmentorprogressthiscycle", "; progress", ""},
    {"nofurtherassessmentdecision", "decision; ", ""},
    {"informationreviewedbyteacheronly", "information by=TCH,SEN", "information by=TCH"},
    {"notstarted", "; StartSupport", ""}};

std::string Plain(std::string_view words) {
  std::string plain = absl::StrReplaceAll(Normalised(words), {{"'", ""}, {"\xE2\x80\x99", ""}});
  while (plain.ends_with('.') || plain.ends_with(':')) plain.pop_back();
  return plain;
}

const State* StateNamed(std::string plain) {
  if (plain.starts_with("state:")) plain.erase(0, 6);
  if (plain.ends_with("stage")) plain.resize(plain.size() - 5);
  const auto found = std::ranges::find(States(), plain, &State::name);
  return found == States().end() ? nullptr : &*found;
}

// "SLT involved": the discipline; empty: it says something else.
std::string InvolvedIn(const std::string& clause) {
  constexpr std::string_view kInvolved = " involved";
  if (!clause.ends_with(kInvolved)) return {};
  return clause.substr(0, clause.size() - kInvolved.size());
}

// Takes out what is lacking, puts in who is involved. False: it is neither.
bool TakeClause(const std::string& clause, std::string& commands) {
  if (const std::string who = InvolvedIn(clause); !who.empty()) {
    absl::StrAppend(&commands, commands.empty() ? "" : "; ", "RecordInvolvedProfessional ", who);
    return true;
  }
  const std::string plain = Plain(clause);
  if (plain == "notconsulted") return commands.find("RecordInvolved") != std::string::npos;
  const auto* lack = std::ranges::find(kLacks, plain, &Lack::words);
  if (lack == std::end(kLacks)) return false;
  const std::size_t at = commands.find(lack->command);
  if (at == std::string::npos) return false;
  commands.replace(at, lack->command.size(), lack->instead);
  return true;
}

}  // namespace

bool ReadState(const std::string& words, int line, Script& script) {
  const std::vector<std::string> clauses = SplitOutside(words, ',');
  const State* state = clauses.empty() ? nullptr : StateNamed(Plain(clauses[0]));
  const bool involves = !clauses.empty() && !InvolvedIn(clauses[0]).empty();
  if (state == nullptr && !involves) return false;
  std::string commands = state == nullptr ? "" : absl::StrJoin(state->commands, "; ");
  for (std::size_t i = involves ? 0 : 1; i < clauses.size(); ++i) {
    if (!TakeClause(clauses[i], commands)) return false;
  }
  if (state != nullptr && state->on_support) script.facts["onk"] = {.value = "yes", .line = line};
  if (state != nullptr && !state->fact.empty()) {
    script.facts[std::string(state->fact)] = {.value = std::string(state->value), .line = line};
  }
  if (commands.empty()) return true;
  std::string& all = script.facts["state"].value;
  absl::StrAppend(&all, all.empty() ? "" : "; ", commands);
  script.facts["state"].line = line;
  return true;
}

}  // namespace apdr::scenario
