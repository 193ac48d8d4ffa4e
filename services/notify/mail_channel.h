#pragma once

#include <string>

#include "services/notify/channel.h"
#include "services/notify/mail.h"

namespace apdr::notify {

// Mail to a server that takes it. The Message-ID follows from the delivery's id, so that a mail
// that comes twice can be told. 250: taken. 5xx: refused. Everything else is tried again.
class MailChannel final : public Channel {
 public:
  // Borrows the server. `from` is the sender's address.
  MailChannel(MailServer& server, std::string from);

  [[nodiscard]] SendResult Send(const Message& message) override;

 private:
  MailServer& server_;
  const std::string from_;
};

// Header and body of a mail.
[[nodiscard]] std::string MailContent(const Message& message, const std::string& from);

}  // namespace apdr::notify
