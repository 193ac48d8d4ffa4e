#include "services/scenario/internal/player.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/move.pb.h"
#include "engine/base/sha256.h"
#include "engine/base/status_macros.h"
#include "engine/codec/field_rules.h"
#include "engine/codec/message_payload.h"
#include "engine/core/render.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/scenario/internal/checks.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/people.h"
#include "services/scenario/internal/registration_facts.h"
#include "services/scenario/internal/setting_words.h"
#include "services/scenario/internal/step_parser.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

constexpr std::string_view kPackage = "apdr.sen.v1.";

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
    absl::StrAppend(&content, "\n", departure.rule_code, "\n", departure.reason, "\n",
                    departure.decided_by);
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
  if (text == "stale" || text == "old" || text == "onebehind") text = "current1";
  if (text.starts_with("current")) {  // "current-1"; the hyphen is gone.
    const int behind = ParseCount(text.substr(7)).value_or(0);
    return CaseVersion(current.value() - static_cast<std::uint64_t>(behind));
  }
  if (const auto version = ParseCount(text))
    return CaseVersion(static_cast<std::uint64_t>(*version));
  return absl::InvalidArgumentError(absl::StrCat(
      "Expected a version such as 5, current, current-1 or new, but found '", *words, "'."));
}

std::unique_ptr<google::protobuf::Message> Copy(const google::protobuf::Message& message) {
  std::unique_ptr<google::protobuf::Message> copy(message.New());
  copy->CopyFrom(message);
  return copy;
}

// "R31"
bool IsRuleId(std::string_view text) {
  return text.size() == 3 && text.starts_with("R") && ParseCount(text.substr(1)).has_value();
}

// What a script says of a command, but for the version that the caller expects.
std::string WordsOf(const CommandLine& command) {
  std::string words = absl::StrCat(command.actor, " ", command.name);
  for (const Argument& argument : command.arguments) {
    if (Normalised(argument.key) == "expectedversion") continue;
    absl::StrAppend(&words, "\n", argument.key, "=", argument.value);
  }
  for (const ScriptDeparture& departure : command.departures) {
    absl::StrAppend(&words, "\n", departure.rule_code, "\n", departure.reason, "\n",
                    departure.decided_by);
  }
  return words;
}

// Compares what the script says of a field that only the event has: cycle=2, from=TCH.
absl::StatusOr<std::string> Compare(const Argument& check, const sen::CaseState& before,
                                    const std::vector<codec::RecordedEvent>& events) {
  const std::string plain = Normalised(check.key);
  std::string got;
  for (const codec::RecordedEvent& event : events) {
    EventExpectation expected{.name = NameOf(event), .count = 1, .fields = {check}};
    if (plain == "draftno") expected.fields.front().key = "draftNumber";
    if (!EventHasField(expected.name, expected.fields.front().key)) continue;
    APDR_ASSIGN_OR_RETURN(const bool same, Fits(expected, event));
    return same ? std::string()
                : absl::StrCat(expected.name, " has another ", check.key, " than ", check.value);
  }
  const std::uint32_t number =
      plain == "reviewcycle" ? before.last_review().cycle() : before.cycle();
  if (plain != "cycle" && plain != "reviewcycle") return std::string();
  if (absl::StrCat(number) == check.value) return std::string();
  return absl::StrCat(check.key, " is ", number, ", not ", check.value);
}

absl::Status CompareAll(const std::vector<Argument>& checks, const sen::CaseState& before,
                        Played& played) {
  for (const Argument& check : checks) {
    APDR_ASSIGN_OR_RETURN(std::string problem, Compare(check, before, played.events));
    if (!problem.empty()) played.problems.push_back(std::move(problem));
  }
  return absl::OkStatus();
}

constexpr int kFillsMax = 4;

// What a script may leave out before a step that it expects to be accepted.
std::string WordsToFillIn(const std::string& command, const std::string& code,
                          const std::string& stage) {
  static constexpr const char* kGather =
      "information by=TCH,SEN; decision; views of CHI and PAR; progress";
  static constexpr std::string_view kToGather[] = {"PARENT_VIEWS_MISSING", "CHILD_VIEWS_MISSING",
                                                   "NO_EVIDENCE", "INFORMATION_NOT_REVIEWED",
                                                   "FURTHER_ASSESSMENT_UNDECIDED"};
  const bool plans = command == "AgreePlan" || command == "IssuePlanWithoutAgreement";
  if (command == "CompleteAssessment" &&
      std::ranges::find(kToGather, code) != std::end(kToGather)) {
    return kGather;
  }
  if (plans && stage == "assess" && code == "STAGE_ORDER") {
    return absl::StrCat(kGather, "; CompleteAssessment");
  }
  if (plans && (code == "PARTICIPANTS_INCOMPLETE" || code == "PARTICIPANT_NO_SAY")) {
    return code == "PARTICIPANT_NO_SAY" ? "contributions" : "ConfirmParticipants; contributions";
  }
  if (command == "HoldReview" && code == "SUPPORT_NOT_STARTED") return "StartSupport";
  return {};
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
      for (int fills = 0; one.ok() && one->rejection && step.expect.rejection.empty() &&
                          !step.expect.nothing && fills < kFillsMax;
           ++fills) {
        const auto filled = FillIn(command, *one->rejection);
        if (!filled.ok()) return At(command.line, script_, filled.status());
        if (!*filled) break;
        one = PlayOne(command, absl::StrCat(id, " after filling in ", fills));
      }
      if (!one.ok()) return At(command.line, script_, one.status());
      played.push_back(*std::move(one));
      if (played.back().rejection.has_value()) return played;
    }
  }
  return played;
}

