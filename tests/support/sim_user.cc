#include "tests/support/sim_user.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"
#include "engine/core/evolve.h"
#include "engine/core/next_actions.h"
#include "engine/domains/sen_support/examples.h"
#include "tests/support/command_side.h"

namespace apdr::testing {
namespace {

template <class T>
const T& Pick(const std::vector<T>& from, Random& random) {
  return from.at(random.Next() % from.size());
}

// What the stage admits; two times in three only what the workflow proposes.
std::vector<std::string> Candidates(const core::Workflow& workflow, const core::State& state,
                                    Random& random) {
  std::vector<std::string> types;
  if (random.Next() % 3 != 0) {
    for (const core::NextAction& action : core::NextActions(workflow, state)) {
      types.push_back(action.spec->command);
    }
  }
  if (!types.empty()) return types;
  for (const core::CommandSpec& spec : workflow.definition().commands) {
    if (workflow.FindCommand(spec.type)->admitted.at(state.stage)) types.push_back(spec.type);
  }
  return types;
}

}  // namespace

core::Command RandomSenCommand(const core::Workflow& workflow, const StreamId& stream,
                               const core::State& state, Date today, Random& random) {
  const std::vector<std::string> types = Candidates(workflow, state, random);
  core::Command command{
      .payload = nullptr, .occurred_on = today, .expected = core::AnyVersion{}, .departures = {}};
  if (types.empty()) return command;
  const sen::Policy& policy = static_cast<const sen::SenModule&>(workflow.module()).policy();
  auto message = sen::examples::Minimal(
      Pick(types, random),
      {.case_id = stream.case_id.value(), .occurred_on = today, .state = state, .policy = policy});
  APDR_CHECK(message != nullptr);
  command.payload = codec::OwnPayload(std::move(message));
  return command;
}

core::Actor RandomActor(const core::Workflow& workflow, std::string_view command,
                        const StreamId& stream, Random& random) {
  const core::CommandSpec& spec = *workflow.FindCommand(command)->spec;
  const std::string role = spec.roles.empty() ? "senco" : Pick(spec.roles, random);
  return {.id = absl::StrCat(role, "-", stream.case_id.value().substr(30)),
          .role = role,
          .setting_id = "",
          .on_behalf_of = ""};
}

SimUser::SimUser(const Parts& parts, StreamId stream)
    : parts_(parts), stream_(std::move(stream)), state_(parts.workflow.NewState()) {}

void SimUser::Read() {
  const auto commits =
      parts_.store.ReadStream(stream_, CaseVersion(state_.version.value() + 1), 1000);
  if (!commits.ok()) return;  // The store is down: the user acts on what was read before.
  for (const eventstore::StoredCommit& stored : *commits) {
    for (const std::string& bytes : stored.commit.events) {
      auto recorded = codec::DecodeEvent(bytes);
      APDR_CHECK(recorded.ok());
      if (recorded->header.version <= state_.version) continue;
      core::Evolve(parts_.workflow, state_, recorded->event);
    }
  }
}

std::string SimUser::Act(command::CommandHandler& handler) {
  Random& random = parts_.random;
  if (sent_ == nullptr) return SendNew(handler);
  if (!sent_->outcome) {
    // Still waiting: hold on, send the same again, or give up and never learn.
    const std::uint64_t what = random.Next() % 8;
    if (what == 0) return "again: " + Send(handler, sent_->request);
    if (what == 1) {
      sent_.reset();
      return "gives up";
    }
    return "waits";
  }
  const command::Outcome outcome = *std::move(sent_->outcome);
  const command::Request request = sent_->request;
  sent_.reset();
  if (std::holds_alternative<command::Accepted>(outcome)) {
    accepted_.push_back(request);
    departures_.clear();
    return "accepted " + request.request_id.value();
  }
  if (std::holds_alternative<absl::Status>(outcome)) {
    if (random.Next() % 5 == 0) return "unknown outcome, gives up";
    return "unknown outcome: " + Send(handler, request);
  }
  const auto& rejection = std::get<core::Rejection>(outcome);
  departures_.clear();
  for (const core::Violation& violation : rejection.violations) {
    if (parts_.workflow.FindRule(violation.code) == nullptr) continue;
    departures_.push_back(
        {violation.code, "There was no other way on that day, and all agreed.", ""});
  }
  return absl::StrCat("refused ", rejection.code());
}

std::string SimUser::SendNew(command::CommandHandler& handler) {
  Random& random = parts_.random;
  if (!accepted_.empty() && random.Next() % 10 == 0) {
    return "long ago: " + Send(handler, Pick(accepted_, random));
  }
  Read();
  const Date today = DateOf(parts_.clock.Now(), parts_.workflow.definition().zone);
  command::Request request;
  request.stream = stream_;
  request.request_id =
      RequestId(absl::StrCat("r", ++requests_, ":", stream_.case_id.value().substr(30)));
  request.command = RandomSenCommand(parts_.workflow, stream_, state_, today, random);
  if (request.command.payload == nullptr) return "has nothing to send";
  const std::string type(request.command.payload->type());
  request.actor = RandomActor(parts_.workflow, type, stream_, random);
  request.command.departures = departures_;
  const std::uint64_t version = state_.version.value();
  const std::uint64_t expected = random.Next() % 10;
  if (expected < 3) request.command.expected = CaseVersion(version);
  if (expected == 3 && version > 1) request.command.expected = CaseVersion(version - 1);
  request.digest =
      DigestOfText(absl::StrCat(type, request.request_id.value(),
                                static_cast<const codec::MessagePayload&>(*request.command.payload)
                                    .message()
                                    .SerializeAsString()));
  return type + " " + Send(handler, std::move(request));
}

std::string SimUser::Send(command::CommandHandler& handler, command::Request request) {
  parts_.history.submitted.insert(request.request_id);
  std::string name = request.request_id.value();
  sent_ = std::make_shared<Sent>();
  sent_->request = request;
  handler.Submit(request,
                 [sent = sent_, &history = parts_.history, request](command::Outcome outcome) {
                   if (const auto* accepted = std::get_if<command::Accepted>(&outcome)) {
                     history.Add(request, *accepted);
                   }
                   sent->outcome = std::move(outcome);
                 });
  return name;
}

void SimUser::RepeatAll(command::CommandHandler& handler) {
  for (const command::Request& request : accepted_) {
    if (!parts_.history.acknowledged.contains(request.request_id)) continue;  // It wrote nothing.
    const std::string name = request.request_id.value();
    const command::Outcome outcome = command::ExecuteInline(handler, request);
    const auto* accepted = std::get_if<command::Accepted>(&outcome);
    if (accepted == nullptr) {
      parts_.history.contradictions.push_back(
          absl::StrCat("request ", name, " was accepted and is refused when repeated"));
      continue;
    }
    parts_.history.Add(request, *accepted);
    if (!accepted->repeated_request) {
      parts_.history.contradictions.push_back(
          absl::StrCat("request ", name, " had an effect a second time"));
    }
  }
}

}  // namespace apdr::testing
