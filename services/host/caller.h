#pragma once

#include <grpcpp/impl/codegen/string_ref.h>

#include <map>
#include <string>
#include <variant>

#include "engine/base/vocabulary.h"
#include "services/host/error_reply.h"

namespace apdr::host {

// Who calls: a role and a person or system in one tenant.
struct Caller {
  TenantId tenant;
  std::string actor_id;
  std::string role;
  std::string setting_id;  // Empty for callers that act for no setting.
  std::string on_behalf_of;
  std::string traceparent;
};

// Reads the caller from the metadata `apdr-tenant`, `apdr-actor`, `apdr-role`, `apdr-setting`,
// `apdr-on-behalf-of` and `traceparent`. The server listens on loopback only, where a caller is
// taken at its word; any other address needs TLS, which names the caller instead. CALLER_UNKNOWN
// says which entry is missing or malformed (1 to 64 of A-Z a-z 0-9 . _ : -).
[[nodiscard]] std::variant<Caller, ErrorReply> ReadCaller(
    const std::multimap<grpc::string_ref, grpc::string_ref>& metadata);

}  // namespace apdr::host
