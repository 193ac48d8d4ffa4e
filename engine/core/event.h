#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/core/command.h"
#include "engine/core/payload.h"

namespace apdr::core {

// A date by which something must happen, computed once when its event was decided; a replay never
// recomputes it.
struct Deadline {
  std::string timer;  // "T08"
  Date due_on;        // What it is about.
  Date fires_on;      // 06:00 local time on this date, unless stopped.
  std::uint32_t level = 0;
  bool reminder = false;            // Ahead of a due date; gone once it has fired.
  bool past_when_recorded = false;  // Kept and shown, but never fires.
  std::string explanation;
  // Where several deadlines of one timer run side by side, what this one is about: a request's id.
  std::string subject = {};
  // Counted in school days, or the like, from a date: what counting it anew needs. 0: not counted.
  std::uint32_t days_counted = 0;
  Date counted_from = {};

  // Unique among the running deadlines of a case: "T08:2026-02-06:1", "T11:2026-05-01:0:SR1".
  [[nodiscard]] std::string Key() const;

  friend bool operator==(const Deadline&, const Deadline&) = default;
};

// A broken rule that only warns.
struct Warning {
  std::string rule_code;
  std::string message;

  friend bool operator==(const Warning&, const Warning&) = default;
};

// What happened, with what the decision knew. Warnings and departures stand on the first event of a
// command.
struct Event {
  PayloadPtr payload;
  Date occurred_on;
  std::string policy;
  std::vector<Departure> departures;
  std::vector<Warning> warnings;
  std::vector<Deadline> deadlines_started;
  std::vector<Deadline> deadlines_stopped;
  std::string deadline_fired;  // The key of the deadline this event reports; empty for all others.
  // Of those stopped, the ones that are put aside until the case goes on.
  std::vector<Deadline> deadlines_paused = {};
};

}  // namespace apdr::core
