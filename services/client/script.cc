#include "services/client/script.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/date.h"
#include "engine/base/status_macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"

namespace apdr::client {
namespace {

using nlohmann::json;

constexpr char kTypePrefix[] = "type.googleapis.com/";
constexpr char kDefaultPackage[] = "apdr.sen.v1.";

// Reads one script; every function takes the JSON pointer of what it reads.
class Reader {
 public:
  Reader(JsonDocument document, Identity caller)
      : document_(std::move(document)), caller_(std::move(caller)) {}

  absl::StatusOr<Script> ReadScript() {
    const json& root = document_.root();
    Script script;
    std::string steps_at;
    if (root.is_object()) {
      APDR_RETURN_IF_ERROR(CheckKeys("", {"title", "case_id", "defaults", "steps"}));
      APDR_ASSIGN_OR_RETURN(script.title, ReadText("/title"));
      APDR_ASSIGN_OR_RETURN(case_id_, ReadText("/case_id"));
      if (root.contains("defaults")) {
        APDR_RETURN_IF_ERROR(CheckKeys("/defaults", {"actor"}));
        APDR_ASSIGN_OR_RETURN(caller_, ReadActor("/defaults/actor"));
      }
      steps_at = "/steps";
    }
    const json* steps = Find(steps_at);
    if (steps == nullptr || !steps->is_array() || steps->empty()) {
      return document_.Mistake(steps_at, "Expected a list of steps, but there is none.");
    }
    for (std::size_t i = 0; i < steps->size(); ++i) {
      APDR_ASSIGN_OR_RETURN(ScriptStep step, ReadStep(absl::StrCat(steps_at, "/", i), i + 1));
      script.steps.push_back(std::move(step));
    }
    return script;
  }

  absl::StatusOr<ScriptStep> ReadStep(const std::string& at, std::size_t number) {
    APDR_RETURN_IF_ERROR(CheckKeys(
        at, {"step", "date", "case_id", "actor", "command", "commands", "departures",
             "expected_version", "expect_new", "request_id", "correlation_id", "expect", "note"}));
    ScriptStep step;
    step.place = document_.Place(at);
    APDR_ASSIGN_OR_RETURN(step.label, ReadText(at + "/step"));
    step.named = !step.label.empty() || Find(at + "/request_id") != nullptr;
    if (step.label.empty()) step.label = absl::StrFormat("%02d", number);
    APDR_ASSIGN_OR_RETURN(step.date, ReadText(at + "/date"));
    if (!step.date.empty() && !ParseDate(step.date)) {
      return document_.Mistake(
          at + "/date",
          absl::StrCat("Expected a date such as 2025-09-15, but got \"", step.date, "\"."));
    }
    APDR_ASSIGN_OR_RETURN(step.caller, ReadActor(at + "/actor"));
    APDR_RETURN_IF_ERROR(ReadRequests(at, step));
    APDR_ASSIGN_OR_RETURN(step.expect, ReadExpectation(at + "/expect"));
    return step;
  }

 private:
  [[nodiscard]] const json* Find(const std::string& at) const {
    const json::json_pointer pointer(at);
    return document_.root().contains(pointer) ? &document_.root().at(pointer) : nullptr;
  }

  // That `at` is an object with no key but these.
  absl::Status CheckKeys(const std::string& at, std::initializer_list<const char*> keys) const {
    const json* object = Find(at);
    if (object == nullptr || !object->is_object()) {
      return document_.Mistake(at, "Expected an object in braces, but it is something else.");
    }
    for (const auto& [key, value] : object->items()) {
      if (std::ranges::find(keys, key) != keys.end()) continue;
      return document_.Mistake(
          absl::StrCat(at, "/", key),
          absl::StrCat("Expected one of ", absl::StrJoin(keys, ", "), ", but got \"", key, "\"."));
    }
    return absl::OkStatus();
  }

  // Empty when not given.
  absl::StatusOr<std::string> ReadText(const std::string& at) const {
    const json* value = Find(at);
    if (value == nullptr) return std::string();
    if (value->is_string()) return value->get<std::string>();
    return document_.Mistake(at, "Expected text in quotes, but it is something else.");
  }

