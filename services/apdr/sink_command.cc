#include <CLI/App.hpp>
#include <cstddef>
#include <iostream>
#include <memory>

#include "services/apdr/subcommands.h"
#include "services/sink/postgres/migration_texts.h"
#include "services/sink/postgres/migrations.h"

namespace apdr {

void AddSink(CLI::App& app, Chosen& chosen) {
  CLI::App* sink = app.add_subcommand("sink", "The copy for analysts in PostgreSQL");
  sink->require_subcommand(1);
  CLI::App* schema = sink->add_subcommand(
      "schema", "Print the SQL of its schema, for whoever keeps the database to read or to run");
  const auto after = std::make_shared<std::size_t>(0);
  schema->add_option("--after", *after,
                     "Leave out the migrations up to this number, which the database has seen");
  schema->footer(
      "The role sink runs by itself what the database has not seen yet; where it may not, whoever\n"
      "keeps the database runs this as the sink's user (SET ROLE).\n\n"
      "Example:\n"
      "  apdr sink schema | less\n"
      "  apdr sink schema --after 1");
  schema->callback([after, &chosen] {
    chosen = [after] {
      const auto migrations = sink::Migrations();
      for (std::size_t i = *after; i < migrations.size(); ++i) {
        std::cout << sink::ScriptOf(migrations[i]);
      }
      return client::kExitOk;
    };
  });
}

}  // namespace apdr
