#include "services/bench/bench_command.h"

#include <CLI/App.hpp>
#include <iostream>
#include <memory>

#include "services/apdr/subcommands.h"

namespace apdr {

void AddBench(CLI::App& app, Chosen& chosen) {
  CLI::App* command = app.add_subcommand("bench");
  const auto options = std::make_shared<bench::BenchOptions>();
  bench::DescribeBenchCommand(*command, *options);
  command->callback([options, &chosen] {
    chosen = [options] { return bench::RunBenchCommand(*options, std::cout, std::cerr); };
  });
}

}  // namespace apdr
