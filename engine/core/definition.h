#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/command.h"
#include "engine/core/event.h"
#include "engine/core/rejection.h"
#include "engine/core/state.h"

// A workflow, declared: tables that the engine runs, that can be printed, and that answer what can
// be done next.
namespace apdr::core {

struct Stage {
  std::string name;       // "assess"
  std::string title;      // "Assess"
  bool suspends = false;  // The case can go back from it to the stage in which it was before.
  bool closed = false;    // Admits only commands that name it.
  bool place = false;  // Of a place that holds cases, not of a case: lists of cases leave it out.
};

// The stage in which a suspended case was before.
inline constexpr const char* kBack = "<";

// Moves the case when an event happens; an event with no row leaves the stage as it is.
struct Transition {
  std::string from;  // A stage name, or "*" for any but "no case yet".
  std::string event;
  std::string to;  // A stage name, or kBack.
};

struct CommandSpec {
  std::string type;                 // "apdr.sen.v1.AgreePlan"
  std::string title;                // "agree the plan": goes into "Expected to ..., but ..."
  std::vector<std::string> stages;  // Stages that admit it; empty: every one not closed.
  std::vector<std::string> roles;   // Roles that may send it; empty: every role there is.
  // Admitted while the case does not exist and, beside that, only in the stages that it names.
  bool opens_case = false;
};

// How much a rule binds (comply or explain).
enum class Strength : std::uint8_t {
  kIntegrity,  // The record would make no sense: always rejected.
  kMust,       // Law: always rejected.
  kShould,     // Rejected unless the command carries a departure with a reason.
  kWarning,    // Accepted, and said.
};

// What a rule looks at. All borrowed for the call.
struct RuleInput {
  const State& state;
  const Command& command;
  const Context& context;
};

// A broken rule: the fact, completing "Expected to <title>, but ...", and the values it mentions.
// No personal data.
struct Breach {
  std::string fact;
  std::vector<std::pair<std::string, std::string>> metadata;
};

struct Rule {
  std::string id;    // "R12"
  std::string code;  // "PARENT_NOT_NOTIFIED"
  Strength strength = Strength::kIntegrity;
  std::string text;                 // The rule in one sentence.
  std::string source;               // "s.68; 6.48; 5.38"
  std::vector<std::string> guards;  // Command types; {"*"} for all.
  bool before_stage = false;        // Ownership and the like: judged before the stage is.
  bool wrong_in_any_state = false;  // INVALID_ARGUMENT rather than FAILED_PRECONDITION.
  std::function<std::optional<Breach>(const RuleInput&)> check;
  // Where the strength depends on the case (the type of its setting); null: `strength`.
  std::function<Strength(const RuleInput&)> strength_here;
  // The departure that a command makes by what it is, needing none beside it; null: there is none.
  std::function<std::optional<Departure>(const RuleInput&)> implied_departure = nullptr;
  // Commands for which the case alone breaks it, whatever they will say: what stands in their way
  // can be told before they are made.
  std::vector<std::string> foreseen_for = {};
};

// What a timer looks at: the state before the command, and the event that touches it.
struct TimerInput {
  const State& state;
  const Event& event;
  const Context& context;
};

struct TimerSpec {
  std::string id;     // "T08"
  std::string title;  // "Review overdue"
  // Event types; a start first stops what runs of this timer (about the same subject).
  std::vector<std::string> starts_on;
  std::vector<std::string> stops_on;
  std::string due;    // In words: "reviewOn + 1, 10, 20 school days".
  std::string emits;  // Event type.
  // The deadlines to run after a start event; may be empty.
  std::function<std::vector<Deadline>(const TimerInput&)> start;
  // Whether a start event really starts; null: always.
  std::function<bool(const TimerInput&)> starts = nullptr;
  // Whether a stop event really stops; null: always.
  std::function<bool(const TimerInput&)> stops;
  // Events that put aside what runs of this timer, and that take it up again.
  std::vector<std::string> pauses_on = {};
  std::vector<std::string> resumes_on = {};
  // After these a running deadline is counted anew (another calendar); `recount` gives it.
  std::vector<std::string> recounts_on = {};
  std::function<Deadline(const Deadline&, const TimerInput&)> recount = nullptr;
  // What the event's deadlines are about, where several run side by side; nullopt: all that run.
  // Null: one at a time.
  std::function<std::optional<std::string>(const TimerInput&)> subject = nullptr;
  // The event that reports a deadline reached.
  std::function<PayloadPtr(const Deadline&, const State&)> fire;
};

// One line of "what next" for a stage.
struct ActionSpec {
  std::vector<std::string> stages;
  std::string command;
  std::string title;
  std::vector<std::string> roles;
  std::string timer;  // Whose running deadline gives the date; empty: none.
  std::string why;    // The rule or paragraph that asks for it: "PARENT_NOT_NOTIFIED; s.68; 6.48".
  // Whether it still is to be done; null: always in these stages.
  std::function<bool(const State&)> applies;
};

struct Definition {
  std::string name;                // "sen_support"
  std::string title;               // "SEN Support: the graduated approach"
  std::string policy;              // "code-2015@1": recorded in every event.
  absl::TimeZone zone;             // In which dates are dates and deadlines fire at 06:00.
  std::vector<std::string> roles;  // Of callers; nobody else may send a command. Empty: any name.
  std::vector<Stage> stages;       // The first is "no case yet".
  std::vector<Transition> transitions;
  std::vector<CommandSpec> commands;
  std::vector<std::string> events;
  std::string erased_by;    // The event after which what the others say is not shown; may be empty.
  std::vector<Rule> rules;  // In registry order.
  std::vector<TimerSpec> timers;
  std::vector<ActionSpec> actions;
  // Whether there is somebody of this role where the case is, to be named for what is next; null:
  // of every role.
  std::function<bool(const State&, std::string_view role)> has_role;
};

// The hour of day, in Definition::zone, at which deadlines fire.
inline constexpr int kDeadlineHour = 6;

}  // namespace apdr::core
