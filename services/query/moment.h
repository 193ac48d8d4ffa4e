#pragma once

#include "apdr/query/v1/query_service.pb.h"
#include "services/history/case_history.h"
#include "services/query/reply.h"

namespace apdr::query {

// The moment of which a request asks. FIELD_INVALID: as_at is no date.
[[nodiscard]] Reply<history::Moment> MomentOf(const v1::GetCaseRequest& request);
[[nodiscard]] Reply<history::Moment> MomentOf(const v1::GetChronologyRequest& request);

}  // namespace apdr::query
