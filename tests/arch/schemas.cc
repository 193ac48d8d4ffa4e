#include "tests/arch/schemas.h"

#include <algorithm>
#include <iterator>

namespace apdr::arch {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

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

std::string TypeName(const FieldDescriptor& field) {
  std::string name = field.type_name();
  if (field.message_type() != nullptr) name = field.message_type()->full_name();
  if (field.enum_type() != nullptr) name = field.enum_type()->full_name();
  return (field.is_repeated() ? "repeated " : "") + name;
}

void AddMessage(const Descriptor& type, std::vector<std::string>& lines) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    lines.push_back(field.full_name() + " = " + std::to_string(field.number()) + ":" +
                    TypeName(field));
  }
  for (int i = 0; i < type.nested_type_count(); ++i) AddMessage(*type.nested_type(i), lines);
  for (int i = 0; i < type.enum_type_count(); ++i) AddEnum(*type.enum_type(i), lines);
}

}  // namespace

std::vector<std::string> WireLines(const std::vector<const FileDescriptor*>& files) {
  std::vector<std::string> lines;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) AddMessage(*file->message_type(i), lines);
    for (int i = 0; i < file->enum_type_count(); ++i) AddEnum(*file->enum_type(i), lines);
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
