#include "services/notify/escalation.h"

#include <google/protobuf/message.h>

#include "engine/codec/message_payload.h"

namespace apdr::notify {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Null: there is none.
const FieldDescriptor* RolesIn(const Descriptor& type) {
  const FieldDescriptor* const to = type.FindFieldByName("to");
  const bool fits =
      to != nullptr && to->type() == FieldDescriptor::TYPE_STRING && to->is_repeated();
  return fits ? to : nullptr;
}

const FieldDescriptor* LevelIn(const Descriptor& type) {
  const FieldDescriptor* const level = type.FindFieldByName("level");
  const bool fits =
      level != nullptr && level->type() == FieldDescriptor::TYPE_UINT32 && !level->is_repeated();
  return fits ? level : nullptr;
}

}  // namespace

bool NamesRoles(const Descriptor& type) { return RolesIn(type) != nullptr; }

Escalation ReadEscalation(const event::v1::Event& event) {
  Escalation escalation;
  if (event.deadline_fired().empty() || !event.key_id().empty()) return escalation;
  const auto payload =
      codec::ParsePayload(codec::TypeOfUrl(event.data().type_url()), event.data().value());
  if (!payload.ok()) return escalation;
  const Message& reminder = static_cast<const codec::MessagePayload&>(**payload).message();
  const auto& reflection = *reminder.GetReflection();
  if (const FieldDescriptor* const level = LevelIn(*reminder.GetDescriptor())) {
    escalation.level = reflection.GetUInt32(reminder, level);
  }
  if (const FieldDescriptor* const to = RolesIn(*reminder.GetDescriptor())) {
    for (int i = 0; i < reflection.FieldSize(reminder, to); ++i) {
      escalation.to.insert(reflection.GetRepeatedString(reminder, to, i));
    }
  }
  return escalation;
}

}  // namespace apdr::notify
