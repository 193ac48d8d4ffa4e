#include "engine/domains/sen_support/definition/people_in.h"

#include <google/protobuf/descriptor.h>

#include <map>

#include "engine/base/check.h"
#include "engine/codec/message_payload.h"
#include "engine/domains/sen_support/definition/tables.h"

namespace apdr::sen {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The way to the people in a message of one type.
struct Way {
  struct Step {
    const FieldDescriptor* field = nullptr;
    const Way* inside = nullptr;  // On from the message in the field; null: it is a person.
  };
  std::vector<Step> steps;
  bool complete = false;
};

// The ways of all commands and of what is in them. Reading descriptors costs more than walking a
// message.
class Ways {
 public:
  Ways() {
    for (const core::CommandSpec& command : CommandTable()) {
      Add(*codec::FindPrototype(command.type)->GetDescriptor());
    }
  }

  [[nodiscard]] const Way& Of(const Descriptor& type) const {
    const auto way = by_type_.find(&type);
    APDR_CHECK(way != by_type_.end());
    return way->second;
  }

 private:
  const Way& Add(const Descriptor& type) {
    const auto [entry, is_new] = by_type_.try_emplace(&type);
    Way& way = entry->second;
    if (!is_new) {
      APDR_CHECK(way.complete);  // No type contains itself.
      return way;
    }
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* const field = type.field(i);
      const Descriptor* const message = field->message_type();
      if (message == nullptr) continue;
      if (message == v1::PersonRef::descriptor()) {
        way.steps.push_back({.field = field});
      } else if (const Way& inside = Add(*message); !inside.steps.empty()) {
        way.steps.push_back({.field = field, .inside = &inside});
      }
    }
    way.complete = true;
    return way;
  }

  std::map<const Descriptor*, Way> by_type_;
};

void Collect(const Message& message, const Way& way, std::vector<const v1::PersonRef*>& people) {
  if (way.steps.empty()) return;
  const Reflection& reflection = *message.GetReflection();
  for (const Way::Step& step : way.steps) {
    const auto take = [&](const Message& found) {
      if (step.inside != nullptr) return Collect(found, *step.inside, people);
      people.push_back(static_cast<const v1::PersonRef*>(&found));
    };
    if (!step.field->is_repeated()) {
      if (reflection.HasField(message, step.field)) {
        take(reflection.GetMessage(message, step.field));
      }
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, step.field); ++i) {
      take(reflection.GetRepeatedMessage(message, step.field, i));
    }
  }
}

}  // namespace

std::vector<const v1::PersonRef*> PeopleIn(const Message& command) {
  static const auto& ways = *new Ways();
  std::vector<const v1::PersonRef*> people;
  Collect(command, ways.Of(*command.GetDescriptor()), people);
  return people;
}

}  // namespace apdr::sen
