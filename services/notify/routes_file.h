#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/notify/routes.h"

// The routes file: TOML, explained in docs/notifications.md, with an example in
// deploy/examples/notify.toml. Addresses and secrets in it are read where it is read; of secrets it
// holds only where they are.
namespace apdr::notify {

// Reads a file. `event_types` are the full names of all that can happen. kInvalidArgument names
// file, line and reason; kNotFound: no such file.
[[nodiscard]] absl::StatusOr<Routes> ReadRoutesFile(const std::string& path,
                                                    const std::vector<std::string>& event_types);

// The same for text already read; `name` stands in messages.
[[nodiscard]] absl::StatusOr<Routes> ParseRoutes(std::string_view text, const std::string& name,
                                                 const std::vector<std::string>& event_types);

// What "file:/run/secrets/key" or "env:APDR_KEY" names, without blanks around it. kInvalidArgument
// says why there is none, never what is there.
[[nodiscard]] absl::StatusOr<Sensitive<std::string>> ReadSecret(std::string_view reference);

}  // namespace apdr::notify
