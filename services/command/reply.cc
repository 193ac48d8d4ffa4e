#include "services/command/reply.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <vector>

#include "absl/strings/str_join.h"
#include "engine/base/check.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_in_block.h"
#include "engine/codec/placed_event.h"

namespace apdr::command {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

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

// The position of the first of `accepted.events`.
std::uint64_t FirstPosition(const Accepted& accepted) {
  const std::uint64_t last = accepted.position.value();
  return last == 0 ? 0 : last + 1 - accepted.events.size();
}

template <class Message>
void AddWarningsAndActions(const Accepted& accepted, Message& message) {
  for (const core::Warning& warning : accepted.warnings) {
    *message.add_warnings() = codec::ToMessage(warning);
  }
  for (const core::NextAction& action : accepted.next_actions) {
    codec::Fill(action, accepted.today, *message.add_next_actions());
  }
}

// An ExecuteResponse whose events are copied as they are stored, not parsed and serialised again.
class AnswerBytes {
 public:
  explicit AnswerBytes(const Accepted& accepted) {
    rest_->set_case_id(accepted.case_id.value());
    rest_->set_version(accepted.version.value());
    rest_->set_shard(accepted.shard.value());
    rest_->set_position(accepted.position.value());
    AddWarningsAndActions(accepted, *rest_);
    rest_->set_repeated_request(accepted.repeated_request);
    size_ = rest_->ByteSizeLong();
    std::uint64_t position = FirstPosition(accepted);
    events_.reserve(accepted.events.size());
    for (const std::string& stored : accepted.events) {
      events_.emplace_back(stored, accepted.shard, Position(position++));
      size_ += LengthDelimitedSize(v1::ExecuteResponse::kEventsFieldNumber, events_.back().size());
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  std::uint8_t* WriteTo(std::uint8_t* out) const {
    out = rest_->SerializeWithCachedSizesToArray(out);
    for (const codec::PlacedEvent& event : events_) {
      out = WriteLength(v1::ExecuteResponse::kEventsFieldNumber, event.size(), out);
      out = event.WriteTo(out);
    }
    return out;
  }

  // The size of a field of so many bytes with its tag and length.
  static std::size_t LengthDelimitedSize(int field, std::size_t bytes) {
    return WireFormatLite::TagSize(field, WireFormatLite::TYPE_BYTES) +
           CodedOutputStream::VarintSize64(bytes) + bytes;
  }
  static std::uint8_t* WriteLength(int field, std::size_t bytes, std::uint8_t* out) {
    out = WireFormatLite::WriteTagToArray(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED, out);
    return CodedOutputStream::WriteVarint64ToArray(bytes, out);
  }

 private:
  codec::MessageInBlock<v1::ExecuteResponse> rest_;
  std::vector<codec::PlacedEvent> events_;
  std::size_t size_ = 0;
};

}  // namespace

grpc::ByteBuffer ExecuteAnswer(const Accepted& accepted) {
  const AnswerBytes answer(accepted);
  grpc::Slice slice(answer.size());
  answer.WriteTo(const_cast<std::uint8_t*>(slice.begin()));
  return {&slice, 1};
}

grpc::Slice StreamAnswer(const std::string& request_id, const Accepted& accepted) {
  using Answer = v1::CommandAnswer;
  constexpr int kAnswers = v1::ExecuteStreamResponse::kAnswersFieldNumber;
  const AnswerBytes response(accepted);
  const std::size_t size =
      AnswerBytes::LengthDelimitedSize(Answer::kRequestIdFieldNumber, request_id.size()) +
      AnswerBytes::LengthDelimitedSize(Answer::kResponseFieldNumber, response.size());
  grpc::Slice slice(AnswerBytes::LengthDelimitedSize(kAnswers, size));
  auto* out = const_cast<std::uint8_t*>(slice.begin());
  out = AnswerBytes::WriteLength(kAnswers, size, out);
  out = WireFormatLite::WriteStringToArray(Answer::kRequestIdFieldNumber, request_id, out);
  out = AnswerBytes::WriteLength(Answer::kResponseFieldNumber, response.size(), out);
  response.WriteTo(out);
  return slice;
}

grpc::Slice StreamAnswer(const std::string& request_id, const host::ErrorReply& error) {
  v1::ExecuteStreamResponse message;
  v1::CommandAnswer& answer = *message.add_answers();
  answer.set_request_id(request_id);
  v1::CommandError& reason = *answer.mutable_error();
  reason.set_code(static_cast<std::uint32_t>(error.code));
  reason.set_message(error.message);
  reason.set_reason(error.reason);
  for (const auto& [key, value] : error.metadata) (*reason.mutable_metadata())[key] = value;
  return grpc::Slice(message.SerializeAsString());
}

v1::PreviewResponse ToPreviewResponse(const Accepted& accepted) {
  v1::PreviewResponse response;
  response.set_version(accepted.version.value());
  for (const std::string& stored : accepted.events) {
    APDR_CHECK(response.add_events()->ParseFromString(stored));
  }
  AddWarningsAndActions(accepted, response);
  for (const core::Deadline& deadline : accepted.deadlines) {
    *response.add_deadlines() = codec::ToMessage(deadline);
  }
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

}  // namespace apdr::command
