#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/synchronization/mutex.h"
#include "services/apdr/subcommands.h"
#include "services/host/version.h"

namespace {

// CLI11 would say that a subcommand is required.
bool IsUnknownCommand(const CLI::App& app, const std::string& word) {
  const auto commands = app.get_subcommands(nullptr);
  return !word.starts_with('-') && std::ranges::none_of(commands, [&](const CLI::App* command) {
    return command->check_name(word);
  });
}

int RefuseCommand(const CLI::App& app, const std::string& word) {
  std::cerr << "Expected a command of apdr, but '" << word << "' is none. There are:";
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    std::cerr << " " << command->get_name();
  }
  std::cerr << ". See apdr --help.\n";
  return apdr::client::kExitUsage;
}

// A command that could not say all of what it found has not done what it was asked to.
int CheckOutput(int code) {
  if (std::cout.flush().good() || code != apdr::client::kExitOk) return code;
  std::cerr << "Expected to write to standard output, but it takes no more.\n";
  return apdr::client::kExitRefused;
}

}  // namespace

// apdr: the one binary.
int main(int argc, char** argv) {
  // gRPC's own lines say less than ours and say it in another form.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
#ifdef __OPTIMIZE__  // Costs too much outside debug builds.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  CLI::App app("apdr runs SEN Support (Assess, Plan, Do, Review) for the children of an authority.",
               "apdr");
  app.set_version_flag("--version", std::string(apdr::host::Version()));
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 refused or not as expected, 2 wrong command line or file,\n"
      "3 no server reached. Every command has --help with an example.");
  apdr::Chosen chosen;
  apdr::AddServe(app, chosen);
  apdr::AddCase(app, chosen);
  apdr::AddDue(app, chosen);
  apdr::AddAudit(app, chosen);
  apdr::AddDocument(app, chosen);
  apdr::AddExport(app, chosen);
  apdr::AddImport(app, chosen);
  apdr::AddDeliveries(app, chosen);
  apdr::AddView(app, chosen);
  apdr::AddSink(app, chosen);
  apdr::AddTail(app, chosen);
  apdr::AddSubscription(app, chosen);
  apdr::AddPreview(app, chosen);
  apdr::AddWorkflow(app, chosen);
  apdr::AddScenario(app, chosen);
  apdr::AddBench(app, chosen);
  if (argc > 1 && IsUnknownCommand(app, argv[1])) return RefuseCommand(app, argv[1]);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& mistake) {
    app.exit(mistake);
    return apdr::client::kExitUsage;
  }
  return app.got_subcommand("serve") ? chosen() : CheckOutput(chosen());
}
