#include "services/notify/routes.h"

#include <algorithm>

#include "services/notify/digest.h"

namespace apdr::notify {
namespace {

bool Covers(const Scope& scope, const Happening& happening) {
  return scope.all || scope.settings.contains(happening.setting_id) ||
         scope.authorities.contains(happening.authority_id) ||
         scope.cases.contains(happening.case_id);
}

}  // namespace

std::string_view NameOf(Way way) {
  switch (way) {
    case Way::kEmail:
      return "email";
    case Way::kGovukEmail:
      return "govuk-email";
    case Way::kGovukSms:
      return "govuk-sms";
    case Way::kWebhook:
      return "webhook";
  }
  return "";
}

bool Routes::SpeakOf(std::string_view event) const {
  return std::ranges::any_of(
      messages, [&](const MessageRule& rule) { return rule.events.contains(std::string(event)); });
}

const MessageRule* Routes::FindMessage(std::string_view event, std::uint32_t level) const {
  const auto found = std::ranges::find_if(messages, [&](const MessageRule& rule) {
    return rule.events.contains(std::string(event)) &&
           (rule.levels.empty() || rule.levels.contains(level));
  });
  return found == messages.end() ? nullptr : &*found;
}

std::vector<Told> Routes::WhoIsTold(const Happening& happening) const {
  std::vector<Told> told;
  const MessageRule* const message = FindMessage(happening.event, happening.level);
  if (message == nullptr) return told;
  const std::set<std::string>& to = message->to.empty() ? happening.to : message->to;
  for (const auto& [name, recipient] : recipients) {
    if (recipient.tenant != happening.tenant || !Covers(recipient.scope, happening)) continue;
    if (!recipient.events.empty() && !recipient.events.contains(happening.event)) continue;
    Told one{.recipient = &recipient, .roles = {}};
    std::ranges::set_intersection(recipient.roles, to, std::back_inserter(one.roles));
    const bool hears_all = recipient.way == Way::kWebhook && recipient.roles.empty();
    if (hears_all || !one.roles.empty()) told.push_back(std::move(one));
  }
  return told;
}

const Recipient* Routes::Find(std::string_view name) const {
  const auto found = recipients.find(name);
  return found == recipients.end() ? nullptr : &found->second;
}

std::string FingerprintOf(const Recipient& recipient) {
  std::string all = recipient.address.Expose();
  for (const Sensitive<std::string>& secret : recipient.secrets) all += "\n" + secret.Expose();
  return Sha256(all);
}

}  // namespace apdr::notify
