#pragma once

#include <memory>
#include <string>

#include "engine/base/sensitive.h"
#include "services/notify/mail.h"

namespace apdr::notify {

struct CurlMailOptions {
  std::string url;  // smtps://host:465, or smtp://host:587, which must offer STARTTLS.
  std::string username = {};
  Sensitive<std::string> password = {};
  std::string ca_file = {};  // Certificates to trust in place of the machine's; empty: those.
};

// MailServer by libcurl, never without TLS. One thread at a time.
class CurlMail final : public MailServer {
 public:
  explicit CurlMail(CurlMailOptions options);
  ~CurlMail() override;

  [[nodiscard]] absl::StatusOr<int> Send(const Mail& mail) override;

 private:
  class Transfer;

  const std::unique_ptr<Transfer> transfer_;
};

}  // namespace apdr::notify
