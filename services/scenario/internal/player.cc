#include "services/scenario/internal/player.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/codec/field_rules.h"
#include "engine/codec/message_payload.h"
#include "engine/core/render.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/scenario/internal/people.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

constexpr std::string_view kPackage = "apdr.sen.v1.";

std::array<std::uint8_t, 32> Sha256(std::string_view text) {
  std::array<std::uint8_t, 32> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

// A UUID of version 8 (RFC 9562) made of a text.
std::string UuidOf(std::string_view text) {
  auto digest = Sha256(text);
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0fU) | 0x80U);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3fU) | 0x80U);
  std::string uuid =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), 16));
  for (const std::size_t at : {8U, 13U, 18U, 23U}) uuid.insert(at, 1, '-');
  return uuid;
}

// Everything that makes two commands the same.
eventstore::RequestDigest DigestOf(const command::Request& request, const std::string& bytes) {
  std::string content =
      absl::StrCat(request.stream.case_id.value(), "\n", request.actor.id, "\n", request.actor.role,
                   "\n", FormatDate(request.command.occurred_on), "\n",
                   std::string(request.command.payload->type()), "\n", bytes);
  for (const core::Departure& departure : request.command.departures) {
    absl::StrAppend(&content, "\n", departure.rule_code, "\n", departure.reason);
  }
  return Sha256(content);
}

// What the schemas say about the fields, as the service says it.
core::Rejection Malformed(const codec::FieldProblem& problem) {
  return {.kind = core::RejectionKind::kMalformed,
          .violations = {{.code = problem.code, .fact = problem.fact}},
          .message = absl::StrCat("Expected a complete request, but the field command.",
                                  problem.field, " ", problem.fact, "."),
          .metadata = {}};
}

absl::StatusOr<core::Expected> ExpectedOf(const std::optional<std::string>& words,
                                          CaseVersion current) {
  if (!words.has_value()) return core::AnyVersion{};
  std::string text = Normalised(*words);
  if (text == "new") return CaseVersion(0);
  if (text == "current") return current;
  if (text.starts_with("current")) {  // "current-1"; the hyphen is gone.
    const int behind = ParseCount(text.substr(7)).value_or(0);
    return CaseVersion(current.value() - static_cast<std::uint64_t>(behind));
  }
  if (const auto version = ParseCount(text))
    return CaseVersion(static_cast<std::uint64_t>(*version));
  return absl::InvalidArgumentError(absl::StrCat(
      "Expected a version such as 5, current, current-1 or new, but found '", *words, "'."));
}

absl::Status At(int line, const Script& script, const absl::Status& status) {
  if (!absl::IsInvalidArgument(status) && !absl::IsNotFound(status)) return status;
  return absl::InvalidArgumentError(
      absl::StrCat(script.file, ":", line, ": ", std::string(status.message())));
}

}  // namespace

std::string CaseIdOf(const Script& script) {
  const auto given = script.facts.find("caseid");
  if (given != script.facts.end()) return given->second.value;
  return UuidOf(absl::StrCat("apdr scenario: ", script.title));
}

absl::StatusOr<std::vector<Played>> Player::Play(const Step& step) {
  std::vector<Played> played;
  for (const CommandLine& command : step.commands) {
    APDR_RETURN_IF_ERROR(world_.AdvanceTo(command.date));
    const int times = TimesOf(command);
    for (int i = 0; i < times; ++i) {
      const std::string id = absl::StrCat(step.line, "/", step.label, "/", played.size());
      auto one = PlayOne(command, id);
      if (!one.ok()) return At(command.line, script_, one.status());
      played.push_back(*std::move(one));
      if (played.back().rejection.has_value()) return played;
    }
  }
  return played;
}

int Player::TimesOf(const CommandLine& command) const {
  if (command.repeat != kOncePerParticipant) return command.repeat;
  return std::max(1, sen::CaseOf(world_.state()).current().participants_size());
}

