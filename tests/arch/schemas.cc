#include "tests/arch/schemas.h"

#include <algorithm>
#include <iterator>

namespace apdr::arch {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

class Schemas::Problems final : public google::protobuf::compiler::MultiFileErrorCollector {
 public:
  explicit Problems(Schemas& schemas) : schemas_(schemas) {}
  void AddError(const std::string& filename, int line, int, const std::string& message) override {
    schemas_.problems_.push_back({.path = schemas_.folder_ + "/" + filename,
                                  .line = static_cast<std::size_t>(line + 1),
                                  .rule = message});
  }

 private:
  Schemas& schemas_;
};

Schemas::Schemas(const std::string& folder)
    : folder_(folder), collector_(std::make_unique<Problems>(*this)) {
  tree_.MapPath("", folder);
  tree_.MapPath("", APDR_PROTOBUF_INCLUDE);  // google/protobuf/*.proto
  importer_ = std::make_unique<google::protobuf::compiler::Importer>(&tree_, collector_.get());
  for (const SourceFile& file : FilesUnder(folder, {".proto"})) {
    const FileDescriptor* descriptor = importer_->Import(file.path.substr(folder.size() + 1));
    if (descriptor != nullptr) files_.push_back(descriptor);
  }
}

Schemas::~Schemas() = default;

namespace {

void AddEnum(const EnumDescriptor& type, std::vector<std::string>& lines) {
  for (int i = 0; i < type.value_count(); ++i) {
    lines.push_back(type.full_name() + "." + type.value(i)->name() + " = " +
                    std::to_string(type.value(i)->number()) + ":enum");
  }
}

// Absent and zero are different things for a field with "optional" or in a oneof.
std::string Presence(const FieldDescriptor& field) {
  if (field.is_repeated()) return "repeated ";
  if (field.real_containing_oneof() != nullptr) {
    return "oneof " + field.real_containing_oneof()->name() + " ";
  }
  return field.has_optional_keyword() ? "optional " : "";
}

std::string TypeName(const FieldDescriptor& field) {
  std::string name = field.type_name();
  if (field.message_type() != nullptr) name = field.message_type()->full_name();
  if (field.enum_type() != nullptr) name = field.enum_type()->full_name();
  if (field.has_json_name()) name += " json " + field.json_name();
  return Presence(field) + name;
}

void AddMessage(const Descriptor& type, std::vector<std::string>& lines) {
  lines.push_back(type.full_name() + " = message");
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    lines.push_back(field.full_name() + " = " + std::to_string(field.number()) + ":" +
                    TypeName(field));
  }
  for (int i = 0; i < type.nested_type_count(); ++i) AddMessage(*type.nested_type(i), lines);
  for (int i = 0; i < type.enum_type_count(); ++i) AddEnum(*type.enum_type(i), lines);
}

void AddService(const ServiceDescriptor& service, std::vector<std::string>& lines) {
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    lines.push_back(method.full_name() + " = rpc " + (method.client_streaming() ? "stream " : "") +
                    method.input_type()->full_name() + " returns " +
                    (method.server_streaming() ? "stream " : "") +
                    method.output_type()->full_name());
  }
}

}  // namespace

std::vector<const FileDescriptor*> Frozen(const std::vector<const FileDescriptor*>& files) {
  std::vector<const FileDescriptor*> frozen;
  std::ranges::copy_if(files, std::back_inserter(frozen), [](const FileDescriptor* file) {
    return file->package().find(".state.") == std::string::npos;
  });
  return frozen;
}

std::vector<std::string> WireLines(const std::vector<const FileDescriptor*>& files) {
  std::vector<std::string> lines;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) AddMessage(*file->message_type(i), lines);
    for (int i = 0; i < file->enum_type_count(); ++i) AddEnum(*file->enum_type(i), lines);
    for (int i = 0; i < file->service_count(); ++i) AddService(*file->service(i), lines);
    for (int i = 0; i < file->extension_count(); ++i) {
      const FieldDescriptor& extension = *file->extension(i);
      lines.push_back(extension.full_name() + " = " + std::to_string(extension.number()) +
                      ":extension of " + extension.containing_type()->full_name() + " " +
                      TypeName(extension));
    }
  }
  std::ranges::sort(lines);
  return lines;
}

FrozenDifference CompareFrozen(const std::vector<std::string>& frozen,
                               const std::vector<std::string>& now) {
  FrozenDifference difference;
  std::ranges::set_difference(frozen, now, std::back_inserter(difference.gone));
  std::ranges::set_difference(now, frozen, std::back_inserter(difference.added));
  return difference;
}

}  // namespace apdr::arch
