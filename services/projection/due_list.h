#pragma once

#include <map>
#include <string>

#include "apdr/query/v1/view.pb.h"
#include "engine/base/vocabulary.h"
#include "engine/core/definition.h"

namespace apdr::projection {

// The rows that follow from a case's view alone: its place in the lists of its setting, and one row
// in the due lists for each thing that is due. The levels of an escalation are one thing that is
// due; a reminder is none. Rows by key, so that two views can be compared.
[[nodiscard]] std::map<std::string, std::string> ListRows(const core::Definition& definition,
                                                          const TenantId& tenant,
                                                          const query::v1::CaseView& view);

}  // namespace apdr::projection
