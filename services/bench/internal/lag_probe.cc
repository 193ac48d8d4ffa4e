#include "services/bench/internal/lag_probe.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "services/bench/internal/answer_error.h"
#include "services/bench/internal/measurement.h"
#include "services/bench/sen_support/sen_commands.h"

namespace apdr::bench {
namespace {

constexpr std::chrono::seconds kCallMax(30);

}  // namespace

void LagFigures::AddVisible(std::int64_t nanos) {
  ++followed;
  for (std::int64_t left = nanos; left > 0; left -= kCadence) visible_ns.push_back(left);
}

void LagFigures::Add(const LagFigures& other) {
  visible_ns.insert(visible_ns.end(), other.visible_ns.begin(), other.visible_ns.end());
  read_ns.insert(read_ns.end(), other.read_ns.begin(), other.read_ns.end());
  followed += other.followed;
}

LagProbe::LagProbe(const std::shared_ptr<grpc::Channel>& command_side,
                   const std::shared_ptr<grpc::Channel>& query_side,
                   apdr::command::v1::ExecuteRequest command, std::string case_id, IdSource& ids)
    : commands_(apdr::command::v1::CommandService::NewStub(command_side)),
      queries_(apdr::query::v1::QueryService::NewStub(query_side)),
      ids_(ids),
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
  command_.set_request_id(ids_.NextUuid());
  commands_->async()->Execute(NewContext(), &command_, &acknowledged_, [this](grpc::Status status) {
    if (!status.ok()) return Fail(status);
    APDR_CHECK(!acknowledged_.repeated_request());  // That would be visible at once.
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
    figures_.AddVisible(NowNanos() - since_);
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
