// Promise: a restart changes nothing: a request answered before it is answered the same after it.
#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {

// The world sends every acknowledged request again after its last restart, and History keeps every
// answer that differs from the first.
Findings CheckRestart(const Evidence& evidence) { return evidence.history.contradictions; }

}  // namespace apdr::testing
