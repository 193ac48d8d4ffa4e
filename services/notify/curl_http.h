#pragma once

#include <memory>
#include <string>

#include "services/notify/http.h"

namespace apdr::notify {

struct CurlHttpOptions {
  std::string ca_file = {};  // Certificates to trust in place of the machine's; empty: those.
  bool allow_private_addresses = false;  // UNSAFE, for tests alone.
};

// Http by libcurl. The address is looked at when the connection is made, so a name that leads
// elsewhere the second time leads nowhere. Reads at most 16 KiB of an answer. One thread at a time.
class CurlHttp final : public Http {
 public:
  explicit CurlHttp(CurlHttpOptions options);
  ~CurlHttp() override;

  [[nodiscard]] absl::StatusOr<HttpResponse> Send(const HttpRequest& request) override;

 private:
  class Transfer;

  const std::unique_ptr<Transfer> transfer_;
};

}  // namespace apdr::notify
