#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>

#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/types.pb.h"
#include "engine/base/date.h"
#include "engine/core/state.h"
#include "engine/domains/sen_support/policy.h"

// Complete valid content for every command, for tests and for scenarios that say only what matters.
// Deterministic: the same context gives the same message. Everybody in it is invented.
namespace apdr::sen::examples {

// All borrowed for the call.
struct ExampleContext {
  std::string_view case_id;
  Date occurred_on;
  const core::State& state;  // The case before the command; Workflow::NewState() for a new one.
  const Policy& policy;
};

// The person whom a case script means by an abbreviation: TCH KEY TUT SEN TA HEAD PAR CHI YP EXT LA
// COV. One fixed UUID per case and abbreviation. REQUIRES: the abbreviation is one of these.
[[nodiscard]] v1::PersonRef Person(std::string_view case_id, std::string_view abbreviation);

// Only the id; any abbreviation.
[[nodiscard]] std::string PersonId(std::string_view case_id, std::string_view abbreviation);

// The role of an abbreviation: "teacher" for TCH; empty for an unknown one.
[[nodiscard]] std::string_view RoleOf(std::string_view abbreviation);

// Outcome "O<number>" and provision "P<number>", complete; the provision serves the outcome of the
// same number.
[[nodiscard]] v1::Outcome OutcomeNumber(int number, Date on);
[[nodiscard]] v1::PlannedProvision ProvisionNumber(int number, const ExampleContext& context);
// A need of this code and rank, with its narrative.
[[nodiscard]] v1::Need NeedOf(std::string_view code, std::uint32_t rank);
// One try to reach somebody.
[[nodiscard]] v1::Attempt AttemptOn(Date on);

// A command of this full type name that the case's state admits as far as content goes: it passes
// CheckFields and breaks no rule about its own content, so that a caller changes one field and
// knows what that one does. Follows the state where it must: the plan in force and its outcomes,
// the responsible teacher, the young person instead of parents after compulsory school age, the
// next participant who has not yet had a say, the early years' shorter review interval.
// Null: no command of this guest.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> Minimal(std::string_view type,
                                                                 const ExampleContext& context);

}  // namespace apdr::sen::examples
