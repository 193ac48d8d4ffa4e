#include "tests/arch/modules.h"

#include <regex>
#include <sstream>

namespace apdr::arch {
namespace {

std::string Folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string WithoutEnding(const std::string& path) { return path.substr(0, path.rfind('.')); }

}  // namespace

Modules::Modules() {
  ReadLayers();
  for (const char* folder : {"engine", "eventstore", "services"}) {
    for (const SourceFile& file : FilesUnder(folder, {"CMakeLists.txt"})) ReadCMakeLists(file);
  }
}

void Modules::ReadLayers() {
  std::istringstream in(ReadText("tests/arch/layers.txt"));
  std::string line;
  while (std::getline(in, line)) {
    const std::size_t colon = line.find(':');
    if (line.starts_with('#') || colon == std::string::npos) continue;
    std::set<std::string>& allowed = allowed_[line.substr(0, colon)];
    std::istringstream names(line.substr(colon + 1));
    std::string name;
    while (names >> name) allowed.insert(name);
  }
}

void Modules::ReadCMakeLists(const SourceFile& file) {
  std::string text;
  for (const std::string& line : file.lines) text += line.substr(0, line.find('#')) + "\n";
  const std::regex library(R"(apdr_library\(\s*NAME\s+(\w+)([^)]*)\))");
  for (std::sregex_iterator it(text.begin(), text.end(), library), end; it != end; ++it) {
    const std::string module = (*it)[1];
    std::istringstream words((*it)[2]);
    std::string word;
    bool sources = false;
    by_folder_[Folder(file.path)].insert(module);
    while (words >> word) {
      if (word == "SOURCES" || word == "DEPS") {
        sources = word == "SOURCES";
      } else if (sources) {
        const std::string path = Folder(file.path) + "/" + word;
        by_source_[WithoutEnding(path)] = module;
        by_folder_[Folder(path)].insert(module);
      }
    }
  }
}

std::string Modules::ModuleOf(const std::string& path) const {
  if (path.starts_with("tests/")) return "testing";
  if (path.starts_with("services/apdr/")) return "apdr";
  const auto by_source = by_source_.find(WithoutEnding(path));
  if (by_source != by_source_.end()) return by_source->second;
  for (std::string folder = Folder(path); !folder.empty(); folder = Folder(folder)) {
    const auto found = by_folder_.find(folder);
    if (found == by_folder_.end()) continue;
    return found->second.size() == 1 ? *found->second.begin() : "";
  }
  return "";
}

std::string Modules::ModuleOfInclude(std::string_view include) const {
  if (include.ends_with(".grpc.pb.h")) return "grpc";
  if (include.starts_with("apdr/") && include.ends_with(".pb.h")) return "proto";
  for (const char* root : {"engine/", "eventstore/", "services/", "tests/"}) {
    if (include.starts_with(root)) return ModuleOf(std::string(include));
  }
  return "";
}

bool Modules::MayUse(const std::string& module, const std::string& used) const {
  if (module == used) return true;
  const auto found = allowed_.find(module);
  return found != allowed_.end() && (found->second.contains(used) || found->second.contains("*"));
}

std::set<std::string> Modules::Names() const {
  std::set<std::string> names;
  for (const auto& [folder, modules] : by_folder_) names.insert(modules.begin(), modules.end());
  return names;
}

std::vector<Include> IncludesOf(const SourceFile& file) {
  std::vector<Include> includes;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    if (!line.starts_with("#include ")) continue;
    const std::size_t start = line.find_first_of("\"<");
    if (start == std::string::npos) continue;
    const bool quoted = line[start] == '"';
    const std::size_t end = line.find(quoted ? '"' : '>', start + 1);
    includes.push_back(
        {.line = i + 1, .path = line.substr(start + 1, end - start - 1), .quoted = quoted});
  }
  return includes;
}

}  // namespace apdr::arch
