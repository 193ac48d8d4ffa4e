#include "services/notify/routes_file.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/codec/message_payload.h"
#include "services/notify/escalation.h"
#include "services/notify/govuk_channel.h"
#include "services/notify/internal/toml_reader.h"
#include "services/notify/webhook_signature.h"

namespace apdr::notify {
namespace {

constexpr std::string_view kFilePrefix = "file:";
constexpr std::string_view kEnvironmentPrefix = "env:";
constexpr std::uint32_t kOlderDaysDefault = 7;

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    return absl::NotFoundError(
        absl::StrCat("Expected to read ", path, ", but it is no file that can be opened."));
  }
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

bool IsMailAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
         text.find_first_of(" <>,\r\n\t\"", 0) == std::string_view::npos &&
         text.find('@', at + 1) == std::string_view::npos;
}

bool IsTelephone(std::string_view text) {
  return text.size() >= 7 && text.find_first_not_of("+0123456789 ") == std::string_view::npos;
}

// No user name, no password: they would be a secret in the open.
bool IsHttpsUrl(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return false;
  const std::string_view rest = url.substr(kScheme.size());
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  return !host.empty() && host.find('@') == std::string_view::npos &&
         std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; });
}

// Builds the routes table by table.
class Parser {
 public:
  Parser(std::string name, const std::vector<std::string>& event_types)
      : name_(std::move(name)), event_types_(event_types) {}

  absl::StatusOr<Routes> Parse(const toml::table& root) {
    TomlReader reader(root, name_, "the notifier");
    routes_.not_older_than =
        absl::Hours(24) * reader.NumberOr("not_older_than_days", kOlderDaysDefault);
    routes_.link = ReadTemplate(reader, "link", reader.TextOr("link", {}));
    routes_.ca_file = reader.TextOr("ca_file", {});
    if (!routes_.ca_file.empty() && !std::filesystem::is_regular_file(routes_.ca_file)) {
      reader.Refuse("ca_file", "be a file of certificates", "there is no such file");
    }
    const toml::table* const govuk = reader.Table("govuk_notify");
    const toml::table* const smtp = reader.Table("smtp");
    const auto messages = reader.Tables("messages");
    const auto recipients = reader.Tables("recipients");
    const auto webhooks = reader.Tables("webhooks");
    APDR_RETURN_IF_ERROR(reader.Finish());
    if (govuk != nullptr) APDR_RETURN_IF_ERROR(ReadGovuk(*govuk));
    if (smtp != nullptr) APDR_RETURN_IF_ERROR(ReadSmtp(*smtp));
    for (const toml::table* table : messages) APDR_RETURN_IF_ERROR(ReadMessage(*table));
    for (const toml::table* table : recipients) APDR_RETURN_IF_ERROR(ReadRecipient(*table));
    for (const toml::table* table : webhooks) APDR_RETURN_IF_ERROR(ReadWebhook(*table));
    return std::move(routes_);
  }

 private:
  static TextTemplate ReadTemplate(TomlReader& reader, std::string_view key,
                                   const std::string& text) {
    auto parsed = TextTemplate::Parse(text);
    if (parsed.ok()) return *std::move(parsed);
    reader.Refuse(key, "be a text with places to fill in", std::string(parsed.status().message()));
    return {};
  }

  static Sensitive<std::string> Secret(TomlReader& reader, std::string_view key,
                                       std::string_view reference) {
    auto secret = ReadSecret(reference);
    if (secret.ok()) return *std::move(secret);
    reader.Refuse(key, "name a secret", std::string(secret.status().message()));
    return {};
  }

  // The full name of an event given by its last part; empty: there is no such event.
  [[nodiscard]] std::string FullName(const std::string& event) const {
    const auto found = std::ranges::find_if(
        event_types_, [&](const std::string& type) { return ShortName(type) == event; });
    return found == event_types_.end() ? std::string() : *found;
  }

  std::set<std::string> ReadEvents(TomlReader& reader) const {
    std::set<std::string> events = reader.Texts("events");
    for (const std::string& event : events) {
      if (FullName(event).empty()) {
        reader.Refuse("events", "name events of the workflow",
                      absl::StrCat("there is no ", event, " (see apdr workflow show)"));
      }
    }
    return events;
  }

