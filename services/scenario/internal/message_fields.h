#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

// The fields of commands and events by the names that scripts use.
namespace apdr::scenario {

// From the message down to a field somewhere inside it.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

// The field that a script means by "reviewOn", "review-on" or "plan.review_on": the one nearest the
// top, by its whole name, else by the beginning, else by the end of its name. kNotFound names what
// was probably meant.
[[nodiscard]] absl::StatusOr<FieldPath> FindField(const google::protobuf::Descriptor& type,
                                                  std::string_view name);

// Whether the message, or a message in it that is no item of a list, has a field of exactly this
// name.
[[nodiscard]] bool HasField(const google::protobuf::Descriptor& type, std::string_view name);

// Whether SEN Support has a command, event or value type of this name.
[[nodiscard]] bool IsTypeOfProduct(std::string_view name);

// Whether the event of SEN Support "PlanAgreed" has a field of exactly this name, wherever.
[[nodiscard]] bool EventHasField(std::string_view event, std::string_view name);

// The one field that has a value of exactly these words, such as the result of "continue-adapting";
// else the one field of the items of a list; empty: none, or several.
[[nodiscard]] FieldPath FieldOfValue(const google::protobuf::Descriptor& type,
                                     std::string_view words);

// The field that takes a script's quoted text: the first one of free text; empty: none.
[[nodiscard]] FieldPath MainText(const google::protobuf::Descriptor& type);

// The field that takes a bare list of persons; empty: none.
[[nodiscard]] FieldPath MainPeople(const google::protobuf::Descriptor& type);

// The number of "concerns-remain", "CL" ... in this enum.
[[nodiscard]] absl::StatusOr<int> EnumNumber(const google::protobuf::EnumDescriptor& type,
                                             std::string_view words);
// "concerns-remain"
[[nodiscard]] std::string EnumWords(const google::protobuf::EnumValueDescriptor& value);

// Fills a message of a value type ("SPLD(1)" as a Need) from a script's words.
using MessageReader =
    std::function<absl::Status(google::protobuf::Message&, std::string_view words)>;
// Brings a text into the form its field needs: "+7d" as a date.
using TextReader =
    std::function<std::string(const google::protobuf::FieldDescriptor&, std::string_view words)>;
struct ValueReaders {
  MessageReader message;
  TextReader text;
};

// Sets the field to `value`. Where a list stands on the path, each item of a list of values goes to
// its own element and a single value to all of them.
[[nodiscard]] absl::Status SetField(google::protobuf::Message& message, const FieldPath& path,
                                    std::string_view value, const ValueReaders& readers);

// The same with one value that is never taken apart.
[[nodiscard]] absl::Status SetText(google::protobuf::Message& message, const FieldPath& path,
                                   std::string_view text, const ValueReaders& readers);

void ClearField(google::protobuf::Message& message, const FieldPath& path);

// Every value of the field, as a script would write it.
[[nodiscard]] std::vector<std::string> FieldValues(const google::protobuf::Message& message,
                                                   const FieldPath& path);

// Whether the field holds the value that a script expects; persons by abbreviation or role.
[[nodiscard]] bool SameValue(const google::protobuf::FieldDescriptor& field,
                             std::string_view expected, std::string_view value);

}  // namespace apdr::scenario
