// Files and functions a reader can take in at once, words that belong where they stand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "tests/arch/source_tree.h"

namespace apdr::arch {
namespace {

constexpr std::size_t kHeaderLinesMax = 300;
constexpr std::size_t kSourceLinesMax = 500;
constexpr std::size_t kFunctionLinesMax = 70;
constexpr std::size_t kColumnsMax = 100;

// Characters of UTF-8, not bytes.
std::size_t Columns(const std::string& line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::vector<Violation> CheckSizes(const SourceFile& file) {
  std::vector<Violation> violations;
  const std::size_t max = file.IsHeader() ? kHeaderLinesMax : kSourceLinesMax;
  if (file.lines.size() > max) {
    violations.push_back({file.path, file.lines.size(),
                          "has more than " + std::to_string(max) + " lines: split it"});
  }
  bool raw = false;  // Inside a raw string, which nobody may wrap.
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    raw = raw || file.lines[i].find("R\"") != std::string::npos;
    if (Columns(file.lines[i]) > kColumnsMax && !raw) {
      violations.push_back({file.path, i + 1, "a line has at most 100 columns"});
    }
    if (file.lines[i].find(")\"") != std::string::npos) raw = false;
  }
  return violations;
}

// Finds function bodies by their braces: a brace that follows ")" and what may stand after it, in a
// namespace or a class. Lambdas and control flow are inside bodies and not looked at.
class FunctionFinder {
 public:
  std::vector<Violation> Check(const SourceFile& file) {
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      if (file.code[i].starts_with('#')) continue;
      for (const char c : file.code[i]) Take(c, i + 1, file.path);
      head_.push_back(' ');
    }
    return std::move(violations_);
  }

 private:
  enum class Scope { kOpen, kFunction, kOther };
  struct Brace {
    Scope scope;
    std::size_t line;
  };

  void Take(char c, std::size_t line, const std::string& path) {
    if (c == '{') {
      braces_.push_back({Classify(), line});
      head_.clear();
    } else if (c == '}') {
      if (braces_.empty()) return;
      const Brace brace = braces_.back();
      braces_.pop_back();
      if (brace.scope == Scope::kFunction && line - brace.line + 1 > kFunctionLinesMax) {
        violations_.push_back({path, brace.line, "a function has at most 70 lines"});
      }
      head_.clear();
    } else if (c == ';') {
      head_.clear();
    } else {
      head_.push_back(c);
    }
  }

  [[nodiscard]] Scope Classify() const {
    if (!braces_.empty() && braces_.back().scope != Scope::kOpen) return Scope::kOther;
    if (head_.find(')') != std::string::npos) return Scope::kFunction;
    for (const char* word : {"namespace", "class ", "struct ", "union ", "enum "}) {
      if (head_.find(word) != std::string::npos) return Scope::kOpen;
    }
    return Scope::kOther;
  }

  std::string head_;  // Code since the last brace or semicolon.
  std::vector<Brace> braces_;
  std::vector<Violation> violations_;
};

std::vector<Violation> CheckMarks(const SourceFile& file) {
  std::vector<Violation> violations;
  // Spelt apart, so that this file passes its own test.
  static const auto* const kMarks = new std::vector<std::string>{
      "TO"
      "DO",
      "FIX"
      "ME"};
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    for (const std::string& mark : *kMarks) {
      if (file.lines[i].find(mark) == std::string::npos) continue;
      violations.push_back(
          {file.path, i + 1, "finish it, or say the limit in the header and in docs/limits.md"});
    }
  }
  if (file.IsHeader() && std::ranges::find(file.lines, "#pragma once") == file.lines.end()) {
    violations.push_back({file.path, 1, "a header begins with #pragma once"});
  }
  return violations;
}

// The one domain that these words belong to.
bool BelongsToSenSupport(const std::string& path) {
  for (const char* mark :
       {"sen_support", "proto/apdr/sen/", "/scenario/", "tests/", "/sen_", "services/bench/",
        "services/apdr/", "services/document/", "services/exports/", "services/sink/",
        "services/views/", "services/host/family"}) {
    if (path.find(mark) != std::string::npos) return true;
  }
  return false;
}

std::vector<Violation> CheckWords(const SourceFile& file) {
  std::vector<Violation> violations;
  if (BelongsToSenSupport(file.path)) return violations;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::string line = file.lines[i];
    std::ranges::transform(line, line.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (line.find("child") == std::string::npos && line.find("pupil") == std::string::npos)
      continue;
    // A process has one, and the schema of events lists the roles of every domain.
    if (line.find("child process") != std::string::npos) continue;
    if (line.find("parent, child,") != std::string::npos) continue;
    violations.push_back(
        {file.path, i + 1,
         "the engine and the services know cases; a domain knows who they are about"});
  }
  return violations;
}

TEST(Tidy, FilesAndLinesAreShort) {
  for (const SourceFile& file : SourceFiles()) Report(CheckSizes(file));
}

TEST(Tidy, FunctionsAreShort) {
  for (const SourceFile& file : SourceFiles()) Report(FunctionFinder().Check(file));
}

TEST(Tidy, NothingIsLeftUnfinishedAndHeadersAreGuarded) {
  for (const SourceFile& file : SourceFiles()) Report(CheckMarks(file));
}

TEST(Tidy, GenericModulesDoNotKnowWhomACaseIsAbout) {
  for (const SourceFile& file : SourceFiles()) Report(CheckWords(file));
  for (const SourceFile& file : FilesUnder("proto", {".proto"})) Report(CheckWords(file));
}

SourceFile AFile(std::string path, std::vector<std::string> lines) {
  SourceFile file{.path = std::move(path), .lines = std::move(lines), .code = {}};
  file.code = BlankCommentsAndLiterals(file.lines);
  return file;
}

TEST(TidyCheck, FindsWhatIsTooLong) {
  EXPECT_EQ(CheckSizes(AFile("a.h", std::vector<std::string>(301, "x"))).size(), 1U);
  EXPECT_EQ(CheckSizes(AFile("a.cc", std::vector<std::string>(500, "x"))).size(), 0U);
  EXPECT_EQ(CheckSizes(AFile("a.cc", {std::string(101, 'x')})).front().line, 1U);

  std::vector<std::string> function = {"namespace a {", "int F(int x)", "    noexcept {"};
  function.insert(function.end(), 69, "  if (x) { y = \"}\"; }  // }");
  function.emplace_back("}");
  function.emplace_back("}  // namespace a");
  const auto found = FunctionFinder().Check(AFile("a.cc", function));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().line, 3U);
  function.erase(function.begin() + 5);
  EXPECT_TRUE(FunctionFinder().Check(AFile("a.cc", function)).empty());
}

TEST(TidyCheck, FindsMarksAndWords) {
  EXPECT_EQ(CheckMarks(AFile("a.cc", {std::string("// TO") + "DO: later"})).size(), 1U);
  EXPECT_EQ(CheckMarks(AFile("a.h", {"int x;"})).size(), 1U);
  EXPECT_EQ(CheckWords(AFile("engine/core/a.cc", {"// A Child's case."})).size(), 1U);
  EXPECT_EQ(CheckWords(AFile("engine/core/a.cc", {"// A child process."})).size(), 0U);
  EXPECT_EQ(CheckWords(AFile("engine/domains/sen_support/a.cc", {"// A child."})).size(), 0U);
}

}  // namespace
}  // namespace apdr::arch
