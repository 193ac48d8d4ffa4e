#include "services/bench/internal/lag_probe.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/bench/internal/answer_error.h"
#include "services/bench/internal/measurement.h"
#include "services/bench/sen_support/sen_commands.h"

namespace apdr::bench {
namespace {

constexpr std::chrono::seconds kCallMax(30);

}  // namespace

LagProbe::LagProbe(const std::shared_ptr<grpc::Channel>& command_side,
                   const std::shared_ptr<grpc::Channel>& query_side,
                   apdr::command::v1::ExecuteRequest command, std::string case_id)
    : commands_(apdr::command::v1::CommandService::NewStub(command_side)),
      queries_(apdr::query::v1::QueryService::NewStub(query_side)),
      command_(std::move(command)) {
  command_.set_case_id(case_id);
  question_.set_case_id(std::move(case_id));
}

LagProbe::~LagProbe() {
  if (started_) (void)Stop();
}

void LagProbe::Start() {
  started_ = true;
  SendCommand();
}

absl::StatusOr<LagFigures> LagProbe::Stop() {
  started_ = false;
  stopping_.store(true);
  over_.WaitForNotification();
  if (failure_.ok()) return std::move(figures_);
  return absl::UnavailableError(absl::StrCat(
      "Expected to follow a command until a query shows it, but: ", ReasonOf(failure_), "."));
}

void LagProbe::SendCommand() {
  if (stopping_.load()) return over_.Notify();
  // A UUID of its own: the case's, with the count as its last part.
  command_.set_request_id(
      absl::StrCat(command_.case_id().substr(0, 24), absl::StrFormat("%012d", ++sent_)));
  commands_->async()->Execute(NewContext(), &command_, &acknowledged_, [this](grpc::Status status) {
    if (!status.ok()) return Fail(status);
    since_ = NowNanos();
    AskUntilVisible();
  });
}

// The server waits some seconds for the position, and may be asked again.
void LagProbe::AskUntilVisible() {
  question_.set_min_position(acknowledged_.position());
  queries_->async()->GetCase(NewContext(), &question_, &answer_, [this](grpc::Status status) {
    if (!status.ok() && ReasonOf(status) == "READ_MODEL_BEHIND") return AskUntilVisible();
    if (!status.ok()) return Fail(status);
    figures_.visible_ns.push_back(NowNanos() - since_);
    ReadAlone();
  });
}

void LagProbe::ReadAlone() {
  question_.set_min_position(0);
  since_ = NowNanos();
  queries_->async()->GetCase(NewContext(), &question_, &answer_, [this](grpc::Status status) {
    if (!status.ok()) return Fail(status);
    figures_.read_ns.push_back(NowNanos() - since_);
    SendCommand();
  });
}

void LagProbe::Fail(const grpc::Status& status) {
  failure_ = status;
  over_.Notify();
}

grpc::ClientContext* LagProbe::NewContext() {
  context_ = std::make_unique<grpc::ClientContext>();
  for (const MetadataEntry& entry : CallerMetadata()) context_->AddMetadata(entry.key, entry.value);
  context_->set_deadline(std::chrono::system_clock::now() + kCallMax);
  return context_.get();
}

}  // namespace apdr::bench
