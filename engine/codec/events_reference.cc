#include "engine/codec/events_reference.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/options/v1/options.pb.h"
#include "engine/base/check.h"
#include "engine/core/render.h"

namespace apdr::codec {
namespace {

using core::ShortName;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Of enums as large as a code set only the name is given.
constexpr int kValuesShown = 12;

std::string TypeOf(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->name();
  if (field.enum_type() == nullptr) return field.type_name();
  if (field.enum_type()->value_count() > kValuesShown) return field.enum_type()->name();
  // Without the name of the enum, which each value carries, and without "unspecified".
  std::vector<std::string> values;
  const std::string first = field.enum_type()->value(0)->name();
  const std::size_t prefix = first.rfind("UNSPECIFIED");
  for (int i = 1; i < field.enum_type()->value_count(); ++i) {
    std::string value = field.enum_type()->value(i)->name().substr(prefix);
    std::ranges::transform(value, value.begin(), [](char c) {
      return c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    values.push_back(std::move(value));
  }
  return absl::StrCat("{", absl::StrJoin(values, ", "), "}");
}

std::string FieldOf(const FieldDescriptor& field, bool with_rules) {
  const bool list = field.is_repeated();
  std::string text = absl::StrCat("`", field.name(), "`", list ? "[]" : "");
  if (with_rules && field.options().GetExtension(options::v1::rules).required()) text += "*";
  return absl::StrCat(text, " ", TypeOf(field));
}

// The fields of a message; of one that only wraps its content, those of the content.
std::string FieldsOf(const std::string& type, bool with_rules) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  const Descriptor* message = pool->FindMessageTypeByName(type);
  APDR_CHECK(message != nullptr);
  std::string path;
  while (message->field_count() == 1 && message->field(0)->message_type() != nullptr &&
         !message->field(0)->is_repeated()) {
    absl::StrAppend(&path, message->field(0)->name(), ".");
    message = message->field(0)->message_type();
  }
  std::vector<std::string> fields;
  fields.reserve(static_cast<std::size_t>(message->field_count()));
  for (int i = 0; i < message->field_count(); ++i) {
    fields.push_back(FieldOf(*message->field(i), with_rules));
  }
  if (!path.empty()) path = absl::StrCat("in `", path.substr(0, path.size() - 1), "`: ");
  return fields.empty() ? "-" : absl::StrCat(path, absl::StrJoin(fields, ", "));
}

std::string TimersOn(const core::Definition& definition, const std::string& event,
                     std::vector<std::string> core::TimerSpec::*list) {
  std::vector<std::string> ids;
  for (const core::TimerSpec& timer : definition.timers) {
    const auto& events = timer.*list;
    if (std::ranges::find(events, event) != events.end()) ids.push_back(timer.id);
  }
  return ids.empty() ? "-" : absl::StrJoin(ids, ", ");
}

}  // namespace

std::string EventsReference(const core::Definition& definition) {
  std::string page =
      absl::StrCat("# Commands and events\n\nPolicy ", definition.policy,
                   ". Made by `apdr workflow reference events`; a test fails when this page is "
                   "stale. What a field "
                   "means\nstands beside it in `proto/`. `*`: must be given; `[]`: any number.\n\n"
                   "## Commands\n\n| command | to | roles | content |\n|---|---|---|---|\n");
  for (const core::CommandSpec& command : definition.commands) {
    absl::StrAppend(&page, "| `", ShortName(command.type), "` | ", command.title, " | ",
                    command.roles.empty() ? "every role" : absl::StrJoin(command.roles, ", "),
                    " | ", FieldsOf(command.type, true), " |\n");
  }
  absl::StrAppend(&page,
                  "\n## Events\n\n| event | starts | stops | content |\n|---|---|---|---|\n");
  for (const std::string& event : definition.events) {
    absl::StrAppend(&page, "| `", ShortName(event), "` | ",
                    TimersOn(definition, event, &core::TimerSpec::starts_on), " | ",
                    TimersOn(definition, event, &core::TimerSpec::stops_on), " | ",
                    FieldsOf(event, false), " |\n");
  }
  return page;
}

}  // namespace apdr::codec
