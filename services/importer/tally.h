#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "services/importer/line.h"

namespace apdr::importer {

// What became of the lines of an import. Every line is counted once.
struct Tally {
  std::uint64_t lines = 0;                       // Settled.
  std::uint64_t accepted = 0;                    // Something of it was written by this run.
  std::uint64_t already_there = 0;               // Everything of it had been written before.
  std::map<std::string, std::uint64_t> refused;  // By code.

  [[nodiscard]] std::uint64_t refused_lines() const;
};

// Called for each line that was not taken over, as soon as that is known.
using OnRefusal = std::function<void(const Refusal&)>;

}  // namespace apdr::importer
