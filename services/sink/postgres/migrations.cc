#include "services/sink/postgres/migrations.h"

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/sha256.h"
#include "engine/base/status_macros.h"

namespace apdr::sink {
namespace {

// A released migration that the database has seen.
absl::Status CheckApplied(const EmbeddedText& migration, const Row& applied) {
  const std::string name(migration.name);
  if (applied.at(0) == name && applied.at(1) == Sha256Hex(migration.text)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "Expected the database to have seen migration ", name,
      " as this program has it, but it has "
      "seen another text, named ",
      applied.at(0),
      ": nothing is copied. Restore apdr.migrations, or drop the schemas apdr and apdr_identifiers "
      "and let the copy be made anew."));
}

absl::StatusOr<Rows> ReadApplied(Session& session) {
  APDR_ASSIGN_OR_RETURN(
      const Rows there,
      session.Query("SELECT 1 WHERE to_regclass('apdr.migrations') IS NOT NULL", {}));
  if (there.empty()) return Rows();
  return session.Query("SELECT name, sha256 FROM apdr.migrations ORDER BY number", {});
}

}  // namespace

std::string ScriptOf(const EmbeddedText& migration) {
  const std::string name(migration.name);
  return absl::StrCat("BEGIN;\n", std::string(migration.text),
                      "INSERT INTO apdr.migrations (number, name, sha256) VALUES (",
                      name.substr(0, name.find('_')), ", '", name, "', '",
                      Sha256Hex(migration.text), "');\nCOMMIT;\n");
}

absl::Status Migrate(Session& session, std::span<const EmbeddedText> migrations) {
  APDR_ASSIGN_OR_RETURN(const Rows applied, ReadApplied(session));
  if (applied.size() > migrations.size()) {
    return absl::FailedPreconditionError(
        absl::StrCat("Expected a database of at most ", migrations.size(),
                     " migrations, but it has seen ", applied.size(), ", the last of them ",
                     applied.back().at(0), ": it belongs to a newer apdr. Use that one."));
  }
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (i < applied.size()) {
      APDR_RETURN_IF_ERROR(CheckApplied(migrations[i], applied[i]));
    } else {
      APDR_RETURN_IF_ERROR(session.Run(ScriptOf(migrations[i])));
    }
  }
  return absl::OkStatus();
}

}  // namespace apdr::sink
