#pragma once

#include <string_view>

namespace apdr {

// A file that is part of the binary (apdr_embed of deploy/cmake makes them). Lives for ever.
struct EmbeddedText {
  std::string_view name;  // Without its folder: "code-2015.toml".
  std::string_view text;
};

}  // namespace apdr
