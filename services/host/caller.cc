#include "services/host/caller.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/base/code.h"

namespace apdr::host {
namespace {

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

constexpr std::size_t kValueMax = 64;

std::optional<std::string> Find(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return std::nullopt;
  return std::string(found->second.data(), found->second.size());
}

ErrorReply Unknown(const char* key, const char* fact) {
  return MakeError(
      error::v1::ERROR_CODE_CALLER_UNKNOWN,
      absl::StrCat("Expected to know who calls, but the metadata entry ", key, " ", fact, "."),
      {{"entry", key}});
}

}  // namespace

std::variant<Caller, ErrorReply> ReadCaller(const Metadata& metadata) {
  Caller caller;
  struct Entry {
    const char* key;
    std::string* target;
    bool required;
  };
  std::string tenant;
  for (const Entry& entry :
       {Entry{"apdr-tenant", &tenant, true}, Entry{"apdr-actor", &caller.actor_id, true},
        Entry{"apdr-role", &caller.role, true}, Entry{"apdr-setting", &caller.setting_id, false},
        Entry{"apdr-on-behalf-of", &caller.on_behalf_of, false}}) {
    std::optional<std::string> value = Find(metadata, entry.key);
    if (!value && entry.required) return Unknown(entry.key, "is missing");
    if (!value) continue;
    if (!IsCode(*value)) return Unknown(entry.key, "must be 1 to 64 of A-Z a-z 0-9 . _ : -");
    *entry.target = *std::move(value);
  }
  caller.tenant = TenantId(std::move(tenant));
  caller.traceparent = Find(metadata, "traceparent").value_or("").substr(0, kValueMax);
  return caller;
}

}  // namespace apdr::host