  absl::Status ReadGovuk(const toml::table& table) {
    TomlReader reader(table, name_, "GOV.UK Notify");
    GovukNotify govuk;
    govuk.url = reader.TextOr("url", govuk.url);
    if (!IsHttpsUrl(govuk.url)) reader.Refuse("url", "be an https:// address", "it is not");
    govuk.api_key = Secret(reader, "api_key", reader.Text("api_key"));
    if (!GovukToken(govuk.api_key, absl::UnixEpoch()).ok()) {
      reader.Refuse("api_key", "name a key of GOV.UK Notify", "what it names is none");
    }
    govuk.email_template_id = reader.TextOr("email_template_id", {});
    govuk.sms_template_id = reader.TextOr("sms_template_id", {});
    govuk.per_minute = reader.NumberOr("per_minute", govuk.per_minute);
    routes_.govuk_notify = std::move(govuk);
    return reader.Finish();
  }

  absl::Status ReadSmtp(const toml::table& table) {
    TomlReader reader(table, name_, "the mail server");
    Smtp smtp;
    smtp.url = reader.Text("url");
    const bool is_smtp = smtp.url.starts_with("smtp://") || smtp.url.starts_with("smtps://");
    if (!is_smtp || smtp.url.find('@') != std::string::npos) {
      reader.Refuse("url", "be smtp:// or smtps:// without a user name", "it is not");
    }
    smtp.from = reader.Text("from");
    if (!IsMailAddress(smtp.from)) reader.Refuse("from", "be a mail address", "it is not");
    smtp.username = reader.TextOr("username", {});
    if (reader.Has("password")) {
      smtp.password = Secret(reader, "password", reader.Text("password"));
    }
    smtp.per_minute = reader.NumberOr("per_minute", smtp.per_minute);
    routes_.smtp = std::move(smtp);
    return reader.Finish();
  }

  // An event that does not say whom to tell needs a message that does.
  void CheckTold(TomlReader& reader, const MessageRule& rule) const {
    if (!rule.to.empty()) return;
    for (const std::string& event : rule.events) {
      const auto* const prototype = codec::FindPrototype(FullName(event));
      if (prototype != nullptr && NamesRoles(*prototype->GetDescriptor())) continue;
      reader.Refuse("events", "come with `to`: the roles to tell",
                    absl::StrCat("there is none, and ", event, " does not name any itself"));
    }
  }

  absl::Status ReadMessage(const toml::table& table) {
    TomlReader reader(table, name_, "a message");
    MessageRule rule;
    rule.events = ReadEvents(reader);
    if (rule.events.empty()) reader.Refuse("events", "name an event", "it names none");
    rule.levels = reader.Numbers("levels");
    rule.to = reader.Texts("to");
    rule.subject = ReadTemplate(reader, "subject", reader.Text("subject"));
    rule.text = ReadTemplate(reader, "text", reader.Text("text"));
    CheckTold(reader, rule);
    routes_.messages.push_back(std::move(rule));
    return reader.Finish();
  }

  // What people and endpoints have in common.
  Recipient ReadNamed(TomlReader& reader) {
    Recipient recipient;
    recipient.name = reader.Text("name");
    if (recipient.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") !=
        std::string::npos) {
      reader.Refuse("name", "be of a-z 0-9 - _ .", "it is not");
    }
    if (routes_.recipients.contains(recipient.name)) {
      reader.Refuse("name", "be a name of its own", absl::StrCat(recipient.name, " has it"));
    }
    recipient.tenant = reader.Text("tenant");
    recipient.roles = reader.Texts("roles");
    recipient.scope.all = reader.FlagOr("all", false);
    recipient.scope.settings = reader.Texts("settings");
    recipient.scope.authorities = reader.Texts("authorities");
    recipient.scope.cases = reader.Texts("cases");
    const Scope& scope = recipient.scope;
    if (!scope.all && scope.settings.empty() && scope.authorities.empty() && scope.cases.empty()) {
      reader.Refuse("name", "come with settings, authorities, cases or all = true",
                    "it has none of them");
    }
    return recipient;
  }