  absl::StatusOr<std::optional<std::vector<std::string>>> ReadTexts(const std::string& at) const {
    const json* value = Find(at);
    if (value == nullptr) return std::optional<std::vector<std::string>>();
    if (!value->is_array())
      return document_.Mistake(at, "Expected a list of names, but it is none.");
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < value->size(); ++i) {
      APDR_ASSIGN_OR_RETURN(std::string text, ReadText(absl::StrCat(at, "/", i)));
      texts.push_back(std::move(text));
    }
    return std::optional(std::move(texts));
  }

  absl::StatusOr<Identity> ReadActor(const std::string& at) const {
    Identity actor = caller_;
    if (Find(at) == nullptr) return actor;
    APDR_RETURN_IF_ERROR(CheckKeys(at, {"id", "role", "setting", "on_behalf_of"}));
    APDR_ASSIGN_OR_RETURN(actor.actor, ReadText(at + "/id"));
    APDR_ASSIGN_OR_RETURN(actor.role, ReadText(at + "/role"));
    APDR_ASSIGN_OR_RETURN(actor.setting, ReadText(at + "/setting"));
    APDR_ASSIGN_OR_RETURN(actor.on_behalf_of, ReadText(at + "/on_behalf_of"));
    const absl::Status checked = CheckIdentity(actor);
    if (!checked.ok()) return document_.Mistake(at, std::string(checked.message()));
    return actor;
  }

  absl::StatusOr<Expectation> ReadExpectation(const std::string& at) const {
    Expectation expect;
    if (Find(at) == nullptr) return expect;
    APDR_RETURN_IF_ERROR(CheckKeys(at, {"timers", "events", "warnings", "error"}));
    APDR_ASSIGN_OR_RETURN(expect.timers, ReadTexts(at + "/timers"));
    APDR_ASSIGN_OR_RETURN(expect.events, ReadTexts(at + "/events"));
    APDR_ASSIGN_OR_RETURN(expect.warnings, ReadTexts(at + "/warnings"));
    APDR_ASSIGN_OR_RETURN(expect.error, ReadText(at + "/error"));
    return expect;
  }

