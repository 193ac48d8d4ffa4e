#pragma once

#include "apdr/sen/state/v1/copy_state.pb.h"
#include "services/views/view.h"

namespace apdr::sink {

// Folds the next event of a case into what the copy keeps of it.
void FoldCopyDoc(const views::Happened& happened, sen::state::v1::CopyDoc& doc);

}  // namespace apdr::sink
