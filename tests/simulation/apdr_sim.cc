// Runs the whole system under seeds and checks what it promises. A failing run prints its seed, its
// last steps and the command that repeats it.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <set>
#include <string>

#include "tests/simulation/checkers/checkers.h"
#include "tests/support/sim_world.h"

namespace apdr::testing {
namespace {

constexpr int kFailed = 1;

struct Totals {
  std::size_t events = 0;
  std::size_t acknowledged = 0;
  std::size_t stages = 0;
};

void PrintFailure(const SimOptions& options, std::uint64_t steps, const SimWorld& world,
                  const std::vector<std::string>& findings) {
  std::cout << "FAILED: seed " << options.seed << "\n";
  for (const std::string& finding : findings) std::cout << "  " << finding << "\n";
  std::cout << "last steps:\n";
  for (const std::string& line : world.journal()) std::cout << "  " << line << "\n";
  std::cout << "failed here; repeat with: apdr_sim --seed " << options.seed << " --steps " << steps
            << "\n";
}

// Whether everything was as promised.
bool RunOnce(const SimOptions& options, std::uint64_t steps, Totals& totals) {
  SimWorld world(options);
  for (std::uint64_t step = 0; step < steps; ++step) world.Step();
  world.Settle();
  const Evidence evidence = world.CollectEvidence();
  std::vector<std::string> findings;
  for (const Checker& checker : AllCheckers()) {
    for (const Finding& finding : checker.check(evidence)) {
      findings.push_back(std::string(checker.name) + ": " + finding);
    }
  }
  if (!findings.empty()) PrintFailure(options, steps, world, findings);
  std::set<std::string> stages;
  for (const auto& [stream, events] : EventsByCase(evidence)) {
    totals.events += events.size();
    for (const auto& event : events) stages.insert(event.data().type_url());
  }
  totals.stages = std::max(totals.stages, stages.size());
  totals.acknowledged += evidence.history.acknowledged.size();
  return findings.empty();
}

}  // namespace
}  // namespace apdr::testing

int main(int argc, char** argv) {
  CLI::App app{"Simulates the whole of apdr on its twins, in one thread, under a seed."};
  apdr::testing::SimOptions options;
  std::uint64_t steps = 4000;
  std::uint64_t runs = 1;
  app.add_option("--seed", options.seed, "The first seed")->capture_default_str();
  app.add_option("--steps", steps, "Turns per run")->capture_default_str();
  app.add_option("--runs", runs, "Runs, one seed after the other")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  apdr::testing::Totals totals;
  int failed = 0;
  for (std::uint64_t run = 0; run < runs; ++run, ++options.seed) {
    if (!RunOnce(options, steps, totals)) ++failed;
  }
  std::cout << runs << " runs of " << steps << " steps: " << totals.events << " events, "
            << totals.acknowledged << " requests acknowledged, up to " << totals.stages
            << " types of event in one run; " << failed << " failed\n";
  return failed == 0 ? 0 : apdr::testing::kFailed;
}
