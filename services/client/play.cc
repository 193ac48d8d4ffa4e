#include "services/client/play.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/command/v1/command_service.grpc.pb.h"
#include "apdr/command/v1/demo_clock_service.grpc.pb.h"
#include "apdr/command/v1/subscription_service.grpc.pb.h"
#include "services/client/text.h"

namespace apdr::client {
namespace {

using Names = std::vector<std::string>;

std::string Listed(const Names& names) {
  return names.empty() ? "nothing" : absl::StrJoin(names, ", ");
}

std::string Differs(const std::string& what, const Names& expected, const Names& actual) {
  if (expected == actual) return {};
  return absl::StrCat("Expected ", what, " ", Listed(expected), ", but got ", Listed(actual), ".");
}

Names EventNames(const std::vector<event::v1::Event>& events) {
  Names names;
  for (const auto& event : events) names.push_back(ShortType(event.data().type_url()));
  return names;
}

// Why the step is not as the script says; empty: it is.
std::string Judge(const StepReport& report, bool timers_known) {
  const Expectation& expect = report.step->expect;
  if (report.failure && report.failure->reason != expect.error) {
    return expect.error.empty() ? "Expected to be accepted, but it was refused."
                                : absl::StrCat("Expected to be refused with ", expect.error,
                                               ", but it was refused otherwise.");
  }
  if (!expect.error.empty() && !report.failure) {
    return absl::StrCat("Expected to be refused with ", expect.error, ", but it was accepted.");
  }
  Names events;
  Names warnings;
  for (const auto& answer : report.answers) {
    for (const auto& event : answer.events()) events.push_back(ShortType(event.data().type_url()));
    for (const auto& warning : answer.warnings()) warnings.push_back(warning.rule_code());
  }
  std::string differs;
  if (expect.timers && timers_known) {
    differs = Differs("the timers to report", *expect.timers, EventNames(report.timers));
  }
  if (differs.empty() && expect.events) differs = Differs("the events", *expect.events, events);
  if (differs.empty() && expect.warnings) {
    differs = Differs("the warnings", *expect.warnings, warnings);
  }
  return differs;
}

class Player {
 public:
  explicit Player(const std::shared_ptr<grpc::Channel>& channel)
      : commands_(command::v1::CommandService::NewStub(channel)),
        clock_(command::v1::DemoClockService::NewStub(channel)),
        log_(command::v1::SubscriptionService::NewStub(channel)) {}

  StepReport PlayStep(const ScriptStep& step) {
    StepReport report;
    report.step = &step;
    if (!step.requests.empty()) case_id_ = step.requests.front().case_id();
    if (MoveClock(step, report) && FollowTimers(step, report)) SendCommands(step, report);
    report.unexpected = Judge(report, clock_offered_);
    return report;
  }

  [[nodiscard]] bool demo_clock() const { return clock_offered_; }
  [[nodiscard]] const std::string& case_id() const { return case_id_; }

 private:
  // Where the log of a case has been followed to.
  struct Mark {
    std::uint32_t shard = 0;
    std::uint64_t position = 0;
  };

  bool Failed(const grpc::Status& status, StepReport& report) {
    if (!status.ok()) report.failure = ReadFailure(status);
    return !status.ok();
  }

  bool MoveClock(const ScriptStep& step, StepReport& report) {
    if (!clock_offered_ || step.date.empty()) return true;
    grpc::ClientContext context;
    Prepare(step.caller, kCallTimeout, context);
    command::v1::AdvanceClockRequest request;
    request.set_date(step.date);
    command::v1::AdvanceClockResponse response;
    const grpc::Status status = clock_->AdvanceClock(&context, request, &response);
    if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
      clock_offered_ = false;
      return true;
    }
    return !Failed(status, report);
  }

  // Collects what deadlines have reported on the case since its last event that we know, up to the
  // next event that is not a timer's: so a script played again shows the same timers at the same
  // steps.
  bool FollowTimers(const ScriptStep& step, StepReport& report) {
    const auto mark = marks_.find(case_id_);
    if (!clock_offered_ || mark == marks_.end()) return true;
    grpc::ClientContext context;
    Prepare(step.caller, kCallTimeout, context);
    command::v1::SubscribeRequest request;
    request.set_shard(mark->second.shard);
    request.set_after_position(mark->second.position);
    const auto stream = log_->Subscribe(&context, request);
    command::v1::SubscribeResponse batch;
    bool done = false;
    while (!done && stream->Read(&batch)) {
      for (const event::v1::Event& event : batch.events()) {
        if (done || event.case_id() != case_id_) continue;
        if (event.deadline_fired().empty()) {
          done = true;
        } else {
          report.timers.push_back(event);
          mark->second.position = event.position();
        }
      }
      done = done || batch.caught_up();
    }
    context.TryCancel();
    const grpc::Status status = stream->Finish();
    return done || !Failed(status, report);
  }

  void SendCommands(const ScriptStep& step, StepReport& report) {
    for (const command::v1::ExecuteRequest& request : step.requests) {
      grpc::ClientContext context;
      Prepare(step.caller, kCallTimeout, context);
      command::v1::ExecuteResponse response;
      if (Failed(commands_->Execute(&context, request, &response), report)) return;
      if (response.position() > 0) marks_[case_id_] = {response.shard(), response.position()};
      report.answers.push_back(std::move(response));
    }
  }

  const std::unique_ptr<command::v1::CommandService::Stub> commands_;
  const std::unique_ptr<command::v1::DemoClockService::Stub> clock_;
  const std::unique_ptr<command::v1::SubscriptionService::Stub> log_;
  bool clock_offered_ = true;  // Until the server says otherwise.
  std::string case_id_;
  std::map<std::string, Mark> marks_;
};

}  // namespace

PlayResult PlayScript(const std::shared_ptr<grpc::Channel>& channel, const Script& script,
                      const std::function<void(const StepReport&)>& report) {
  Player player(channel);
  PlayResult result;
  for (const ScriptStep& step : script.steps) {
    const StepReport played = player.PlayStep(step);
    report(played);
    if (!played.unexpected.empty()) {
      result.exit_code = played.failure ? ExitCodeFor(*played.failure) : kExitRefused;
      break;
    }
    ++result.steps;
    result.timers += played.timers.size();
    result.commands += step.requests.size();
    for (const auto& answer : played.answers) {
      result.events += static_cast<std::size_t>(answer.events_size());
      if (answer.repeated_request()) ++result.repeated;
    }
  }
  result.demo_clock = player.demo_clock();
  result.case_id = player.case_id();
  return result;
}

}  // namespace apdr::client