  absl::Status ReadRequests(const std::string& at, ScriptStep& step) {
    std::vector<std::string> places;
    if (Find(at + "/command") != nullptr) places.push_back(at + "/command");
    if (const json* list = Find(at + "/commands"); list != nullptr) {
      if (!places.empty() || !list->is_array() || list->empty()) {
        return document_.Mistake(
            at + "/commands",
            "Expected a list of commands in place of \"command\", but got both or"
            " an empty one.");
      }
      for (std::size_t i = 0; i < list->size(); ++i) {
        places.push_back(absl::StrCat(at, "/commands/", i));
      }
    }
    if (places.empty() && step.date.empty()) {
      return document_.Mistake(at, "Expected a command or a date, but the step has neither.");
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      APDR_ASSIGN_OR_RETURN(command::v1::ExecuteRequest request, ReadRequest(at, step, places[i]));
      if (places.size() > 1) absl::StrAppend(request.mutable_request_id(), ".", i + 1);
      step.requests.push_back(std::move(request));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<command::v1::ExecuteRequest> ReadRequest(const std::string& at,
                                                          const ScriptStep& step,
                                                          const std::string& command_at) {
    command::v1::ExecuteRequest request;
    APDR_ASSIGN_OR_RETURN(std::string case_id, ReadText(at + "/case_id"));
    request.set_case_id(case_id.empty() ? case_id_ : case_id);
    if (request.case_id().empty()) {
      return document_.Mistake(
          at, "Expected to know the case, but neither step nor script has a case_id.");
    }
    APDR_ASSIGN_OR_RETURN(std::string request_id, ReadText(at + "/request_id"));
    request.set_request_id(request_id.empty() ? absl::StrCat(request.case_id(), ":", step.label)
                                              : request_id);
    APDR_ASSIGN_OR_RETURN(*request.mutable_correlation_id(), ReadText(at + "/correlation_id"));
    request.set_occurred_on(step.date);
    APDR_RETURN_IF_ERROR(ReadExpectedVersion(at, request));
    APDR_RETURN_IF_ERROR(ReadDepartures(at + "/departures", request));
    APDR_RETURN_IF_ERROR(ReadCommand(command_at, *request.mutable_command()));
    return request;
  }

  absl::Status ReadExpectedVersion(const std::string& at,
                                   command::v1::ExecuteRequest& request) const {
    if (const json* version = Find(at + "/expected_version"); version != nullptr) {
      if (!version->is_number_unsigned()) {
        return document_.Mistake(at + "/expected_version",
                                 "Expected a version (0, 1, 2 ...), but it is something else.");
      }
      request.set_expected_version(version->get<std::uint64_t>());
    }
    if (const json* is_new = Find(at + "/expect_new"); is_new != nullptr) {
      if (!is_new->is_boolean()) {
        return document_.Mistake(at + "/expect_new",
                                 "Expected true or false, but it is something else.");
      }
      request.set_expect_new(is_new->get<bool>());
    }
    return absl::OkStatus();
  }

  absl::Status ReadDepartures(const std::string& at, command::v1::ExecuteRequest& request) const {
    const json* list = Find(at);
    if (list == nullptr) return absl::OkStatus();
    if (!list->is_array())
      return document_.Mistake(at, "Expected a list of departures, but it is none.");
    for (std::size_t i = 0; i < list->size(); ++i) {
      APDR_RETURN_IF_ERROR(
          ToMessage(absl::StrCat(at, "/", i), (*list)[i], *request.add_departures()));
    }
    return absl::OkStatus();
  }

  absl::Status ReadCommand(const std::string& at, google::protobuf::Any& any) const {
    const json* command = Find(at);
    APDR_ASSIGN_OR_RETURN(std::string type, ReadText(at + "/@type"));
    if (!command->is_object() || type.empty()) {
      return document_.Mistake(at,
                               "Expected a command such as {\"@type\": \"RaiseConcern\", ...}, but"
                               " it has no \"@type\".");
    }
    type.erase(0, type.rfind('/') == std::string::npos ? 0 : type.rfind('/') + 1);
    if (type.find('.') == std::string::npos) type = kDefaultPackage + type;
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
    if (descriptor == nullptr) {
      return document_.Mistake(at + "/@type",
                               absl::StrCat("Expected a command that this program knows,"
                                            " but there is no ",
                                            type, ". See: apdr workflow show"));
    }
    const std::unique_ptr<google::protobuf::Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
    json content = *command;
    content.erase("@type");
    APDR_RETURN_IF_ERROR(ToMessage(at, content, *message));
    any.set_type_url(kTypePrefix + type);
    // Deterministic, so that the same script always gives the same bytes.
    any.set_value(message->SerializeAsString());
    return absl::OkStatus();
  }

  absl::Status ToMessage(const std::string& at, const json& content,
                         google::protobuf::Message& message) const {
    const auto status = google::protobuf::util::JsonStringToMessage(content.dump(), &message);
    if (status.ok()) return absl::OkStatus();
    const std::string what(status.message().data(), status.message().size());
    return document_.Mistake(
        at + PointerIn(what),
        absl::StrCat("Expected the fields of ", message.GetDescriptor()->full_name(),
                     ", but: ", what, "."));
  }

  // "/concern/areas/0" for the library's "(concern.areas[0]): invalid value ...", and with the
  // field it does not know for "(concern) colour: Cannot find field."
  static std::string PointerIn(const std::string& what) {
    const std::size_t open = what.find('(');
    const std::size_t close = what.find(')', open == std::string::npos ? 0 : open);
    std::string pointer;
    if (open != std::string::npos && close != std::string::npos && close > open + 1) {
      pointer = "/";
      for (const char c : what.substr(open + 1, close - open - 1)) {
        if (c == ']') continue;
        pointer += c == '.' || c == '[' ? '/' : c;
      }
    }
    const std::size_t name = close == std::string::npos ? 0 : what.find_first_not_of("): ", close);
    const std::size_t end = what.find(": Cannot find field");
    if (end != std::string::npos && name != std::string::npos && name < end) {
      absl::StrAppend(&pointer, "/", what.substr(name, end - name));
    }
    return pointer;
  }

  JsonDocument document_;
  Identity caller_;
  std::string case_id_;
};

}  // namespace

absl::StatusOr<Script> ParseScript(std::string_view text, const std::string& name,
                                   const Identity& caller) {
  APDR_ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::Parse(text, name));
  return Reader(std::move(document), caller).ReadScript();
}

absl::StatusOr<ScriptStep> ParseCommand(std::string_view text, const std::string& name,
                                        const Identity& caller) {
  APDR_ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::Parse(text, name));
  APDR_ASSIGN_OR_RETURN(ScriptStep step, Reader(std::move(document), caller).ReadStep("", 1));
  if (step.requests.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        step.place, ": Expected one command, but there are ", step.requests.size(), "."));
  }
  return step;
}

}  // namespace apdr::client
