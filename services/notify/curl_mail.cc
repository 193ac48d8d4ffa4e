#include "services/notify/curl_mail.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "services/notify/internal/curl.h"

namespace apdr::notify {
namespace {

constexpr int kTaken = 250;

}  // namespace

// The state that libcurl's callback sees.
class CurlMail::Transfer {
 public:
  explicit Transfer(CurlMailOptions options) : options_(std::move(options)), curl_(OpenCurl()) {}

  absl::StatusOr<int> Send(const Mail& mail) {
    CURL* const curl = curl_.get();
    rest_ = mail.content;
    begun_ = false;
    CurlList to(nullptr, &curl_slist_free_all);
    Append(to, mail.to);
    SetCommonOptions(curl, options_.url, options_.ca_file);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    if (!options_.username.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, options_.username.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, options_.password.Expose().c_str());
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail.from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Transfer::Read);
    curl_easy_setopt(curl, CURLOPT_READDATA, this);
    return Answer(curl_easy_perform(curl));
  }

 private:
  [[nodiscard]] absl::StatusOr<int> Answer(CURLcode code) const {
    if (code == CURLE_OK) return kTaken;
    const std::string why = curl_easy_strerror(code);
    // First: a password refused (535) says nothing about the mail.
    if (WasNotSent(code)) return absl::UnavailableError(why);
    long answer = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &answer);
    if (answer >= 400) return static_cast<int>(answer);
    if (!begun_) return absl::UnavailableError(why);
    return absl::DeadlineExceededError(why);
  }

  static std::size_t Read(char* to, std::size_t size, std::size_t count, void* self) {
    auto* const transfer = static_cast<Transfer*>(self);
    transfer->begun_ = true;
    const std::size_t taken = std::min(size * count, transfer->rest_.size());
    std::memcpy(to, transfer->rest_.data(), taken);
    transfer->rest_.remove_prefix(taken);
    return taken;
  }

  const CurlMailOptions options_;
  const CurlHandle curl_;
  std::string_view rest_;  // Of the mail under way.
  bool begun_ = false;
};

CurlMail::CurlMail(CurlMailOptions options)
    : transfer_(std::make_unique<Transfer>(std::move(options))) {}

CurlMail::~CurlMail() = default;

absl::StatusOr<int> CurlMail::Send(const Mail& mail) { return transfer_->Send(mail); }

}  // namespace apdr::notify
