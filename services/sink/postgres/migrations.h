#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "engine/base/embedded_text.h"
#include "services/sink/postgres/session.h"

// The schema of the copy as numbered SQL files. Released ones are frozen: a change is a new file.
namespace apdr::sink {

// One migration and the note that it was applied, as one transaction.
[[nodiscard]] std::string ScriptOf(const EmbeddedText& migration);

// Applies those of the migrations that the database has not seen. kFailedPrecondition: it has seen
// one that is not among them (a newer program has been here), or one that was another text then.
// REQUIRES: nobody else migrates at the same time.
[[nodiscard]] absl::Status Migrate(Session& session, std::span<const EmbeddedText> migrations);

}  // namespace apdr::sink
