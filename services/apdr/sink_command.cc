#include <CLI/App.hpp>
#include <iostream>

#include "services/apdr/subcommands.h"
#include "services/sink/postgres/migration_texts.h"
#include "services/sink/postgres/migrations.h"

namespace apdr {

void AddSink(CLI::App& app, Chosen& chosen) {
  CLI::App* sink = app.add_subcommand("sink", "The copy for analysts in PostgreSQL");
  sink->require_subcommand(1);
  CLI::App* schema = sink->add_subcommand(
      "schema", "Print the SQL of its schema, for whoever keeps the database to read or to run");
  schema->footer(
      "The role sink runs by itself what the database has not seen yet; where it may not, run "
      "this\n"
      "as the database's owner, with the sink's user as the owner of the schemas.\n\n"
      "Example:\n"
      "  apdr sink schema | less");
  schema->callback([&chosen] {
    chosen = [] {
      for (const EmbeddedText& migration : sink::Migrations()) {
        std::cout << sink::ScriptOf(migration);
      }
      return client::kExitOk;
    };
  });
}

}  // namespace apdr
