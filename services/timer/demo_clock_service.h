#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <memory>

#include "engine/base/settable_clock.h"
#include "eventstore/event_store.h"
#include "services/command/command_handler.h"

namespace apdr::timer {

// The demonstration clock's gRPC face (apdr.command.v1.DemoClockService). UNSAFE: recorded times
// are made up; served only with `apdr serve --demo-clock`. Moves the clock from due deadline to due
// deadline, and waits for each to be reported, so that nothing is skipped. A call blocks one gRPC
// thread. Borrows all three.
[[nodiscard]] std::unique_ptr<grpc::Service> MakeDemoClockService(SettableClock& clock,
                                                                  absl::TimeZone zone,
                                                                  eventstore::EventStore& store,
                                                                  command::CommandHandler& handler);

}  // namespace apdr::timer