absl::StatusOr<bool> Player::FillIn(const CommandLine& command, const core::Rejection& rejection) {
  const std::string stage = world_.workflow().StageAt(world_.state().stage).name;
  const std::string words = WordsToFillIn(command.name, rejection.code(), stage);
  if (words.empty()) return false;
  notes_.push_back(absl::StrCat("line ", command.line, ": filled in: ", words));
  APDR_ASSIGN_OR_RETURN(
      const Step step,
      ParseGivenStep(absl::StrCat(FormatDate(command.date), " SEN ", words), command.line));
  for (const CommandLine& line : step.commands) {
    const int times = TimesOf(line);
    for (int i = 0; i < times; ++i) {
      const std::string id = absl::StrCat("filled in ", command.line, "/", filled_in_++);
      APDR_ASSIGN_OR_RETURN(const Played played, PlayOne(line, id));
      if (played.rejection) return false;
    }
  }
  return true;
}

int Player::TimesOf(const CommandLine& command) const {
  if (command.repeat != kOncePerParticipant) return command.repeat;
  return std::max(1, sen::CaseOf(world_.state()).current().participants_size());
}

// A rule is named by its code or by its id; of several rules with one id, the one that a departure
// can lift.
absl::StatusOr<core::Departure> Player::DepartureOf(const ScriptDeparture& departure) const {
  core::Departure result{
      .rule_code = departure.rule_code, .reason = departure.reason, .decided_by = {}};
  bool lifted = false;
  for (const core::Rule& rule : world_.workflow().definition().rules) {
    if (rule.id != departure.rule_code || lifted) continue;
    result.rule_code = rule.code;
    lifted = rule.strength == core::Strength::kShould || rule.strength_here != nullptr;
  }
  if (IsRuleId(result.rule_code)) {
    return absl::InvalidArgumentError(
        absl::StrCat("Expected a rule of this product, but ", departure.rule_code, " is none."));
  }
  if (departure.decided_by.empty()) return result;
  APDR_ASSIGN_OR_RETURN(const sen::v1::PersonRef person,
                        PersonNamed(world_.main_case().case_id.value(), departure.decided_by,
                                    world_.module().policy()));
  result.decided_by = person.person_id();
  return result;
}

// The same words under the same request id are the same request, though the case has moved on and
// what they leave unsaid would now be something else.
void Player::SendAgain(const CommandLine& command, const std::string& case_id, Content& content) {
  if (content.request_id.empty()) return;
  const Date occurred_on = content.occurred_on.value_or(command.date);
  const auto [first, added] = sent_.try_emplace(
      absl::StrCat(case_id, " ", content.request_id),
      Sent{WordsOf(command),
           std::shared_ptr<const google::protobuf::Message>(Copy(*content.message)), occurred_on});
  if (added || first->second.words != WordsOf(command)) return;
  content.message = Copy(*first->second.message);
  content.occurred_on = first->second.occurred_on;
}

void Player::Remember(const CommandLine& command, const std::string& request_id,
                      const Content& content) {
  newest_.insert_or_assign(
      command.name,
      Newest{request_id, std::shared_ptr<const google::protobuf::Message>(Copy(*content.message)),
             content.occurred_on.value_or(command.date)});
}

// "same commandId": of the newest command of this name; if there is none, the same words are played
// once before it.
absl::Status Player::Repeat(const CommandLine& command, const std::string& id, Content& content) {
  if (!newest_.contains(command.name)) {
    CommandLine first = command;
    std::erase_if(first.arguments, [](const Argument& argument) {
      return argument.kind == Argument::Kind::kPhrase;
    });
    notes_.push_back(absl::StrCat("line ", command.line, ": filled in: ", command.name,
                                  ", whose request this repeats"));
    APDR_RETURN_IF_ERROR(PlayOne(first, absl::StrCat(id, " for the first time")).status());
  }
  const auto newest = newest_.find(command.name);
  if (newest == newest_.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Expected a ", command.name, " that could be sent before, but its content is malformed."));
  }
  content.request_id = newest->second.request_id;
  if (!content.other_body) {
    content.message = Copy(*newest->second.message);
    content.occurred_on = newest->second.occurred_on;
    return absl::OkStatus();
  }
  if (content.message->SerializeAsString() != newest->second.message->SerializeAsString()) {
    return absl::OkStatus();
  }
  const FieldPath text = MainText(*content.message->GetDescriptor());
  if (text.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("Expected what is different in ", command.name,
                     ", but 'other body' alone does not say it; name a field."));
  }
  const ValueReaders as_is = {
      .message = {}, .text = [](const google::protobuf::FieldDescriptor&, std::string_view words) {
        return std::string(words);
      }};
  return SetText(*content.message, text, "other words than before", as_is);
}

