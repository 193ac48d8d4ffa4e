#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/domains/sen_support/calendar.h"

// A case script as values: what happened to one child on which day, and what must follow from it.
// The notation is described in tests/scenario/README.md.
namespace apdr::scenario {

// One thing said about a command, in the order of the text.
struct Argument {
  enum class Kind : std::uint8_t {
    kField,   // reviewOn=2026-02-06
    kText,    // "reading slow and hesitant"
    kPhrase,  // 2 outcomes
    kRemark,  // (all else complete)
  };
  Kind kind = Kind::kField;
  std::string key;
  std::string value;
};

struct ScriptDeparture {
  std::string rule_code;  // Or the id of a rule: R31.
  std::string reason;
  std::string decided_by;  // A person; empty: nobody is named.
};

// As many as there are confirmed participants.
inline constexpr int kOncePerParticipant = 0;

struct CommandLine {
  int line = 0;
  Date date;
  std::string actor;        // TCH, SEN ...
  bool actor_open = false;  // A short form: where the actor's role may not, someone does who may.
  std::string name;         // "AgreePlan"
  std::vector<Argument> arguments;
  std::vector<ScriptDeparture> departures;
  int repeat = 1;
};

// A condition on the case: of a step (after it) or at the end.
struct Assertion {
  enum class Kind : std::uint8_t {
    kFact,        // stage=ended: `name`, `value`
    kEventCount,  // PlanAgreed=1: `name`, `value`
    kDue,         // T08=2025-12-12: `name`, `dates`
    kNotDue,      // T05: `name`; empty: no timer at all
    kReminders,   // on `dates`, of the cycle `value` or the newest
    kNext,        // a next action `name`, by `value`, due `dates`
    kNoOverdue,
  };
  Kind kind = Kind::kFact;
  int line = 0;
  std::string text;  // As written.
  std::string name;
  std::string value;
  std::vector<Date> dates;
  bool overdue = false;  // kNext: its day has passed.
};

struct EventExpectation {
  std::string name;  // "PlanAgreed"
  int count = 1;
  std::vector<Argument> fields;
};

// What follows "=>".
struct Expectation {
  std::string text;  // As written; empty: accepted, whatever follows.
  bool nothing = false;
  bool same_answer = false;
  std::optional<int> total;
  std::vector<EventExpectation> events;
  std::vector<std::string> rejection;  // Codes.
  bool rejection_alone = false;        // There is no code beside these.
  std::optional<std::vector<std::string>> warnings;
  std::optional<std::vector<std::string>> departures;
  std::vector<Assertion> state;
};

// A day on which timers are expected to act.
struct TimerDay {
  Date date;
  std::optional<int> offset_days;  // "-28": days before the review.
};

struct Step {
  int line = 0;
  std::string label;  // "07"; made of the line where the script gives none.
  std::string text;   // As written, before "=>".
  Date date;
  std::vector<CommandLine> commands;  // Empty: a SYS line.
  std::vector<TimerDay> timer_days;
  std::string timer_event;  // "SYS ReviewOverdue": what a SYS line is about; may be empty.
  Expectation expect;
};

struct Fact {
  std::string value;
  int line = 0;
};

enum class TimerRule : std::uint8_t { kMentioned, kStrict, kIgnore };

struct Script {
  std::string file;
  std::string title;
  std::map<std::string, Fact> facts;  // Of the child and the case, by normalised name.
  std::vector<Step> given;            // Played silently before the steps.
  std::vector<Step> steps;
  std::vector<Assertion> closing;
  std::vector<sen::TermCalendar> calendars;
  TimerRule timers = TimerRule::kMentioned;
  std::vector<std::string> remarks;  // Sentences that look like assertions and are not checked.
};

}  // namespace apdr::scenario
