// What a header asks of its reader: few parameters, small interfaces.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "tests/arch/source_tree.h"

namespace apdr::arch {
namespace {

constexpr std::size_t kParametersMax = 5;
constexpr std::size_t kMethodsMax = 7;  // That an implementation has to write.

// A header as one text without comments, literals and preprocessor lines.
struct Text {
  std::string path;
  std::string code;

  [[nodiscard]] std::size_t LineOf(std::size_t at) const {
    return 1 + static_cast<std::size_t>(
                   std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }
};

Text TextOf(const SourceFile& file) {
  Text text{.path = file.path, .code = {}};
  for (const std::string& line : file.code) {
    if (!line.starts_with('#')) text.code += line;
    text.code += '\n';
  }
  return text;
}

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// What stands between a bracket and its partner.
struct Inside {
  std::size_t end = 0;    // Of the partner.
  std::size_t items = 0;  // Between commas that no inner bracket holds.
};

Inside Skip(const std::string& code, std::size_t open) {
  Inside inside;
  int depth = 0;
  int angles = 0;
  bool any = false;
  for (std::size_t i = open; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (c == '<') ++angles;
    if (c == '>' && code[i - 1] != '-') --angles;
    if (depth == 0) {
      inside.end = i;
      break;
    }
    if (c == ',' && depth == 1 && angles == 0) ++inside.items;
    any = any || (i > open && std::isspace(static_cast<unsigned char>(c)) == 0);
  }
  if (any) ++inside.items;
  return inside;
}

// Whether what follows a parenthesis makes it a parameter list.
bool EndsDeclaration(std::string_view rest) {
  const std::size_t begin = rest.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return false;
  rest.remove_prefix(begin);
  constexpr std::array<std::string_view, 8> kAfter = {";",        "{", "const", "noexcept",
                                                      "override", "=", "ABSL_", ":"};
  return std::ranges::any_of(kAfter,
                             [rest](std::string_view word) { return rest.starts_with(word); });
}

std::vector<Violation> CheckParameters(const Text& text) {
  std::vector<Violation> violations;
  for (std::size_t at = text.code.find('('); at != std::string::npos;
       at = text.code.find('(', at + 1)) {
    if (at == 0 || !IsNameCharacter(text.code[at - 1])) continue;
    const Inside list = Skip(text.code, at);
    if (list.items <= kParametersMax || list.end == 0) continue;
    if (!EndsDeclaration(std::string_view(text.code).substr(list.end + 1))) continue;
    violations.push_back({text.path, text.LineOf(at), "a function has at most 5 parameters"});
  }
  return violations;
}

std::vector<Violation> CheckMethods(const Text& text) {
  std::vector<Violation> violations;
  for (std::size_t at = text.code.find("class "); at != std::string::npos;
       at = text.code.find("class ", at + 1)) {
    const std::size_t open = text.code.find_first_of(";{>", at);
    if (open == std::string::npos || text.code[open] != '{') continue;
    const std::string body = text.code.substr(open, Skip(text.code, open).end - open);
    std::size_t methods = 0;
    for (std::size_t pure = body.find("= 0;"); pure != std::string::npos;
         pure = body.find("= 0;", pure + 1)) {
      const std::size_t close = body.rfind(')', pure);
      if (close != std::string::npos && body.find_last_of(";{}", pure) < close) ++methods;
    }
    if (methods > kMethodsMax) {
      violations.push_back({text.path, text.LineOf(at), "an interface has at most 7 methods"});
    }
  }
  return violations;
}

TEST(Interfaces, FunctionsTakeFewParameters) {
  for (const SourceFile& file : SourceFiles()) {
    if (file.IsHeader()) Report(CheckParameters(TextOf(file)));
  }
}

TEST(Interfaces, AreSmall) {
  for (const SourceFile& file : SourceFiles()) {
    if (file.IsHeader()) Report(CheckMethods(TextOf(file)));
  }
}

Text AHeader(std::string code) { return {.path = "a.h", .code = std::move(code)}; }

TEST(InterfacesCheck, CountsParameters) {
  EXPECT_EQ(CheckParameters(AHeader("void F(int a, int b, int c, int d, int e);")).size(), 0U);
  EXPECT_EQ(CheckParameters(AHeader("\nvoid F(int a, int b, int c, int d,\n int e, int f);"))
                .front()
                .line,
            2U);
  EXPECT_EQ(
      CheckParameters(AHeader("void F(map<a, b> x, f<void(a, b, c)> y, int z) const {")).size(),
      0U);
  EXPECT_EQ(CheckParameters(AHeader("void F() { G(1, 2, 3, 4, 5, 6) + 1; }")).size(), 0U);
}

TEST(InterfacesCheck, CountsMethodsToImplement) {
  std::string code = "class A {\n public:\n  int x = 0;\n";
  for (int i = 0; i < 7; ++i) code += "  virtual void F() = 0;\n";
  EXPECT_EQ(CheckMethods(AHeader(code + "};")).size(), 0U);
  EXPECT_EQ(CheckMethods(AHeader("\n" + code + "  virtual void G() const = 0;\n};")).front().line,
            2U);
}

}  // namespace
}  // namespace apdr::arch
