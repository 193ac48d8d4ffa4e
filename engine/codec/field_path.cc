#include "engine/codec/field_path.h"

#include <google/protobuf/descriptor.h>

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apdr/options/v1/options.pb.h"
#include "engine/base/characters.h"
#include "engine/base/check.h"
#include "engine/base/date.h"

namespace apdr::codec {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

FieldPlace FindField(Message& message, const std::string& path) {
  FieldPlace place{.parent = &message, .field = nullptr};
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) {
      if (place.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return {};
      place.parent = place.parent->GetReflection()->MutableMessage(place.parent, place.field);
    }
    place.field = place.parent->GetDescriptor()->FindFieldByName(names[i]);
    if (place.field == nullptr || place.field->is_repeated()) return {};
  }
  return place;
}

std::string ValueAt(const FieldPlace& place) {
  const auto& reflection = *place.parent->GetReflection();
  switch (place.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(*place.parent, place.field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(*place.parent, place.field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(*place.parent, place.field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.GetEnum(*place.parent, place.field)->name();
    default:
      return {};
  }
}

bool Fits(const FieldPlace& place, const std::string& value) {
  switch (place.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const auto& rules = place.field->options().GetExtension(options::v1::rules);
      if (rules.max_length() > 0 && CharactersIn(value) > rules.max_length()) return false;
      return rules.format() != options::v1::FORMAT_DATE || ParseDate(value).has_value();
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      std::uint32_t number = 0;
      return absl::SimpleAtoi(value, &number);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return value == "true" || value == "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return place.field->enum_type()->FindValueByName(value) != nullptr;
    default:
      return false;
  }
}

void SetValue(const FieldPlace& place, const std::string& value) {
  const auto& reflection = *place.parent->GetReflection();
  switch (place.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.SetString(place.parent, place.field, value);
      return;
    case FieldDescriptor::CPPTYPE_UINT32: {
      std::uint32_t number = 0;
      APDR_CHECK(absl::SimpleAtoi(value, &number));
      reflection.SetUInt32(place.parent, place.field, number);
      return;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(place.parent, place.field, value == "true");
      return;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* number = place.field->enum_type()->FindValueByName(value);
      APDR_CHECK(number != nullptr);
      reflection.SetEnum(place.parent, place.field, number);
      return;
    }
    default:
      APDR_CHECK(false);
  }
}

}  // namespace apdr::codec
