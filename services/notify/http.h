#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace apdr::notify {

struct HttpRequest {
  std::string method = "POST";  // Or "GET".
  std::string url;
  std::vector<std::string> headers = {};  // "name: value"
  std::string body = {};
  bool public_only = true;  // Private addresses are refused.
};

struct HttpResponse {
  int status = 0;
  std::string body;            // Cut at a limit.
  absl::Duration retry_after;  // 0: the other side does not say.
};

// Makes HTTPS requests, one at a time.
class Http {
 public:
  virtual ~Http() = default;

  // Waits for the answer, some seconds at most. kUnavailable: the request was not sent.
  // kPermissionDenied: the address is not a public one, nothing was sent. kDeadlineExceeded: it may
  // have arrived, no answer came.
  [[nodiscard]] virtual absl::StatusOr<HttpResponse> Send(const HttpRequest& request) = 0;
};

}  // namespace apdr::notify
