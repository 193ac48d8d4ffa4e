#include "engine/core/workflow.h"

#include <algorithm>

#include "engine/base/check.h"

namespace apdr::core {
namespace {

bool Contains(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

}  // namespace

Workflow::Workflow(const DomainModule& module) : module_(module) {
  APDR_CHECK(!definition().stages.empty());
  CompileCommands();
  CompileEvents();
  CompileActions();
}

void Workflow::CompileCommands() {
  const std::size_t stage_count = definition().stages.size();
  for (const CommandSpec& spec : definition().commands) {
    CompiledCommand compiled{
        .spec = &spec, .admitted = std::vector<bool>(stage_count), .rules = {}};
    for (std::size_t stage = 1; stage < stage_count; ++stage) {
      compiled.admitted[stage] =
          spec.stages.empty() && !spec.opens_case && !definition().stages[stage].closed;
    }
    for (const std::string& name : spec.stages) compiled.admitted[StageIndex(name)] = true;
    for (const std::string& role : spec.roles) {
      APDR_CHECK(definition().roles.empty() || Contains(definition().roles, role));
    }
    compiled.admitted[0] = spec.opens_case;
    for (const Rule& rule : definition().rules) {
      if (Contains(rule.guards, "*") || Contains(rule.guards, spec.type))
        compiled.rules.push_back(&rule);
    }
    APDR_CHECK(commands_.emplace(spec.type, std::move(compiled)).second);
  }
  for (const Rule& rule : definition().rules) {
    APDR_CHECK(rule.check != nullptr);
    for (const std::string& guarded : rule.guards) {
      APDR_CHECK(guarded == "*" || commands_.contains(guarded));
    }
    for (const std::string& foreseen : rule.foreseen_for) {
      APDR_CHECK(commands_.contains(foreseen));
      APDR_CHECK(Contains(rule.guards, "*") || Contains(rule.guards, foreseen));
    }
  }
}

void Workflow::CompileEvents() {
  const std::size_t stage_count = definition().stages.size();
  for (const std::string& type : definition().events) {
    CompiledEvent compiled;
    for (std::size_t stage = 0; stage < stage_count; ++stage) compiled.next_stage.push_back(stage);
    for (const TimerSpec& timer : definition().timers) {
      const auto lists = {&timer.starts_on, &timer.stops_on, &timer.pauses_on, &timer.resumes_on,
                          &timer.recounts_on};
      if (std::ranges::any_of(lists, [&](const auto* list) { return Contains(*list, type); })) {
        compiled.timers.push_back(&timer);
      }
    }
    APDR_CHECK(events_.emplace(type, std::move(compiled)).second);
  }
  for (const Transition& row : definition().transitions) {
    const auto event = events_.find(row.event);
    APDR_CHECK(event != events_.end());
    const bool back = row.to == kBack;
    for (std::size_t stage = 0; stage < stage_count; ++stage) {
      const Stage& from = definition().stages[stage];
      if ((row.from == "*" && stage > 0) || from.name == row.from) {
        APDR_CHECK(!back || from.suspends);
        event->second.next_stage[stage] = back ? kStageBefore : StageIndex(row.to);
      }
    }
  }
  for (const TimerSpec& timer : definition().timers) {
    APDR_CHECK(HasEvent(timer.emits));
    for (const std::string& type : timer.starts_on) APDR_CHECK(HasEvent(type));
    for (const std::string& type : timer.stops_on) APDR_CHECK(HasEvent(type));
    APDR_CHECK(timer.recounts_on.empty() || timer.recount != nullptr);
  }
}

void Workflow::CompileActions() {
  actions_.resize(definition().stages.size());
  for (const ActionSpec& action : definition().actions) {
    for (const std::string& stage : action.stages) {
      std::vector<const ActionSpec*>& here = actions_[StageIndex(stage)];
      APDR_CHECK(here.empty() || here.back() != &action);  // A stage is named once.
      here.push_back(&action);
    }
  }
}

std::size_t Workflow::StageIndex(std::string_view name) const {
  const auto& stages = definition().stages;
  const auto found = std::ranges::find(stages, name, &Stage::name);
  APDR_CHECK(found != stages.end());
  return static_cast<std::size_t>(found - stages.begin());
}

const Workflow::CompiledCommand* Workflow::FindCommand(std::string_view type) const {
  const auto found = commands_.find(type);
  return found == commands_.end() ? nullptr : &found->second;
}

bool Workflow::HasEvent(std::string_view type) const { return events_.contains(type); }

const Rule* Workflow::FindRule(std::string_view code) const {
  const auto& rules = definition().rules;
  const auto found = std::ranges::find(rules, code, &Rule::code);
  return found == rules.end() ? nullptr : &*found;
}

const TimerSpec* Workflow::FindTimer(std::string_view id) const {
  const auto& timers = definition().timers;
  const auto found = std::ranges::find(timers, id, &TimerSpec::id);
  return found == timers.end() ? nullptr : &*found;
}

const std::vector<const TimerSpec*>& Workflow::TimersTouchedBy(std::string_view event) const {
  const auto found = events_.find(event);
  APDR_CHECK(found != events_.end());
  return found->second.timers;
}

std::size_t Workflow::StageAfter(std::size_t stage, std::string_view event) const {
  const auto found = events_.find(event);
  APDR_CHECK(found != events_.end());
  return found->second.next_stage.at(stage);
}

State Workflow::NewState() const {
  auto domain = module_.LoadState({});
  APDR_CHECK(domain.ok());
  return State{.version = CaseVersion(0),
               .stage = 0,
               .stages_before = {},
               .policy = definition().policy,
               .deadlines = {},
               .paused = {},
               .domain = *std::move(domain)};
}

}  // namespace apdr::core
