#include "services/command/request_parser.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/date.h"
#include "engine/base/sha256.h"
#include "engine/codec/field_rules.h"
#include "engine/codec/message_payload.h"
#include "services/host/wire.h"

namespace apdr::command {
namespace {

using error::v1::ErrorCode;
using host::ErrorReply;

ErrorReply FieldError(const codec::FieldProblem& problem, const std::string& prefix) {
  ErrorCode code = error::v1::ERROR_CODE_FIELD_INVALID;
  APDR_CHECK(error::v1::ErrorCode_Parse(absl::StrCat("ERROR_CODE_", problem.code), &code));
  const std::string field = absl::StrCat(prefix, problem.field);
  return host::MakeError(
      code,
      absl::StrCat("Expected a complete request, but the field ", field, " ", problem.fact, "."),
      {{"field", field}});
}

ErrorReply UnknownCommand(const std::string& type) {
  return host::MakeError(error::v1::ERROR_CODE_COMMAND_UNKNOWN,
                         absl::StrCat("Expected to run a command, but '", type,
                                      "' is not a command of this workflow."),
                         {{"command", type}});
}

void Append(std::string& content, std::string_view part) {
  absl::StrAppend(&content, part.size(), ":");
  content.append(part);
}

// Everything that makes two requests the same: who, which case, what, when, which departures; not
// the expected version.
eventstore::RequestDigest DigestOf(const v1::ExecuteRequest& message, const host::Caller& caller) {
  std::string content;
  content.reserve(message.command().value().size() + 256);
  for (const std::string* part :
       {&caller.tenant.value(), &caller.actor_id, &caller.role, &caller.setting_id,
        &caller.on_behalf_of, &message.case_id(), &message.occurred_on(),
        &message.command().type_url(), &message.command().value()}) {
    Append(content, *part);
  }
  for (const event::v1::Departure& departure : message.departures()) {
    Append(content, departure.rule_code());
    Append(content, departure.reason());
    Append(content, departure.decided_by());
  }
  return Sha256(content);
}

core::Expected ExpectedOf(const v1::ExecuteRequest& message) {
  if (message.expected_case() == v1::ExecuteRequest::kExpectedVersion) {
    return CaseVersion(message.expected_version());
  }
  if (message.expect_new()) return CaseVersion(0);
  return core::AnyVersion{};
}

}  // namespace

RequestParser::RequestParser(const core::Workflow& workflow, const Clock& clock)
    : workflow_(workflow), clock_(clock), request_fields_(*v1::ExecuteRequest::descriptor()) {
  for (const core::CommandSpec& spec : workflow.definition().commands) {
    const google::protobuf::Message* prototype = codec::FindPrototype(spec.type);
    APDR_CHECK(prototype != nullptr);
    commands_.emplace(spec.type,
                      CommandType{.prototype = prototype,
                                  .fields = codec::FieldChecker(*prototype->GetDescriptor())});
  }
}

std::variant<Request, ErrorReply> RequestParser::Parse(const v1::ExecuteRequest& message,
                                                       const host::Caller& caller) const {
  if (auto problem = request_fields_.Check(message)) return FieldError(*problem, "");
  const std::string_view type = codec::TypeOfUrl(message.command().type_url());
  const auto known = commands_.find(type);
  if (known == commands_.end()) return UnknownCommand(std::string(type));
  auto payload = codec::ParsePayload(*known->second.prototype, message.command().value());
  if (!payload.ok()) return host::ExplainParseFailure(message.command().value(), type);
  const auto& command = static_cast<const codec::MessagePayload&>(**payload);
  if (auto problem = known->second.fields.Check(command.message()))
    return FieldError(*problem, "command.");

  Request request;
  request.bytes = message.command().value().size();
  request.stream = {caller.tenant, CaseId(message.case_id())};
  request.request_id = RequestId(message.request_id());
  request.digest = DigestOf(message, caller);
  request.command.payload = *std::move(payload);
  request.command.occurred_on =
      ParseDate(message.occurred_on()).value_or(DateOf(clock_.Now(), workflow_.definition().zone));
  request.command.expected = ExpectedOf(message);
  for (const event::v1::Departure& departure : message.departures()) {
    request.command.departures.push_back({.rule_code = departure.rule_code(),
                                          .reason = departure.reason(),
                                          .decided_by = departure.decided_by()});
  }
  request.actor = {.id = caller.actor_id,
                   .role = caller.role,
                   .setting_id = caller.setting_id,
                   .on_behalf_of = caller.on_behalf_of};
  request.correlation_id = message.correlation_id();
  request.causation_id = message.causation_id();
  request.traceparent = caller.traceparent;
  return request;
}

std::variant<Request, ErrorReply> RequestParser::ParsePreview(const v1::PreviewRequest& message,
                                                              const host::Caller& caller) const {
  v1::ExecuteRequest named = message.request();
  if (named.request_id().empty()) named.set_request_id("preview");
  auto parsed = Parse(named, caller);
  if (auto* request = std::get_if<Request>(&parsed)) request->preview = true;
  return parsed;
}

}  // namespace apdr::command
