#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <variant>

#include "absl/status/status.h"
#include "engine/base/clock.h"
#include "services/client/connection.h"
#include "services/importer/line.h"
#include "services/importer/tally.h"

namespace apdr::importer {

// Called about four times a second.
using OnProgress = std::function<void(const Tally&)>;

struct ImportResult {
  Tally tally;
  // OK: every line of the file is settled. Otherwise lines are left; running again goes on.
  client::Failure stopped_by;  // The server could not be reached or did not answer any more.
  absl::Status unread;         // The file could not be read on.
};

// Takes every line of the source over to the server. A server that goes away and comes back within
// half a minute is waited for, and so is one that has too much to do; one that was never there is
// not. Blocks; one thread.
[[nodiscard]] ImportResult RunImport(const std::shared_ptr<grpc::Channel>& channel,
                                     LineSource& source, const Clock& clock,
                                     const OnRefusal& on_refusal, const OnProgress& on_progress);

// The same without a server: every line is read and made into commands, and none is sent. What can
// only be refused by a server is counted as accepted.
[[nodiscard]] ImportResult CheckImport(LineSource& source, const OnRefusal& on_refusal,
                                       const OnProgress& on_progress);

}  // namespace apdr::importer
