#pragma once

#include "apdr/sen/v1/export_service.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/date.h"
#include "engine/base/vocabulary.h"
#include "engine/domains/sen_support/sen_state.h"

namespace apdr::exports {

// The row of a child on SEN Support in list 2 of Annex A.
[[nodiscard]] sen::v1::AnnexARow MakeAnnexARow(const CaseId& case_id, const sen::CaseState& record,
                                               const sen::v1::Registration& registration, Date on);

}  // namespace apdr::exports
