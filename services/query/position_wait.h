#pragma once

#include <grpc/support/time.h>

#include <functional>

#include "engine/base/vocabulary.h"
#include "services/projection/rows/progress_board.h"

namespace apdr::query {

// A query waits no longer than this for a position, whatever its deadline.
inline constexpr int kPositionWaitSecondsMax = 5;

// Calls `then` exactly once, in a thread of gRPC: when the shard has reached `position`, or a tenth
// of the time before `deadline` (so that the answer still arrives), or after
// kPositionWaitSecondsMax. Borrows the board until then.
void WhenReached(projection::ProgressBoard& board, Shard shard, Position position,
                 gpr_timespec deadline, std::function<void()> then);

}  // namespace apdr::query
