#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/arch/source_tree.h"

namespace apdr::arch {

// Which module each file belongs to, as the apdr_library() calls in the CMakeLists.txt files say,
// and which modules each may use, as tests/arch/layers.txt says.
class Modules {
 public:
  // Reads both from the working directory.
  Modules();

  // The module of a source or header; empty for a file of none. A header belongs to the source of
  // its name; without one, to the only library that has sources or its CMakeLists.txt in the
  // folder.
  [[nodiscard]] std::string ModuleOf(const std::string& path) const;
  // The module of what stands in an #include; empty for third-party headers.
  [[nodiscard]] std::string ModuleOfInclude(std::string_view include) const;
  [[nodiscard]] bool MayUse(const std::string& module, const std::string& used) const;
  [[nodiscard]] bool IsInLayers(const std::string& module) const {
    return allowed_.contains(module);
  }
  [[nodiscard]] std::set<std::string> Names() const;

 private:
  void ReadLayers();
  void ReadCMakeLists(const SourceFile& file);

  std::map<std::string, std::set<std::string>> allowed_;
  std::map<std::string, std::string> by_source_;            // Path without ending -> module.
  std::map<std::string, std::set<std::string>> by_folder_;  // Folder -> modules with sources there.
};

// The includes of a file: line from 1, and the path between quotes or brackets.
struct Include {
  std::size_t line = 0;
  std::string path;
  bool quoted = false;
};
[[nodiscard]] std::vector<Include> IncludesOf(const SourceFile& file);

}  // namespace apdr::arch
