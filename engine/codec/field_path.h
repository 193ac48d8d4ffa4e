#pragma once

#include <google/protobuf/message.h>

#include <string>

// One value somewhere in a message, named by a path such as "registration.date_of_birth": for
// corrections of what was recorded. No repeated fields.
namespace apdr::codec {

struct FieldPlace {
  google::protobuf::Message* parent = nullptr;
  const google::protobuf::FieldDescriptor* field = nullptr;  // Null: the path names none.
};

// Borrows the message. Makes the messages on the way to the field, if they are not there.
[[nodiscard]] FieldPlace FindField(google::protobuf::Message& message, const std::string& path);

// The value as text: a string as it is, a number, true or false, an enum by its name; of other
// types empty. REQUIRES, here and below: place.field != nullptr.
[[nodiscard]] std::string ValueAt(const FieldPlace& place);

// Whether the text is a value of the field: its type, and the length and date of the schema's
// rules.
[[nodiscard]] bool Fits(const FieldPlace& place, const std::string& value);

// REQUIRES: Fits(place, value).
void SetValue(const FieldPlace& place, const std::string& value);

}  // namespace apdr::codec
