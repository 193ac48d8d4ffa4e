#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "services/bench/internal/lag_probe.h"
#include "services/bench/internal/measurement.h"

namespace apdr::bench {

// How far the read side was behind under one load.
struct LagResult {
  std::string name;  // "4 streams of 256"
  Measurement load;
  LagFigures figures;
};

void PrintLagTable(const std::vector<LagResult>& results, std::ostream& out);
void PrintLagJson(const std::vector<LagResult>& results, std::ostream& out);

}  // namespace apdr::bench
