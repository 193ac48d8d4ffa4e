#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "engine/base/date.h"
#include "engine/base/vocabulary.h"
#include "engine/core/payload.h"

namespace apdr::core {

struct State;

// Who acts, as the caller's credentials said.
struct Actor {
  std::string id;
  std::string role;
  std::string setting_id;
  std::string on_behalf_of;

  friend bool operator==(const Actor&, const Actor&) = default;
};

// "Comply or explain": a "should" knowingly not followed.
struct Departure {
  std::string rule_code;
  std::string reason;
  std::string decided_by;

  friend bool operator==(const Departure&, const Departure&) = default;
};

// A departure explains itself in at least this many characters (rule REASON_REQUIRED).
inline constexpr std::size_t kDepartureReasonMin = 20;

// The state the caller expects to decide against.
struct AnyVersion {};
using Expected = std::variant<AnyVersion, CaseVersion>;  // CaseVersion(0): the case must be new.

struct Command {
  PayloadPtr payload;
  Date occurred_on;
  Expected expected;
  std::vector<Departure> departures;
};

// Everything a decision may know besides the case: drawn once, so that the same inputs give the
// same decision.
struct Context {
  absl::Time now;
  Date today;  // Of `now` in the policy's time zone.
  Actor actor;
  // Which case holds each unique key that the command asks for (DomainModule::UniqueKeys), if any
  // does.
  std::map<std::string, CaseId> key_holders;
  CaseId case_id = {};
  // The events of the case that the command refers to (DomainModule::EventsNamed), by their ids;
  // an id that is not here is none of the case.
  std::map<std::string, PayloadPtr> events_named = {};
  // Other cases as they are now (DomainModule::CasesRead), borrowed; one that does not exist is not
  // here.
  std::map<CaseId, const State*> cases_read = {};
};

}  // namespace apdr::core