// The UPN of the script's child, for another child.
absl::Status Player::PutSameUpn(google::protobuf::Message& message) const {
  auto& registration = *dynamic_cast<sen::v1::RegisterChild&>(message).mutable_registration();
  for (const sen::v1::Identifier& identifier : sen::CaseOf(world_.state()).identifiers()) {
    if (identifier.type() != sen::v1::IDENTIFIER_TYPE_UPN) continue;
    return PutRegistrationFact("upn", identifier.value(), registration).status();
  }
  return absl::InvalidArgumentError(
      "Expected a child with a UPN before 'same UPN', but the script's child has none.");
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
  if (const auto* accept = dynamic_cast<const sen::v1::AcceptTransfer*>(content.message.get())) {
    setting_id = sen::SettingId(accept->acceptance().setting());
  }
  if (const auto record = SettingRecordOf(*content.message)) {
    setting_id = sen::SettingId(sen::CaseOf(world_.state()).setting());
  }
  const std::string actor = command.actor_open ? WhoMay(spec, command.actor) : command.actor;
  if (!content.actor_setting.empty()) {
    const bool scheme = content.actor_setting.find(':') != std::string::npos;
    setting_id = absl::StrCat(scheme ? "" : "URN:", content.actor_setting);
  }
  request.actor = ActorNamed(world_.main_case().case_id.value(), actor, setting_id);
  request.command.occurred_on = content.occurred_on.value_or(command.date);
  APDR_ASSIGN_OR_RETURN(request.command.expected,
                        ExpectedOf(content.expected_version, state.version));
  for (const ScriptDeparture& departure : command.departures) {
    APDR_ASSIGN_OR_RETURN(core::Departure added, DepartureOf(departure));
    request.command.departures.push_back(std::move(added));
  }
  const std::string bytes = content.message->SerializeAsString();
  request.command.payload = codec::OwnPayload(std::move(content.message));
  request.digest = DigestOf(request, bytes);
  return request;
}

absl::Status Player::TakeAnswer(const command::Accepted& accepted, Played& played) {
  played.repeated = accepted.repeated_request;
  for (const std::string& stored : accepted.events) {
    APDR_ASSIGN_OR_RETURN(codec::RecordedEvent event, codec::DecodeEvent(stored));
    for (const core::Departure& departure : event.event.departures) {
      played.departures.push_back(departure.rule_code);
    }
    event_ids_.insert_or_assign(NameOf(event), event.header.event_id);
    played.events.push_back(std::move(event));
  }
  for (const core::Warning& warning : accepted.warnings) {
    played.warnings.push_back(warning.rule_code);
  }
  return absl::OkStatus();
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
                         .facts = script_.facts,
                         .event_ids = event_ids_});
  };
  APDR_ASSIGN_OR_RETURN(Content content, build());
  if (!content.other_case.empty()) {
    stream.case_id = CaseId(UuidOf(absl::StrCat(case_id, " other: ", content.other_case)));
    APDR_ASSIGN_OR_RETURN(state, world_.Load(stream));
    APDR_ASSIGN_OR_RETURN(content, build());
  }
  if (auto record = SettingRecordOf(*content.message)) {
    stream.case_id = *std::move(record);
    world_.Watch(stream);
    APDR_ASSIGN_OR_RETURN(state, world_.Load(stream));
  }
  for (const std::string& remark : content.remarks) {
    notes_.push_back(absl::StrCat("line ", command.line, ": read as a remark: ", remark));
  }
  if (content.same_upn) APDR_RETURN_IF_ERROR(PutSameUpn(*content.message));
  SendAgain(command, stream.case_id.value(), content);
  if (content.repeats) {
    APDR_RETURN_IF_ERROR(Repeat(command, id, content));
    APDR_ASSIGN_OR_RETURN(state, world_.Load(stream));
  }
  const std::vector<Argument> checks = content.checks;
  Played played;
  if (const auto problem = codec::CheckFields(*content.message)) {
    played.rejection = Malformed(*problem);
    return played;
  }
  const std::string request_id = content.request_id.empty() ? id : content.request_id;
  Remember(command, request_id, content);
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
  APDR_RETURN_IF_ERROR(TakeAnswer(accepted, played));
  APDR_RETURN_IF_ERROR(CompareAll(checks, sen::CaseOf(state), played));
  return played;
}

}  // namespace apdr::scenario
