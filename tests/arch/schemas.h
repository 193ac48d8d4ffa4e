#pragma once

#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/arch/source_tree.h"

namespace apdr::arch {

// The schemas under a folder, parsed from their text, so that a rule can name file and line.
class Schemas {
 public:
  // `folder`: "proto". Problems of the parser are violations.
  explicit Schemas(const std::string& folder);
  ~Schemas();
  Schemas(const Schemas&) = delete;
  Schemas& operator=(const Schemas&) = delete;

  [[nodiscard]] const std::vector<const google::protobuf::FileDescriptor*>& files() const {
    return files_;
  }
  [[nodiscard]] const std::vector<Violation>& problems() const { return problems_; }

  // A violation at the place of a message, field, enum, service ...
  template <class Descriptor>
  [[nodiscard]] Violation At(const Descriptor& descriptor, std::string rule) const {
    google::protobuf::SourceLocation location;
    const bool known = descriptor.GetSourceLocation(&location);
    return {.path = folder_ + "/" + FileOf(descriptor).name(),
            .line = known ? static_cast<std::size_t>(location.start_line) + 1 : 0,
            .rule = descriptor.full_name() + ": " + std::move(rule)};
  }

 private:
  class Problems;

  template <class Descriptor>
  static const google::protobuf::FileDescriptor& FileOf(const Descriptor& descriptor) {
    if constexpr (requires { descriptor.file(); }) {
      return *descriptor.file();
    } else if constexpr (requires { descriptor.type()->file(); }) {
      return *descriptor.type()->file();
    } else {
      return *descriptor.service()->file();
    }
  }

  const std::string folder_;
  std::vector<Violation> problems_;
  google::protobuf::compiler::DiskSourceTree tree_;
  std::unique_ptr<Problems> collector_;
  std::unique_ptr<google::protobuf::compiler::Importer> importer_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

// The schemas that clients and stored bytes hold for ever: all but caches (apdr.sen.state).
[[nodiscard]] std::vector<const google::protobuf::FileDescriptor*> Frozen(
    const std::vector<const google::protobuf::FileDescriptor*>& files);

// What a reader of a file's messages, or a caller of its services, depends on. Sorted.
//   apdr.event.v1.Event = message
//   apdr.event.v1.Event.event_id = 1:string       "repeated", "optional" or "oneof NAME" before the
//                                                 type, "json NAME" after it if it has its own
//   apdr.sen.v1.Area.AREA_UNSPECIFIED = 0:enum
//   apdr.options.v1.sensitive = 50102:extension of google.protobuf.FieldOptions bool
//   apdr.query.v1.QueryService.GetCase = rpc apdr.query.v1.GetCaseRequest returns ...
[[nodiscard]] std::vector<std::string> WireLines(
    const std::vector<const google::protobuf::FileDescriptor*>& files);

// Compares with what was frozen: a line that is gone is a break, a line that is new must be added.
struct FrozenDifference {
  std::vector<std::string> gone;
  std::vector<std::string> added;
};
[[nodiscard]] FrozenDifference CompareFrozen(const std::vector<std::string>& frozen,
                                             const std::vector<std::string>& now);

}  // namespace apdr::arch
