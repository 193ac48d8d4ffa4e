// The schemas: one style, personal data marked, and what is written down for ever frozen.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "apdr/options/v1/options.pb.h"
#include "tests/arch/schemas.h"

namespace apdr::arch {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kFrozenPath[] = "tests/golden/descriptors.txt";

// "FieldRules" -> "FIELD_RULES"; "EHCPlan" -> "EHC_PLAN".
std::string UpperSnake(const std::string& name) {
  const auto upper = [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; };
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool starts = upper(name[i]) && i > 0 &&
                        (!upper(name[i - 1]) || (i + 1 < name.size() && !upper(name[i + 1])));
    if (starts) out.push_back('_');
    out.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(name[i]))));
  }
  return out;
}

class Lint {
 public:
  explicit Lint(const Schemas& schemas) : schemas_(schemas) {}

  std::vector<Violation> Check(const FileDescriptor& file) {
    const std::string folder = file.name().substr(0, file.name().rfind('/'));
    std::string package = file.package();
    std::ranges::replace(package, '.', '/');
    if (package != folder) {
      violations_.push_back({"proto/" + file.name(), 1, "the package is the folder with dots"});
    }
    if (!folder.ends_with("/v1")) {
      violations_.push_back({"proto/" + file.name(), 1, "a package ends with its version"});
    }
    for (int i = 0; i < file.enum_type_count(); ++i) CheckEnum(*file.enum_type(i));
    for (int i = 0; i < file.message_type_count(); ++i) CheckMessage(*file.message_type(i));
    for (int i = 0; i < file.service_count(); ++i) CheckService(*file.service(i));
    if (file.service_count() > 1) {
      violations_.push_back({"proto/" + file.name(), 1, "a file holds one service"});
    }
    return std::move(violations_);
  }

 private:
  template <class D>
  void Say(const D& descriptor, std::string rule) {
    violations_.push_back(schemas_.At(descriptor, std::move(rule)));
  }

  void CheckEnum(const EnumDescriptor& type) {
    const std::string prefix = UpperSnake(type.name()) + "_";
    for (int i = 0; i < type.value_count(); ++i) {
      const auto& value = *type.value(i);
      if (!value.name().starts_with(prefix)) Say(value, "carries the enum's name: " + prefix);
      if (value.number() == 0 && value.name() != prefix + "UNSPECIFIED") {
        Say(value, "zero is " + prefix + "UNSPECIFIED");
      }
    }
  }

  void CheckMessage(const Descriptor& type) {
    if (type.options().map_entry()) return;
    for (int i = 0; i < type.field_count(); ++i) CheckField(*type.field(i));
    for (int i = 0; i < type.nested_type_count(); ++i) CheckMessage(*type.nested_type(i));
    for (int i = 0; i < type.enum_type_count(); ++i) CheckEnum(*type.enum_type(i));
  }

  void CheckField(const FieldDescriptor& field) {
    const bool timestamp = field.message_type() != nullptr &&
                           field.message_type()->full_name() == "google.protobuf.Timestamp";
    // The two ends of a range, the time itself, and what "as known at" names.
    static const std::set<std::string> kOther = {"recorded_from", "recorded_until", "now",
                                                 "known_at"};
    if (timestamp && !field.name().ends_with("_time") && !kOther.contains(field.name())) {
      Say(field, "a Timestamp is named ..._time");
    }
    if (field.type() == FieldDescriptor::TYPE_FLOAT ||
        field.type() == FieldDescriptor::TYPE_DOUBLE) {
      Say(field, "no floating point: what is stored must compare");
    }
  }

  void CheckService(const ServiceDescriptor& service) {
    if (!service.name().ends_with("Service")) Say(service, "ends with Service");
    for (int i = 0; i < service.method_count(); ++i) {
      const MethodDescriptor& method = *service.method(i);
      if (method.input_type()->name() != method.name() + "Request") {
        Say(method, "takes a request of its own, " + method.name() + "Request");
      }
      if (method.output_type()->name() != method.name() + "Response") {
        Say(method, "gives a response of its own, " + method.name() + "Response");
      }
    }
  }

  const Schemas& schemas_;
  std::vector<Violation> violations_;
};

bool IsSensitive(const FieldDescriptor& field) {
  google::protobuf::FieldOptions options;  // With the generated extension, not the parsed one.
  options.ParseFromString(field.options().SerializeAsString());
  return options.GetExtension(options::v1::sensitive);
}

// Names under which people write about people, or that say who somebody is.
bool SoundsPersonal(const std::string& name) {
  static const std::set<std::string> kNames = {
      "comment",       "narrative", "reason",      "note",       "notes",       "text",
      "summary",       "views",     "description", "given_name", "given_names", "family_name",
      "date_of_birth", "postcode",  "email",       "phone",      "address",     "upn",
      "nhs_number",    "rationale", "concerns",    "strengths"};
  return kNames.contains(name);
}

