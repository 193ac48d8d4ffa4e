#pragma once

#include <string>

#include "engine/core/definition.h"

// A declared workflow as pages of a reference, in Markdown. Pure.
namespace apdr::core {

// Every rule in registry order: strength, text, source and the commands it guards.
[[nodiscard]] std::string RulesReference(const Definition& definition);

// Every timer: when it is due, what starts and stops it, what it records.
[[nodiscard]] std::string TimersReference(const Definition& definition);

// The diagram of the stages, and the commands that each admits.
[[nodiscard]] std::string StagesReference(const Definition& definition);

}  // namespace apdr::core
