#pragma once

#include "services/readmodel/read_model.h"

// What every implementation demands of its callers, checked in one place.
namespace apdr::readmodel {

// Aborts when a key, or a shard's progress, stands in `write` twice: which one counts would be left
// to the implementation.
void CheckWrite(const Write& write);

// Aborts when the limit is 0. False when no key can lie in the range.
[[nodiscard]] bool CheckRange(const Range& range);

}  // namespace apdr::readmodel
