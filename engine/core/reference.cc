#include "engine/core/reference.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/core/render.h"

namespace apdr::core {
namespace {

// "`AgreePlan`, `DraftPlan`"; with none, `none`.
std::string Names(const std::vector<std::string>& types, const std::string& none) {
  std::vector<std::string> names;
  for (const std::string& type : types) names.push_back(absl::StrCat("`", ShortName(type), "`"));
  return names.empty() ? none : absl::StrJoin(names, ", ");
}

std::string Head(const char* title, const Definition& definition, const char* page) {
  return absl::StrCat("# ", title, "\n\n", "Policy ", definition.policy,
                      ". Made by `apdr workflow reference ", page,
                      "`; a test fails when this page is stale.\n\n");
}

bool IsAdmitted(const CommandSpec& command, const Stage& stage, bool first) {
  if (first) return command.opens_case;
  if (command.stages.empty()) return !command.opens_case && !stage.closed;
  return std::ranges::find(command.stages, stage.name) != command.stages.end();
}

}  // namespace

std::string RulesReference(const Definition& definition) {
  std::string page = Head("Rules", definition, "rules");
  absl::StrAppend(
      &page,
      "A broken **integrity** or **must** rule always rejects the command. A broken **should** "
      "rejects it unless the command\ncarries a departure with a reason, which is stored. A "
      "**warning** is said and stored. The answer names every broken rule of\nthe first class that "
      "fails, in this order.\n\n| id | code | strength | rule | source | guards |\n"
      "|---|---|---|---|---|---|\n");
  for (const Rule& rule : definition.rules) {
    const bool all = rule.guards == std::vector<std::string>{"*"};
    const bool most = rule.guards.size() * 2 > definition.commands.size();
    absl::StrAppend(&page, "| ", rule.id, " | `", rule.code, "` | ",
                    std::string(StrengthName(rule.strength)),
                    rule.strength_here ? " (depends on the case)" : "", " | ", rule.text, " | ",
                    rule.source, " | ",
                    all    ? "every command"
                    : most ? "nearly every command"
                           : Names(rule.guards, "none"),
                    " |\n");
  }
  return page;
}

std::string TimersReference(const Definition& definition) {
  std::string page = Head("Timers", definition, "timers");
  absl::StrAppend(
      &page,
      "A timer fires at 06:00 Europe/London on its date if nothing has stopped it, once per case, "
      "timer and date. Every\ndeadline explains itself: rule, inputs and calendar.\n\n"
      "| id | timer | due | starts on | stops on | records |\n|---|---|---|---|---|---|\n");
  for (const TimerSpec& timer : definition.timers) {
    absl::StrAppend(&page, "| ", timer.id, " | ", timer.title, " | ", timer.due, " | ",
                    Names(timer.starts_on, "-"), " | ", Names(timer.stops_on, "-"), " | `",
                    ShortName(timer.emits), "` |\n");
  }
  return page;
}

std::string StagesReference(const Definition& definition) {
  std::string page = Head("Stages", definition, "stages");
  absl::StrAppend(&page, "```mermaid\n", RenderMermaid(definition), "```\n\n",
                  "Commands of every open stage are listed once, at the end.\n\n"
                  "| stage | title | admits |\n|---|---|---|\n");
  for (std::size_t i = 0; i < definition.stages.size(); ++i) {
    const Stage& stage = definition.stages[i];
    std::vector<std::string> admitted;
    for (const CommandSpec& command : definition.commands) {
      const bool everywhere = command.stages.empty() && !command.opens_case;
      if (!everywhere && IsAdmitted(command, stage, i == 0)) admitted.push_back(command.type);
    }
    absl::StrAppend(&page, "| ", stage.name, " | ", stage.title, " | ", Names(admitted, "-"),
                    " |\n");
  }
  std::vector<std::string> everywhere;
  for (const CommandSpec& command : definition.commands) {
    if (command.stages.empty() && !command.opens_case) everywhere.push_back(command.type);
  }
  absl::StrAppend(&page, "\nEvery open stage: ", Names(everywhere, "-"), ".\n");
  return page;
}

}  // namespace apdr::core
