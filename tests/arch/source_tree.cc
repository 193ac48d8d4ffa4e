#include "tests/arch/source_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/check.h"

namespace apdr::arch {
namespace {

std::vector<std::string> SplitLines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  std::string line;
  while (std::getline(in, line)) lines.push_back(line);
  return lines;
}

// Walks C++ text one character at a time and knows whether it is code.
class Blanker {
 public:
  std::string Blank(const std::string& line) {
    std::string out = line;
    std::size_t i = 0;
    while (i < line.size()) i = Step(line, i, out);
    if (mode_ != Mode::kBlockComment) mode_ = Mode::kCode;
    return out;
  }

 private:
  enum class Mode { kCode, kBlockComment, kString, kCharacter };

  std::size_t Step(const std::string& line, std::size_t i, std::string& out) {
    const std::string_view rest = std::string_view(line).substr(i);
    switch (mode_) {
      case Mode::kCode:
        return StepCode(line, i, out);
      case Mode::kBlockComment:
        out[i] = ' ';
        if (!rest.starts_with("*/")) return i + 1;
        out[i + 1] = ' ';
        mode_ = Mode::kCode;
        return i + 2;
      case Mode::kString:
      case Mode::kCharacter: {
        const char end = mode_ == Mode::kString ? '"' : '\'';
        if (line[i] == end) {
          mode_ = Mode::kCode;
          return i + 1;
        }
        out[i] = ' ';
        if (line[i] != '\\' || i + 1 >= line.size()) return i + 1;
        out[i + 1] = ' ';
        return i + 2;
      }
    }
    return i + 1;
  }

  std::size_t StepCode(const std::string& line, std::size_t i, std::string& out) {
    const std::string_view rest = std::string_view(line).substr(i);
    if (rest.starts_with("//")) {
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(i), out.end(), ' ');
      return line.size();
    }
    if (rest.starts_with("/*")) {
      mode_ = Mode::kBlockComment;
      return i;
    }
    if (line[i] == '"' && !line.starts_with("#include")) mode_ = Mode::kString;
    // Not the separator of 1'000.
    const bool in_number = i > 0 && std::isalnum(static_cast<unsigned char>(line[i - 1])) != 0;
    if (line[i] == '\'' && !in_number) mode_ = Mode::kCharacter;
    return i + 1;
  }

  Mode mode_ = Mode::kCode;
};

}  // namespace

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> BlankCommentsAndLiterals(const std::vector<std::string>& lines) {
  std::vector<std::string> code;
  Blanker blanker;
  for (const std::string& line : lines) code.push_back(blanker.Blank(line));
  return code;
}

std::vector<SourceFile> FilesUnder(std::string_view folder,
                                   const std::vector<std::string>& endings) {
  namespace fs = std::filesystem;
  std::vector<SourceFile> files;
  if (!fs::exists(folder)) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().generic_string();
    const bool wanted = std::ranges::any_of(
        endings, [&](const std::string& ending) { return path.ends_with(ending); });
    if (!wanted || !entry.is_regular_file()) continue;
    SourceFile file{.path = path, .lines = SplitLines(ReadText(path)), .code = {}};
    file.code = BlankCommentsAndLiterals(file.lines);
    files.push_back(std::move(file));
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

const std::vector<SourceFile>& SourceFiles() {
  static const auto* const kFiles = [] {
    auto* files = new std::vector<SourceFile>();
    for (const char* folder : {"engine", "eventstore", "services", "tests"}) {
      std::ranges::move(FilesUnder(folder, {".h", ".cc"}), std::back_inserter(*files));
    }
    // Run from another folder, every rule would hold for want of files.
    APDR_CHECK(files->size() > 100);
    return files;
  }();
  return *kFiles;
}

void Report(const std::vector<Violation>& violations) {
  for (const Violation& violation : violations) {
    ADD_FAILURE_AT(violation.path.c_str(), static_cast<int>(violation.line))
        << violation.path << ":" << violation.line << ": " << violation.rule;
  }
}

}  // namespace apdr::arch
