#pragma once

#include <cstdint>
#include <vector>

#include "services/document/case_record.h"
#include "services/document/page.h"

// Who stands around a plan, and what they said before it was made.
namespace apdr::document {

// Setting, parents and carers, languages and needs of access, as they were at this version.
[[nodiscard]] std::vector<Fact> FamilyAndSetting(const CaseRecord& record, std::uint64_t version);

// Views of the child and the parents in the cycle that led to the plan of this version.
[[nodiscard]] Section ViewsSection(const CaseRecord& record, std::uint64_t version);

// Who had a say in that plan, and what they think of it.
[[nodiscard]] Section SaySection(const CaseRecord& record, std::uint64_t version);

}  // namespace apdr::document
