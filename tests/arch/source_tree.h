#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// The repository as text, for tests that keep its rules. Paths are relative to the root, which is
// the working directory of every test.
namespace apdr::arch {

struct SourceFile {
  std::string path;                // "engine/core/decide.cc"
  std::vector<std::string> lines;  // As written.
  std::vector<std::string> code;   // The same with comments, strings and characters blanked.

  [[nodiscard]] bool IsHeader() const { return path.ends_with(".h"); }
  [[nodiscard]] bool IsUnder(std::string_view folder) const { return path.starts_with(folder); }
};

// Every .h and .cc under engine/, eventstore/, services/ and tests/, in order of path.
[[nodiscard]] const std::vector<SourceFile>& SourceFiles();

// Files under a folder with one of these endings, in order of path; a missing folder has none.
[[nodiscard]] std::vector<SourceFile> FilesUnder(std::string_view folder,
                                                 const std::vector<std::string>& endings);

[[nodiscard]] std::string ReadText(const std::string& path);

// The same number of lines and columns, with comments and the insides of literals as spaces.
[[nodiscard]] std::vector<std::string> BlankCommentsAndLiterals(
    const std::vector<std::string>& lines);

// One broken rule: "engine/core/x.cc:12: <rule>".
struct Violation {
  std::string path;
  std::size_t line = 0;  // From 1; 0: the whole file.
  std::string rule;

  friend bool operator==(const Violation&, const Violation&) = default;
};

// Fails the running test once per violation.
void Report(const std::vector<Violation>& violations);

}  // namespace apdr::arch
