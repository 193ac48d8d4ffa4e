#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "services/document/page.h"

namespace apdr::document {

// Whether plans and reviews are told in full or by how many outcomes and pieces of support there
// are, as where the document shows them elsewhere.
enum class Detail { kFull, kBrief };

// What any payload says, field by field, in plain English: so that an event of a kind that no
// document knows is still told. Left out: opaque ids, hashes and the numbers of persons.
// `corrected`: paths of the values to mark so.
[[nodiscard]] std::vector<Fact> FactsOf(const google::protobuf::Message& payload,
                                        const std::vector<std::string>& corrected, Detail detail);

}  // namespace apdr::document
