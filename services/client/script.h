#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "apdr/command/v1/command_service.pb.h"
#include "services/client/connection.h"
#include "services/client/json_document.h"

namespace apdr::client {

// What a step must lead to; what is not given is not checked.
struct Expectation {
  std::optional<std::vector<std::string>> timers;  // Events reported by timers before the step.
  std::optional<std::vector<std::string>> events;
  std::optional<std::vector<std::string>> warnings;  // Rule codes.
  std::string error;                                 // A reason; empty: the step is accepted.
};

// A step of a script: commands of one person on one day, or a day on which only timers act.
struct ScriptStep {
  std::string label;  // "07"
  std::string date;
  Identity caller;
  std::vector<command::v1::ExecuteRequest> requests;
  // Whether `step` or `request_id` was given, so that the request ids name this step for ever.
  bool named = false;
  Expectation expect;
  std::string place;  // "amira.json:12"
};

struct Script {
  std::string title;
  std::vector<ScriptStep> steps;
};

// Reads a script of commands in JSON:
//
//   {"title": "...", "case_id": "<uuid>",
//    "defaults": {"actor": {"id": "p1", "role": "teacher", "setting": "URN:199001"}},
//    "steps": [{"step": "01", "date": "2025-09-15", "actor": {...},
//               "command": {"@type": "RaiseConcern", "concern": {...}},
//               "departures": [{"rule_code": "...", "reason": "..."}], "expected_version": 3,
//               "expect": {"timers": [...], "events": ["ConcernRaised"], "warnings": [...],
//                          "error": "CODE"}}]}
//
// or an array of such steps, each with its case_id. `commands` holds several commands of one step.
// A step without one is a day on which only timers act. A short "@type" is one of apdr.sen.v1.
// Request ids are made of case and step, so that a script played again is answered with the first
// answers; `request_id` sets another. `caller` gives tenant and, where a step names no actor, the
// rest. kInvalidArgument names the line.
[[nodiscard]] absl::StatusOr<Script> ParseScript(std::string_view text, const std::string& name,
                                                 const Identity& caller);

// One command in the same form as a step, for `apdr preview`.
[[nodiscard]] absl::StatusOr<ScriptStep> ParseCommand(std::string_view text,
                                                      const std::string& name,
                                                      const Identity& caller);

}  // namespace apdr::client
