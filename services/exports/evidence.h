#pragma once

#include "apdr/sen/v1/export_service.pb.h"
#include "engine/base/vocabulary.h"
#include "services/history/case_history.h"

namespace apdr::exports {

// What a case gives as evidence for an education, health and care needs assessment: what SEN2 asks
// of the request, the cycles with their outcomes and evaluations, provisions with their delivery,
// advice of specialists, views, progress, departures, and every event behind these with the SHA-256
// of its data. The same moment of the same case gives the same evidence, whenever it is asked for.
[[nodiscard]] sen::v1::EhcEvidence MakeEvidence(const CaseId& case_id,
                                                const history::CaseHistory& history);

}  // namespace apdr::exports
