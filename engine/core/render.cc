#include "engine/core/render.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace apdr::core {
namespace {

constexpr std::size_t kColumns = 100;
constexpr char kAny[] = "*";

std::string Pad(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

// Columns, not bytes: counts the characters of UTF-8 text.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// `first`, then the words of `text`, broken so that no line passes kColumns; later lines start
// under the first word.
void AppendWrapped(const std::string& first, const std::string& text, std::string& out) {
  const std::string indent(Width(first), ' ');
  std::string line = first;
  bool fresh = true;
  for (const auto& word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!fresh && Width(line) + 1 + word.size() > kColumns) {
      absl::StrAppend(&out, line, "\n");
      line = indent;
      fresh = true;
    }
    absl::StrAppend(&line, fresh ? "" : " ", word);
    fresh = false;
  }
  absl::StrAppend(&out, line, "\n");
}

std::string ShortNames(const std::vector<std::string>& types) {
  std::vector<std::string> names;
  names.reserve(types.size());
  for (const std::string& type : types) names.push_back(ShortName(type));
  return absl::StrJoin(names, ", ");
}

template <class Items, class Text>
std::size_t WidestOf(const Items& items, const Text& text) {
  std::size_t width = 0;
  for (const auto& item : items) width = std::max(width, text(item).size());
  return width;
}

// The part of a list of stages that a reader sees: "every stage" for an empty one.
std::string StagesText(const std::vector<std::string>& stages) {
  return stages.empty() ? "every stage of an open case" : absl::StrJoin(stages, ", ");
}

std::string Destination(const Transition& move) {
  return move.to == kBack ? "where it was before" : move.to;
}

void AppendStages(const Definition& definition, std::string& out) {
  const std::size_t width = WidestOf(
      definition.stages, [](const Stage& stage) -> const std::string& { return stage.name; });
  absl::StrAppend(&out, "\nSTAGES\n");
  for (const Stage& stage : definition.stages) {
    absl::StrAppend(&out, "  ", Pad(stage.name, width), "  ", stage.title, "\n");
    for (const Transition& move : definition.transitions) {
      if (move.from != stage.name) continue;
      absl::StrAppend(&out, "  ", Pad("", width), "    ", ShortName(move.event), " -> ",
                      Destination(move), "\n");
    }
  }
  for (const Transition& move : definition.transitions) {
    if (move.from != kAny) continue;
    absl::StrAppend(&out, "  ", Pad("any", width), "    ", ShortName(move.event), " -> ",
                    Destination(move), "\n");
  }
}

bool Guards(const Rule& rule, const std::string& command) {
  return std::ranges::find(rule.guards, command) != rule.guards.end();
}

void AppendCommands(const Definition& definition, std::string& out) {
  absl::StrAppend(&out, "\nCOMMANDS\n");
  for (const CommandSpec& command : definition.commands) {
    AppendWrapped("  ", absl::StrCat(ShortName(command.type), ": ", command.title), out);
    AppendWrapped("      in     ",
                  !command.opens_case ? StagesText(command.stages)
                  : command.stages.empty()
                      ? "no case yet: opens it"
                      : absl::StrCat("no case yet: opens it; then ", StagesText(command.stages)),
                  out);
    AppendWrapped("      by     ",
                  command.roles.empty() ? "every role" : absl::StrJoin(command.roles, ", "), out);
    std::vector<std::string> rules;
    for (const Rule& rule : definition.rules) {
      if (Guards(rule, command.type)) rules.push_back(absl::StrCat(rule.id, " ", rule.code));
    }
    if (!rules.empty()) AppendWrapped("      rules  ", absl::StrJoin(rules, ", "), out);
  }
}

void AppendRules(const Definition& definition, std::string& out) {
  absl::StrAppend(
      &out,
      "\nRULES (must and integrity: always refused; should: refused unless a departure gives the"
      " reason;\n       warning: accepted and said)\n");
  const std::size_t width =
      WidestOf(definition.rules, [](const Rule& rule) -> const std::string& { return rule.code; });
  for (const Rule& rule : definition.rules) {
    std::string strength(StrengthName(rule.strength));
    if (rule.strength_here) absl::StrAppend(&strength, ", by type of setting");
    absl::StrAppend(&out, "  ", Pad(rule.id, 4), " ", Pad(rule.code, width), "  ", strength, "  [",
                    rule.source, "]\n");
    AppendWrapped("       ", rule.text, out);
    AppendWrapped(
        "       guards ",
        rule.guards == std::vector<std::string>{kAny} ? "every command" : ShortNames(rule.guards),
        out);
  }
}

void AppendTimers(const Definition& definition, std::string& out) {
  absl::StrAppend(&out, "\nTIMERS (fire at 06:00 ", definition.zone.name(), ")\n");
  for (const TimerSpec& timer : definition.timers) {
    absl::StrAppend(&out, "  ", Pad(timer.id, 4), " ", timer.title, "\n");
    AppendWrapped("       due      ", timer.due, out);
    AppendWrapped("       starts   ", ShortNames(timer.starts_on), out);
    AppendWrapped("       stops    ", ShortNames(timer.stops_on), out);
    AppendWrapped("       reports  ", ShortName(timer.emits), out);
  }
}

void AppendActions(const Definition& definition, std::string& out) {
  absl::StrAppend(&out, "\nNEXT ACTIONS\n");
  for (const ActionSpec& action : definition.actions) {
    std::string how =
        absl::StrCat(ShortName(action.command), " by ",
                     action.roles.empty() ? "everyone" : absl::StrJoin(action.roles, ", "));
    if (!action.timer.empty()) absl::StrAppend(&how, ", date of ", action.timer);
    AppendWrapped("  ", action.title, out);
    AppendWrapped("      in  ", StagesText(action.stages), out);
    AppendWrapped("      do  ", how, out);
  }
}

// A stage name as a Mermaid identifier.
std::string MermaidId(const std::string& stage) {
  std::string id = stage;
  std::ranges::replace_if(
      id, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return id;
}

}  // namespace

std::string RenderText(const Definition& definition) {
  std::string out = absl::StrCat(definition.title, "\nworkflow ", definition.name, ", policy ",
                                 definition.policy, ", dates in ", definition.zone.name(), "\n");
  AppendWrapped("roles ", absl::StrJoin(definition.roles, ", "), out);
  AppendStages(definition, out);
  AppendCommands(definition, out);
  AppendRules(definition, out);
  AppendTimers(definition, out);
  AppendActions(definition, out);
  return out;
}

std::string RenderMermaid(const Definition& definition) {
  std::string out = "stateDiagram-v2\n";
  for (const Stage& stage : definition.stages) {
    absl::StrAppend(&out, "    state \"", stage.title, "\" as ", MermaidId(stage.name), "\n");
  }
  // One arrow per pair of stages, whatever the number of events that move a case along it.
  std::vector<std::pair<std::string, std::string>> arrows;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> labels;
  for (const Transition& move : definition.transitions) {
    const std::pair arrow(move.from == kAny ? "any" : MermaidId(move.from),
                          move.to == kBack ? "any" : MermaidId(move.to));
    if (labels[arrow].empty()) arrows.push_back(arrow);
    labels[arrow].push_back(ShortName(move.event));
  }
  if (std::ranges::any_of(arrows, [](const auto& arrow) {
        return arrow.first == "any" || arrow.second == "any";
      })) {
    absl::StrAppend(&out, "    state \"any stage\" as any\n");
  }
  if (!definition.stages.empty()) {
    absl::StrAppend(&out, "    [*] --> ", MermaidId(definition.stages.front().name), "\n");
  }
  for (const auto& arrow : arrows) {
    absl::StrAppend(&out, "    ", arrow.first, " --> ", arrow.second, ": ",
                    absl::StrJoin(labels[arrow], ", "), "\n");
  }
  return out;
}

std::string_view StrengthName(Strength strength) {
  switch (strength) {
    case Strength::kIntegrity:
      return "integrity";
    case Strength::kMust:
      return "must";
    case Strength::kShould:
      return "should";
    case Strength::kWarning:
      return "warning";
  }
  return "";
}

std::string ShortName(std::string_view type) {
  return std::string(type.substr(type.rfind('.') + 1));
}

}  // namespace apdr::core
