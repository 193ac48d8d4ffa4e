#pragma once

#include <string>
#include <string_view>

#include "engine/core/definition.h"

// A declared workflow as something to read: for people who write or check policy, and for the
// documentation. Pure.
namespace apdr::core {

// Stages, commands, rules with strength and source, timers and next actions, 100 columns wide.
[[nodiscard]] std::string RenderText(const Definition& definition);

// The stages and what moves a case between them, as a Mermaid stateDiagram-v2.
[[nodiscard]] std::string RenderMermaid(const Definition& definition);

// "must", "should", "integrity" or "warning".
[[nodiscard]] std::string_view StrengthName(Strength strength);

// The last part of a full type name: "AgreePlan" of "apdr.sen.v1.AgreePlan".
[[nodiscard]] std::string ShortName(std::string_view type);

}  // namespace apdr::core