// Names that sound personal and are not, with the reason.
const std::map<std::string, std::string>& NotPersonal() {
  static const auto* const kNames = new std::map<std::string, std::string>{
      {"apdr.error.v1.ErrorInfo.reason", "a code of the catalogue"},
      {"apdr.command.v1.CommandError.reason", "a code of the catalogue"},
      {"apdr.subscription.v1.Refusal.reason", "a code of the catalogue"}};
  return *kNames;
}

void CollectTexts(const Descriptor& type, std::vector<const FieldDescriptor*>& fields) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->type() == FieldDescriptor::TYPE_STRING) fields.push_back(type.field(i));
  }
  for (int i = 0; i < type.nested_type_count(); ++i) CollectTexts(*type.nested_type(i), fields);
}

std::vector<Violation> CheckSensitive(const Schemas& schemas, const FileDescriptor& file) {
  std::vector<Violation> violations;
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < file.message_type_count(); ++i) CollectTexts(*file.message_type(i), fields);
  for (const FieldDescriptor* field : fields) {
    if (IsSensitive(*field) || !SoundsPersonal(field->name())) continue;
    if (NotPersonal().contains(field->full_name())) continue;
    violations.push_back(schemas.At(*field, "free text about people carries (sensitive) = true"));
  }
  return violations;
}

std::vector<std::string> ReadFrozen() {
  std::vector<std::string> lines;
  std::istringstream in(ReadText(kFrozenPath));
  std::string line;
  while (std::getline(in, line)) {
    if (!line.empty() && !line.starts_with('#')) lines.push_back(line);
  }
  std::ranges::sort(lines);
  return lines;
}

const Schemas& Protos() {
  static const auto* const kSchemas = new Schemas("proto");
  return *kSchemas;
}

TEST(Proto, Parses) {
  Report(Protos().problems());
  EXPECT_GT(Protos().files().size(), 10U);
}

TEST(Proto, KeepsOneStyle) {
  for (const FileDescriptor* file : Protos().files()) Report(Lint(Protos()).Check(*file));
}

TEST(Proto, MarksPersonalData) {
  for (const FileDescriptor* file : Protos().files()) Report(CheckSensitive(Protos(), *file));
}

TEST(Proto, FreezesWhatIsStoredAndSpoken) {
  const FrozenDifference difference =
      CompareFrozen(ReadFrozen(), WireLines(Frozen(Protos().files())));
  for (const std::string& line : difference.gone) {
    ADD_FAILURE() << kFrozenPath << ":0: '" << line
                  << "' is gone or changed. Clients and stored events hold it for ever: bring it "
                     "back, and write a new field or a new event instead";
  }
  for (const std::string& line : difference.added) {
    ADD_FAILURE() << kFrozenPath << ":0: add this line, in order: " << line;
  }
}

// Schemas with every mistake, to see that each is found.
class Planted {
 public:
  explicit Planted(const std::string& name)
      : folder_(std::filesystem::path(::testing::TempDir() + "apdr_proto_" + name)
                    .lexically_normal()
                    .string()) {
    std::filesystem::create_directories(folder_ + "/apdr/x/v1");
  }
  ~Planted() { std::filesystem::remove_all(folder_); }
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;

  const std::string& Write(const std::string& body) {
    std::ofstream(folder_ + "/apdr/x/v1/x.proto") << body;
    return folder_;
  }

 private:
  const std::string folder_;
};

TEST(ProtoCheck, FindsEveryMistakeOfStyle) {
  Planted planted("style");
  const Schemas schemas(planted.Write(R"(syntax = "proto3";
package apdr.y.v1;
import "google/protobuf/timestamp.proto";
enum Kind { NONE = 0; KIND_ONE = 1; }
message A { google.protobuf.Timestamp at = 1; double weight = 2; }
message GetResponse {}
service Reader { rpc Get(A) returns (GetResponse); }
)"));
  Report(schemas.problems());
  ASSERT_EQ(schemas.files().size(), 1U);

  const auto found = Lint(schemas).Check(*schemas.files().front());

  std::multiset<std::size_t> lines;
  for (const Violation& violation : found) lines.insert(violation.line);
  EXPECT_EQ(lines, (std::multiset<std::size_t>{1, 4, 4, 5, 5, 7, 7}));
}

TEST(ProtoCheck, FindsUnmarkedPersonalData) {
  Planted planted("sensitive");
  const Schemas schemas(planted.Write(
      "syntax = \"proto3\";\npackage apdr.x.v1;\nmessage A { string comment = 1; }\n"));
  EXPECT_EQ(CheckSensitive(schemas, *schemas.files().front()).size(), 1U);
}

}  // namespace
}  // namespace apdr::arch
