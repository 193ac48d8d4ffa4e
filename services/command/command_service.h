#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <memory>

#include "services/command/command_handler.h"
#include "services/command/request_parser.h"

namespace apdr::command {

// The gRPC face of CommandHandler (apdr.command.v1.CommandService), on gRPC's own threads. Borrows
// both; the server that runs it must be shut down before either goes.
[[nodiscard]] std::unique_ptr<grpc::Service> MakeCommandService(CommandHandler& handler,
                                                                const RequestParser& parser);

}  // namespace apdr::command
