#include "engine/base/code.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"

namespace apdr {
namespace {

constexpr std::size_t kCodeMax = 64;

}  // namespace

bool IsCode(std::string_view text) {
  constexpr std::string_view kPunctuation = "._:-";
  return !text.empty() && text.size() <= kCodeMax && std::ranges::all_of(text, [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kPunctuation.find(c) != std::string_view::npos;
  });
}

}  // namespace apdr
