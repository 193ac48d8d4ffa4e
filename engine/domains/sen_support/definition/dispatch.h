#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/event.h"
#include "engine/domains/sen_support/sen_input.h"

// Which function decides which command and which folds which event: the one place that knows all.
namespace apdr::sen {

using DecideFunction = Payloads (*)(const SenInput&);
using EvolveFunction = void (*)(CaseState&, const core::Event&);

// By full type name.
[[nodiscard]] std::map<std::string, DecideFunction, std::less<>> DecideTable();
[[nodiscard]] std::map<std::string, EvolveFunction, std::less<>> EvolveTable();

}  // namespace apdr::sen