  absl::Status ReadRecipient(const toml::table& table) {
    TomlReader reader(table, name_, "a recipient");
    Recipient recipient = ReadNamed(reader);
    if (recipient.roles.empty()) reader.Refuse("roles", "name a role", "it names none");
    const std::string channel = reader.Text("channel");
    const std::string address = reader.Text("address");
    bool fits = IsMailAddress(address);
    bool served = routes_.smtp.has_value();
    if (channel == "govuk-email") {
      recipient.way = Way::kGovukEmail;
      served = routes_.govuk_notify && !routes_.govuk_notify->email_template_id.empty();
    } else if (channel == "govuk-sms") {
      recipient.way = Way::kGovukSms;
      served = routes_.govuk_notify && !routes_.govuk_notify->sms_template_id.empty();
      fits = IsTelephone(address);
    } else if (channel != "email") {
      reader.Refuse("channel", "be email, govuk-email or govuk-sms", "it is not");
    }
    // The address itself would stand in the log.
    if (!fits) reader.Refuse("address", "fit the channel", "it does not");
    if (!served) {
      reader.Refuse("channel", "be set up", "[smtp], [govuk_notify] or its template is missing");
    }
    recipient.address = Sensitive<std::string>(address);
    routes_.recipients.emplace(recipient.name, recipient);
    return reader.Finish();
  }

  absl::Status ReadWebhook(const toml::table& table) {
    TomlReader reader(table, name_, "a webhook");
    Recipient recipient = ReadNamed(reader);
    recipient.way = Way::kWebhook;
    recipient.events = ReadEvents(reader);
    const std::string url = reader.Text("url");
    if (!IsHttpsUrl(url)) {
      reader.Refuse("url", "be an https:// address without a user name", "it is not");
    }
    recipient.address = Sensitive<std::string>(url);
    for (const std::string& reference : reader.Texts("secrets")) {
      recipient.secrets.push_back(Secret(reader, "secrets", reference));
      const absl::Status fit = CheckWebhookSecret(recipient.secrets.back());
      if (!fit.ok()) {
        reader.Refuse("secrets", "name webhook secrets", std::string(fit.message()));
      }
    }
    if (recipient.secrets.empty()) reader.Refuse("secrets", "name a secret", "it names none");
    recipient.per_minute = reader.NumberOr("per_minute", 0);
    routes_.recipients.emplace(recipient.name, recipient);
    return reader.Finish();
  }

  const std::string name_;
  const std::vector<std::string>& event_types_;
  Routes routes_;
};

}  // namespace

absl::StatusOr<Sensitive<std::string>> ReadSecret(std::string_view reference) {
  std::string secret;
  if (reference.starts_with(kFilePrefix)) {
    auto read = ReadWhole(std::string(reference.substr(kFilePrefix.size())));
    if (!read.ok()) return absl::InvalidArgumentError("its file cannot be read");
    secret = *std::move(read);
  } else if (reference.starts_with(kEnvironmentPrefix)) {
    const std::string name(reference.substr(kEnvironmentPrefix.size()));
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return absl::InvalidArgumentError("its environment variable is not set");
    secret = value;
  } else {
    return absl::InvalidArgumentError("it is neither file:PATH nor env:NAME");
  }
  secret = std::string(absl::StripAsciiWhitespace(secret));
  if (secret.empty()) return absl::InvalidArgumentError("what it names is empty");
  return Sensitive<std::string>(std::move(secret));
}

absl::StatusOr<Routes> ParseRoutes(std::string_view text, const std::string& name,
                                   const std::vector<std::string>& event_types) {
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    return Mistake(PlaceOf(name, parsed.error().source()), "be TOML",
                   std::string(parsed.error().description()));
  }
  return Parser(name, event_types).Parse(parsed.table());
}

absl::StatusOr<Routes> ReadRoutesFile(const std::string& path,
                                      const std::vector<std::string>& event_types) {
  APDR_ASSIGN_OR_RETURN(const std::string text, ReadWhole(path));
  return ParseRoutes(text, path, event_types);
}

}  // namespace apdr::notify
