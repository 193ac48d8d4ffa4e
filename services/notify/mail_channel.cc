#include "services/notify/mail_channel.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/notify/digest.h"

namespace apdr::notify {
namespace {

constexpr std::size_t kLineChars = 76;
constexpr int kTaken = 250;
constexpr int kForGood = 500;

// RFC 2047, where it needs it. 45 bytes a word: 60 characters and the frame.
std::string HeaderText(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
  if (plain && text.find("=?") == std::string_view::npos) return std::string(text);
  constexpr std::size_t kWordBytes = 45;
  std::string out;
  while (!text.empty()) {
    std::size_t size = std::min(kWordBytes, text.size());
    // Not in the middle of a character of UTF-8.
    while (size < text.size() && size > 1 &&
           (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) {
      --size;
    }
    absl::StrAppend(&out, out.empty() ? "" : "\r\n ", "=?utf-8?B?", Base64(text.substr(0, size)),
                    "?=");
    text.remove_prefix(size);
  }
  return out;
}

std::string Wrapped(const std::string& base64) {
  std::string out;
  for (std::size_t at = 0; at < base64.size(); at += kLineChars) {
    absl::StrAppend(&out, base64.substr(at, kLineChars), "\r\n");
  }
  return out;
}

}  // namespace

std::string MailContent(const Message& message, const std::string& from) {
  const std::string domain = from.substr(from.rfind('@') + 1);
  const std::string date =
      absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", message.now, absl::UTCTimeZone());
  return absl::StrCat(
      "Date: ", date, "\r\nFrom: <", from, ">\r\nTo: <", message.recipient.address.Expose(),
      ">\r\nSubject: ", HeaderText(message.subject), "\r\nMessage-ID: <",
      message.delivery.delivery_id(), "@", domain,
      ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
      Wrapped(Base64(message.text)));
}

MailChannel::MailChannel(MailServer& server, std::string from)
    : server_(server), from_(std::move(from)) {}

SendResult MailChannel::Send(const Message& message) {
  const auto answer = server_.Send({.from = from_,
                                    .to = message.recipient.address.Expose(),
                                    .content = MailContent(message, from_)});
  if (!answer.ok()) {
    const bool unknown = absl::IsDeadlineExceeded(answer.status());
    return {
        .outcome = unknown ? query::v1::ATTEMPT_OUTCOME_UNKNOWN : query::v1::ATTEMPT_OUTCOME_FAILED,
        .detail = std::string(answer.status().message())};
  }
  SendResult result{.outcome = query::v1::ATTEMPT_OUTCOME_FAILED,
                    .detail = absl::StrCat("SMTP ", *answer)};
  if (*answer == kTaken) result.outcome = query::v1::ATTEMPT_OUTCOME_DELIVERED;
  if (*answer >= kForGood) result.outcome = query::v1::ATTEMPT_OUTCOME_REFUSED;
  return result;
}

}  // namespace apdr::notify
