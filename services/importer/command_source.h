#pragma once

#include <istream>
#include <memory>

#include "services/client/connection.h"
#include "services/importer/import_key.h"
#include "services/importer/line.h"

namespace apdr::importer {

// Commands in JSON Lines: each line a step in the form of docs/scripts.md with one command and its
// case_id. Its `request_id` or `step` makes the request id, as `apdr case run` would; a line with
// neither gets one that follows from the key, its content and how many equal lines stand before it.
// `caller` gives the tenant and, where a line names no actor, the rest. What a line `expect`s is
// not looked at. Borrows `in`.
[[nodiscard]] std::unique_ptr<LineSource> OpenCommands(std::istream& in, client::Identity caller,
                                                       ImportKey key);

}  // namespace apdr::importer
