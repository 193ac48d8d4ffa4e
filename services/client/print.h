#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apdr/command/v1/command_service.pb.h"
#include "apdr/event/v1/event.pb.h"
#include "apdr/query/v1/audit_service.pb.h"
#include "apdr/query/v1/query_service.pb.h"
#include "google/protobuf/message.h"
#include "services/client/connection.h"
#include "services/client/play.h"

// Answers as people read them. Every text ends with a line break.
namespace apdr::client {

// Under a step: what timers reported before it, the step, its warnings, and why it is unexpected.
[[nodiscard]] std::string RenderStep(const StepReport& report);
[[nodiscard]] std::string RenderPlayed(const PlayResult& result);

[[nodiscard]] std::string RenderCase(const query::v1::CaseView& view);
[[nodiscard]] std::string RenderCases(const query::v1::ListCasesResponse& response);
[[nodiscard]] std::string RenderDue(const query::v1::ListDueResponse& response);

// How much of a long text is shown: what fits its line, or all of it.
enum class Length : std::uint8_t { kLine, kFull };

// One line per event, oldest first as they come.
[[nodiscard]] std::string RenderChronology(
    const google::protobuf::RepeatedPtrField<event::v1::Event>& events, Length length);
// Which values of a chronology are not what was first recorded; empty text when all are.
[[nodiscard]] std::string RenderCorrected(const query::v1::GetChronologyResponse& chronology);
// Whether a case admits a command, and what stands in its way.
[[nodiscard]] std::string RenderOutlook(const query::v1::CommandOutlook& outlook);
// Who, what, why, when it happened and when it was recorded.
[[nodiscard]] std::string RenderAudit(const query::v1::ListEventsResponse& response, Length length);
// The same as the columns of a list: their names, and the cells of an event.
[[nodiscard]] std::vector<std::string> AuditColumns();
[[nodiscard]] std::vector<std::string> AuditCells(const event::v1::Event& event);
// One event as a subscriber receives it.
[[nodiscard]] std::string RenderTail(const event::v1::Event& event);
[[nodiscard]] std::string RenderPreview(const command::v1::PreviewResponse& response);

// {"code": 9, "reason": "STAGE_ORDER", "message": "...", "metadata": {...}}, without a line break.
[[nodiscard]] std::string FailureToJson(const Failure& failure);

// A message as JSON on one line, with the names of the schemas.
[[nodiscard]] std::string ToJson(const google::protobuf::Message& message);

}  // namespace apdr::client
