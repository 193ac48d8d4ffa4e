#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "apdr/sen/v1/types.pb.h"

// Codes, names of the schemas and dates in plain English.
namespace apdr::document {

// "6 February 2026" for 2026-02-06; any other text as it is.
[[nodiscard]] std::string DateInWords(std::string_view iso);
// "6 February 2026, 09:00".
[[nodiscard]] std::string InstantInWords(absl::Time instant, absl::TimeZone zone);

// "being achieved"; empty for UNSPECIFIED.
[[nodiscard]] std::string ValueInWords(const google::protobuf::EnumValueDescriptor& value);
template <class Enum>
[[nodiscard]] std::string InWords(Enum value) {
  const auto* found = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return found == nullptr ? "" : ValueInWords(*found);
}

// "Plan agreed" for apdr.sen.v1.PlanAgreed or its URL in an Any.
[[nodiscard]] std::string EventInWords(std::string_view type);
// "Date of birth" for a field date_of_birth, wherever it stands; "New outcomes needed" for
// NewOutcomes.needed.
[[nodiscard]] std::string FieldInWords(std::string_view name);
[[nodiscard]] std::string FieldInWords(const google::protobuf::FieldDescriptor& field);

// "teaching assistant"; an unknown role as it is.
[[nodiscard]] std::string RoleInWords(std::string_view role);
// "teacher, SENCO": people are opaque ids, so they appear by role.
[[nodiscard]] std::string RolesInWords(
    const google::protobuf::RepeatedPtrField<sen::v1::PersonRef>& people);
// "Specific learning difficulty" for SPLD; an unknown code as it is.
[[nodiscard]] std::string NeedInWords(std::string_view code);
// "educational psychologist" for EP; an unknown code as it is.
[[nodiscard]] std::string DisciplineInWords(std::string_view code);
// "Year 3", "Reception".
[[nodiscard]] std::string YearInWords(std::string_view year);

// "42 words per minute, 3 November 2025". Without `measure`, which heads it.
[[nodiscard]] std::string MeasureInWords(const sen::v1::Measure& measure);
// "3 times a week, 20 minutes, for 12 weeks".
[[nodiscard]] std::string FrequencyInWords(const sen::v1::Frequency& frequency);

// With a capital first letter.
[[nodiscard]] std::string Capital(std::string text);
// "1 event", "2 events".
[[nodiscard]] std::string Count(std::size_t count, std::string_view noun);

}  // namespace apdr::document
