#pragma once

#include <google/protobuf/message.h>

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/base/date.h"
#include "services/scenario/internal/content.h"
#include "services/scenario/internal/message_fields.h"

// Phrases of a step that are no field and its value.
namespace apdr::scenario {

// Whether the words, as Normalised writes them, say nothing of their own: "complete".
[[nodiscard]] bool IsFiller(std::string_view plain);

// "same commandId, other body", "RegisterChild same UPN".
[[nodiscard]] bool PutRepetition(const std::string& plain, Content& content);

// "O1 being-achieved", "all achieved", "O2 is achieved": of a review.
[[nodiscard]] bool PutStatus(const std::string& phrase, google::protobuf::Message& command,
                             std::set<std::string>& said);

// "SPLD,SLCN" as "SPLD(1),SLCN(2)": the first is the primary need.
[[nodiscard]] std::string WithRanks(std::string_view value);

// "outcomes=3", "2 outcomes 2 provisions": that many outcomes, provisions or attempts.
[[nodiscard]] bool SetCounted(google::protobuf::Message& command, const FieldPath& path,
                              std::string_view value, const ValueReaders& readers);

// views="..." of RecordChildViews is the field of that name inside; personId=TA is a person with
// the role too.
void Descend(FieldPath& path, const std::string& value, const ContentContext& context);

// The date that `value` says, from the step's day. kInvalidArgument: it says none.
[[nodiscard]] absl::StatusOr<Date> DayOf(const std::string& name, const std::string& value,
                                         Date day);

}  // namespace apdr::scenario
