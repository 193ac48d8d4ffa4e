#pragma once

#include <string>

#include "engine/base/vocabulary.h"
#include "engine/core/workflow.h"
#include "services/views/view.h"

namespace apdr::sink {

// Whether a child's numbers (UPN and the like) are part of the copy.
enum class Identifiers : bool { kLeftOut, kCopied };

// The view whose one row of a case is a CaseCopy. Closed cases stay, an erased one has no row.
[[nodiscard]] views::View CaseCopyView(Identifiers identifiers);

// The key of that row in a read model.
[[nodiscard]] std::string CaseCopyKey(const StreamId& stream);

// What the rows of a copy mean: one of another meaning is made anew.
[[nodiscard]] std::string CopyMeaning(const core::Workflow& workflow, Identifiers identifiers);

}  // namespace apdr::sink
