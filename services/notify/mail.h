#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace apdr::notify {

struct Mail {
  std::string from;
  std::string to;
  std::string content;  // Header and body, lines end with CR LF.
};

// Hands mails to a mail server, one at a time.
class MailServer {
 public:
  virtual ~MailServer() = default;

  // The server's last answer, such as 250 (taken), 451 (later), 550 (never). kUnavailable: the mail
  // was not sent. kDeadlineExceeded: it was, and no answer came.
  [[nodiscard]] virtual absl::StatusOr<int> Send(const Mail& mail) = 0;
};

}  // namespace apdr::notify
