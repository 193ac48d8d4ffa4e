#include "services/bench/internal/workload.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/check.h"

namespace apdr::bench {
namespace {

using apdr::command::v1::ExecuteRequest;

// Stand where the two ids of a call go.
constexpr const char* kRequestIdMark = "rrrrrrrr-rrrr-rrrr-rrrr-rrrrrrrrrrrr";
constexpr const char* kCaseIdMark = "cccccccc-cccc-cccc-cccc-cccccccccccc";

std::vector<RequestTemplate> MakeTemplates(const std::vector<ExecuteRequest>& commands, Wire wire) {
  std::vector<RequestTemplate> templates;
  for (const ExecuteRequest& command : commands) templates.emplace_back(command, wire);
  return templates;
}

}  // namespace

std::string CaseIds::At(std::size_t index) const {
  APDR_CHECK(index < count_);
  return absl::StrFormat("%08x-%04x-8%03x-8%03x-%012x", run_ >> 32U, run_ >> 16U & 0xffffU,
                         run_ >> 4U & 0xfffU, run_ & 0xfU, index);
}

RequestTemplate::RequestTemplate(ExecuteRequest request, Wire wire) : wire_(wire) {
  request.set_request_id(kRequestIdMark);
  request.set_case_id(kCaseIdMark);
  if (wire == Wire::kStream) {
    apdr::command::v1::ExecuteStreamRequest wrapped;
    *wrapped.add_requests() = std::move(request);
    bytes_ = wrapped.SerializeAsString();
  } else {
    bytes_ = request.SerializeAsString();
  }
  request_id_at_ = bytes_.find(kRequestIdMark);
  case_id_at_ = bytes_.find(kCaseIdMark);
  APDR_CHECK(request_id_at_ != std::string::npos && case_id_at_ != std::string::npos);
}

Call RequestTemplate::Make(const std::string& request_id, const std::string& case_id) const {
  APDR_CHECK(request_id.size() == kUuidLength && case_id.size() == kUuidLength);
  grpc::Slice slice(bytes_.size());
  auto* bytes = const_cast<char*>(reinterpret_cast<const char*>(slice.begin()));
  std::ranges::copy(bytes_, bytes);
  std::ranges::copy(request_id, bytes + request_id_at_);
  std::ranges::copy(case_id, bytes + case_id_at_);
  Call call;
  call.bytes = std::move(slice);
  std::ranges::copy(wire_ == Wire::kUnary ? case_id : request_id, call.answer_id.begin());
  return call;
}

OpeningCalls::OpeningCalls(const std::vector<ExecuteRequest>& commands, const CaseIds& cases,
                           std::size_t first, std::size_t last)
    : cases_(cases),
      last_(last),
      templates_(MakeTemplates(commands, Wire::kStream)),
      case_(first),
      ids_(clock_, random_) {}

std::optional<Call> OpeningCalls::Next() {
  if (step_ == templates_.size()) {
    step_ = 0;
    ++case_;
  }
  if (case_ >= last_) return std::nullopt;
  return templates_[step_++].Make(ids_.NextUuid(), cases_.At(case_));
}

RunningCalls::RunningCalls(const std::vector<ExecuteRequest>& commands, const CaseIds& cases,
                           Wire wire)
    : cases_(cases), templates_(MakeTemplates(commands, wire)), ids_(clock_, random_) {}

std::optional<Call> RunningCalls::Next() {
  const RequestTemplate& chosen = templates_[next_template_];
  next_template_ = (next_template_ + 1) % templates_.size();
  return chosen.Make(ids_.NextUuid(), cases_.At(random_.Next() % cases_.count()));
}

}  // namespace apdr::bench
