#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "services/notify/http.h"

namespace apdr::testing {

// An HTTP server as the test wants it. Keeps what it was asked. Does not simulate TLS or addresses.
class ScriptedHttp final : public notify::Http {
 public:
  absl::StatusOr<notify::HttpResponse> Send(const notify::HttpRequest& request) override {
    requests.push_back(request);
    if (answers.empty()) return absl::UnavailableError("nobody answers");
    auto answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  void Answer(int status, std::string body = "", absl::Duration retry_after = {}) {
    answers.emplace_back(notify::HttpResponse{
        .status = status, .body = std::move(body), .retry_after = retry_after});
  }

  std::deque<absl::StatusOr<notify::HttpResponse>> answers;
  std::vector<notify::HttpRequest> requests;
};

}  // namespace apdr::testing
