#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "engine/base/sensitive.h"
#include "services/notify/text_template.h"

// Who is told what, and by which way: policy data, read from the routes file (routes_file.h).
namespace apdr::notify {

enum class Way : std::uint8_t { kEmail, kGovukEmail, kGovukSms, kWebhook };

// "email", "govuk-email", "govuk-sms", "webhook".
[[nodiscard]] std::string_view NameOf(Way way);

// Of which cases a recipient hears. One of them must hold.
struct Scope {
  bool all = false;  // Every case of the tenant.
  std::set<std::string> settings = {};
  std::set<std::string> authorities = {};
  std::set<std::string> cases = {};
};

// A person's mailbox or telephone, or a system's endpoint.
struct Recipient {
  std::string name;  // In the delivery log; part of a delivery's id.
  std::string tenant = {};
  Way way = Way::kEmail;
  // Mail address, telephone number or URL. Never logged.
  Sensitive<std::string> address = {};
  // A webhook without roles hears whatever role is told.
  std::set<std::string> roles = {};
  // Short names that a webhook hears of; empty: all with a message.
  std::set<std::string> events = {};
  Scope scope = {};
  // Of a webhook: "whsec_..." or "whsk_...".
  std::vector<Sensitive<std::string>> secrets = {};
  std::uint32_t per_minute = 0;  // 0: what its channel has.
};

// What is said about an event, and who hears it when the event itself does not say.
struct MessageRule {
  std::set<std::string> events;         // Short names.
  std::set<std::uint32_t> levels = {};  // Empty: all.
  std::set<std::string> to = {};        // Roles; empty: those that the event names.
  TextTemplate subject;
  TextTemplate text;
};

struct GovukNotify {
  std::string url = "https://api.notifications.service.gov.uk";
  Sensitive<std::string> api_key;
  std::string email_template_id;
  std::string sms_template_id;
  std::uint32_t per_minute = 3000;
};

struct Smtp {
  std::string url;  // "smtps://host:465", or "smtp://host:587" with STARTTLS.
  std::string from;
  std::string username;
  Sensitive<std::string> password;
  std::uint32_t per_minute = 600;
};

// What an event is about, as far as routes ask.
struct Happening {
  std::string tenant;
  std::string case_id;
  std::string setting_id;
  std::string authority_id;
  std::string event;  // Short name.
  std::uint32_t level = 0;
  std::set<std::string> to = {};  // Roles that the event names.
};

// A recipient that hears of an event, and why.
struct Told {
  const Recipient* recipient = nullptr;
  std::vector<std::string> roles;
};

struct Routes {
  // What was recorded longer ago when it is read is history, and tells nobody.
  absl::Duration not_older_than = absl::Hours(7 * 24);
  TextTemplate link;
  std::string ca_file;  // Certificates to trust in place of the machine's; empty: the machine's.
  std::optional<GovukNotify> govuk_notify;
  std::optional<Smtp> smtp;
  std::vector<MessageRule> messages;  // Of those that fit an event the first one counts.
  std::map<std::string, Recipient, std::less<>> recipients;  // By name.

  // Whether there is a message for such an event, of whatever level.
  [[nodiscard]] bool SpeakOf(std::string_view event) const;
  // Null: nobody is told of such an event.
  [[nodiscard]] const MessageRule* FindMessage(std::string_view event, std::uint32_t level) const;
  // Each recipient once, in order of name.
  [[nodiscard]] std::vector<Told> WhoIsTold(const Happening& happening) const;
  // Null: the routes have no such recipient.
  [[nodiscard]] const Recipient* Find(std::string_view name) const;
};

// What must change before an endpoint that said it is gone is called again. No secret can be read
// from it.
[[nodiscard]] std::string FingerprintOf(const Recipient& recipient);

}  // namespace apdr::notify
