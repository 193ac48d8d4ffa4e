#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/codec/message_payload.h"
#include "engine/core/definition.h"
#include "engine/domains/sen_support/policy.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"

namespace apdr::sen {

using codec::As;
using codec::MakePayload;
using codec::TryAs;
using core::Breach;
using Payloads = std::vector<core::PayloadPtr>;

// What every rule and every decide of this guest looks at. All borrowed for the call.
struct SenInput {
  const core::RuleInput& engine;
  const CaseState& record;  // The case before the command.
  const Policy& policy;

  // The date on which the command happened, and as text.
  [[nodiscard]] Date on() const { return engine.command.occurred_on; }
  [[nodiscard]] std::string on_text() const { return FormatDate(on()); }
  [[nodiscard]] bool ChildIsYoungPerson() const {
    return IsYoungPerson(record.date_of_birth(), on());
  }
  // Childminders need no SENCO of their own; every other setting has one (5.52 to 5.58).
  [[nodiscard]] bool NeedsSenco() const {
    return policy.RulesFor(record.setting().type()).needs_senco;
  }
  template <class C>
  [[nodiscard]] const C& command() const {
    return As<C>(*engine.command.payload);
  }
  // Null unless the command is a C; for rules that guard several commands.
  template <class C>
  [[nodiscard]] const C* TryCommand() const {
    return TryAs<C>(*engine.command.payload);
  }
};

// A broken rule: its fact, and the values that the fact mentions.
inline std::optional<Breach> Broken(
    std::string fact, std::vector<std::pair<std::string, std::string>> metadata = {}) {
  return Breach{.fact = std::move(fact), .metadata = std::move(metadata)};
}

// The events of a command, in order.
template <class... Events>
[[nodiscard]] Payloads Happened(Events... events) {
  Payloads payloads;
  (payloads.push_back(MakePayload(std::move(events))), ...);
  return payloads;
}

}  // namespace apdr::sen
