#pragma once

#include <string>
#include <string_view>

namespace apdr::scenario {

// The name that the schema has for what a script calls a field of this command: AgreePlan's
// "agreedBy" is "agreements". The name itself where the two are the same.
[[nodiscard]] std::string SchemaName(std::string_view command, std::string_view name);

// Whether a field of this name, where the command has none, says on which day the command happened:
// startedOn, sentOn, heldOn, on ...
[[nodiscard]] bool IsDayOfCommand(std::string_view command, std::string_view name);

// Whether a field of this name, where the command has none, is something that its event will hold:
// cycle, from, draftNo, reviewCycle. It is compared with the event.
[[nodiscard]] bool IsTakenFromEvent(std::string_view name);

}  // namespace apdr::scenario
