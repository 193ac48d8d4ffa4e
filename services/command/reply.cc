#include "services/command/reply.h"

#include <utility>
#include <vector>

#include "absl/strings/str_join.h"

namespace apdr::command {
namespace {

grpc::StatusCode CodeOf(core::RejectionKind kind) {
  switch (kind) {
    case core::RejectionKind::kMalformed:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case core::RejectionKind::kUnknownCase:
      return grpc::StatusCode::NOT_FOUND;
    case core::RejectionKind::kConflict:
      return grpc::StatusCode::ABORTED;
    case core::RejectionKind::kReused:
      return grpc::StatusCode::ALREADY_EXISTS;
    case core::RejectionKind::kNotAuthorised:
      return grpc::StatusCode::PERMISSION_DENIED;
    case core::RejectionKind::kRefused:
      return grpc::StatusCode::FAILED_PRECONDITION;
  }
  return grpc::StatusCode::INTERNAL;
}

template <class M>
void MoveInto(std::vector<M>& from, google::protobuf::RepeatedPtrField<M>* to) {
  to->Reserve(static_cast<int>(from.size()));
  for (M& message : from) *to->Add() = std::move(message);
}

}  // namespace

v1::ExecuteResponse ToResponse(const CaseId& case_id, Accepted accepted) {
  v1::ExecuteResponse response;
  response.set_case_id(case_id.value());
  response.set_version(accepted.version.value());
  response.set_shard(accepted.shard.value());
  response.set_position(accepted.position.value());
  MoveInto(accepted.events, response.mutable_events());
  MoveInto(accepted.warnings, response.mutable_warnings());
  MoveInto(accepted.next_actions, response.mutable_next_actions());
  response.set_repeated_request(accepted.repeated_request);
  return response;
}

v1::PreviewResponse ToPreviewResponse(Accepted accepted) {
  v1::PreviewResponse response;
  response.set_version(accepted.version.value());
  MoveInto(accepted.events, response.mutable_events());
  MoveInto(accepted.warnings, response.mutable_warnings());
  MoveInto(accepted.deadlines, response.mutable_deadlines());
  MoveInto(accepted.next_actions, response.mutable_next_actions());
  return response;
}

host::ErrorReply ToError(const core::Rejection& rejection) {
  host::ErrorReply error{.code = CodeOf(rejection.kind),
                         .reason = rejection.code(),
                         .message = rejection.message,
                         .metadata = {}};
  for (const auto& [key, value] : rejection.metadata) error.metadata.emplace(key, value);
  error.metadata["violations"] = absl::StrJoin(
      rejection.violations, ",",
      [](std::string* out, const core::Violation& violation) { out->append(violation.code); });
  return error;
}

v1::CommandError ToCommandError(const host::ErrorReply& error) {
  v1::CommandError message;
  message.set_code(static_cast<std::uint32_t>(error.code));
  message.set_message(error.message);
  message.set_reason(error.reason);
  for (const auto& [key, value] : error.metadata) (*message.mutable_metadata())[key] = value;
  return message;
}

}  // namespace apdr::command