absl::StatusOr<command::Request> Player::MakeRequest(const CommandLine& command,
                                                     const core::CommandSpec& spec,
                                                     const core::State& state, Content content) {
  command::Request request;
  std::string setting_id = sen::SettingId(sen::CaseOf(state).setting());
  if (const auto* registration = dynamic_cast<const sen::v1::RegisterChild*>(content.message.get());
      registration != nullptr && setting_id.empty()) {
    setting_id = sen::SettingId(registration->registration().setting());
  }
  const std::string actor = command.actor_open ? WhoMay(spec, command.actor) : command.actor;
  request.actor = ActorNamed(world_.main_case().case_id.value(), actor, setting_id);
  request.command.occurred_on = content.occurred_on.value_or(command.date);
  APDR_ASSIGN_OR_RETURN(request.command.expected,
                        ExpectedOf(content.expected_version, state.version));
  for (const ScriptDeparture& departure : command.departures) {
    request.command.departures.push_back(
        {.rule_code = departure.rule_code, .reason = departure.reason, .decided_by = {}});
  }
  const std::string bytes = content.message->SerializeAsString();
  request.command.payload = std::make_shared<codec::MessagePayload>(std::move(content.message));
  request.digest = DigestOf(request, bytes);
  return request;
}

absl::StatusOr<Played> Player::PlayOne(const CommandLine& command, const std::string& id) {
  const std::string type = absl::StrCat(std::string(kPackage), command.name);
  const auto* compiled = world_.workflow().FindCommand(type);
  if (compiled == nullptr) {
    std::vector<std::string> names;
    for (const core::CommandSpec& known : world_.workflow().definition().commands) {
      names.push_back(core::ShortName(known.type));
    }
    return absl::InvalidArgumentError(absl::StrCat("Expected a command of this product, but ",
                                                   UnknownName("command", command.name, names),
                                                   "."));
  }
  const std::string& case_id = world_.main_case().case_id.value();
  StreamId stream = world_.main_case();
  APDR_ASSIGN_OR_RETURN(core::State state, world_.Load(stream));
  const auto build = [&]() {
    return BuildContent(command, type,
                        {.case_id = case_id,
                         .date = command.date,
                         .state = state,
                         .policy = world_.module().policy(),
                         .facts = script_.facts});
  };
  APDR_ASSIGN_OR_RETURN(Content content, build());
  if (!content.other_case.empty()) {
    stream.case_id = CaseId(UuidOf(absl::StrCat(case_id, " other: ", content.other_case)));
    APDR_ASSIGN_OR_RETURN(state, world_.Load(stream));
    APDR_ASSIGN_OR_RETURN(content, build());
  }
  for (const std::string& remark : content.remarks) {
    notes_.push_back(absl::StrCat("line ", command.line, ": read as a remark: ", remark));
  }
  Played played;
  if (const auto problem = codec::CheckFields(*content.message)) {
    played.rejection = Malformed(*problem);
    return played;
  }
  const std::string request_id = content.request_id.empty() ? id : content.request_id;
  APDR_ASSIGN_OR_RETURN(command::Request request,
                        MakeRequest(command, *compiled->spec, state, std::move(content)));
  request.stream = stream;
  request.request_id = RequestId(UuidOf(absl::StrCat(case_id, " request: ", request_id)));
  APDR_ASSIGN_OR_RETURN(command::Outcome outcome, world_.Execute(std::move(request)));
  APDR_ASSIGN_OR_RETURN(const core::State after, world_.Load(stream));
  played.wrote = after.version != state.version;
  if (auto* rejection = std::get_if<core::Rejection>(&outcome)) {
    played.rejection = std::move(*rejection);
    return played;
  }
  const auto& accepted = std::get<command::Accepted>(outcome);
  played.repeated = accepted.repeated_request;
  for (const std::string& stored : accepted.events) {
    APDR_ASSIGN_OR_RETURN(codec::RecordedEvent event, codec::DecodeEvent(stored));
    for (const core::Departure& departure : event.event.departures) {
      played.departures.push_back(departure.rule_code);
    }
    played.events.push_back(std::move(event));
  }
  for (const core::Warning& warning : accepted.warnings) {
    played.warnings.push_back(warning.rule_code);
  }
  return played;
}

}  // namespace apdr::scenario
