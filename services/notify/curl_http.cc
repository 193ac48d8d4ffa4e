#include "services/notify/curl_http.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/notify/address_guard.h"
#include "services/notify/internal/curl.h"

namespace apdr::notify {
namespace {

constexpr std::size_t kAnswerBytesMax = 16U << 10U;
// Longer than a day is a mistake of theirs.
constexpr curl_off_t kRetryAfterMax = 24L * 60 * 60;

}  // namespace

// The state that libcurl's callbacks see.
class CurlHttp::Transfer {
 public:
  explicit Transfer(CurlHttpOptions options)
      : options_(std::move(options)), curl_(OpenCurl()), unguarded_(OpenCurl()) {}

  absl::StatusOr<HttpResponse> Send(const HttpRequest& request) {
    guarded_ = request.public_only && !options_.allow_private_addresses;
    refused_ = false;
    answer_.clear();
    // Connections are kept per handle, so none that was made without a look is used by the other.
    CURL* const curl = request.public_only ? curl_.get() : unguarded_.get();
    CurlList headers(nullptr, &curl_slist_free_all);
    for (const std::string& header : request.headers) Append(headers, header);
    Append(headers, "Expect:");
    SetOptions(curl, request, headers.get());
    const CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_off_t retry_after = 0;
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
    // The status line came; whatever else there was does not matter.
    if (status >= 200) {
      return HttpResponse{
          .status = static_cast<int>(status),
          .body = std::move(answer_),
          .retry_after = absl::Seconds(std::clamp(retry_after, curl_off_t{0}, kRetryAfterMax))};
    }
    if (refused_) {
      return absl::PermissionDeniedError("the name leads to an address that is not public");
    }
    const std::string why = curl_easy_strerror(code);
    if (WasNotSent(code)) return absl::UnavailableError(why);
    return absl::DeadlineExceededError(why);
  }

 private:
  void SetOptions(CURL* curl, const HttpRequest& request, curl_slist* headers) {
    SetCommonOptions(curl, request.url, options_.ca_file);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "apdr");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::Write);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Transfer::OpenSocket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, this);
    if (request.method != "GET") {
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    }
  }

  static std::size_t Write(char* data, std::size_t size, std::size_t count, void* self) {
    std::string& answer = static_cast<Transfer*>(self)->answer_;
    const std::size_t room = kAnswerBytesMax - answer.size();
    answer.append(data, std::min(room, size * count));
    return size * count <= room ? size * count : 0;  // 0 ends the transfer.
  }

  static curl_socket_t OpenSocket(void* self, curlsocktype purpose, curl_sockaddr* address) {
    auto* const transfer = static_cast<Transfer*>(self);
    if (purpose != CURLSOCKTYPE_IPCXN || (transfer->guarded_ && !IsPublicAddress(address->addr))) {
      transfer->refused_ = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  const CurlHttpOptions options_;
  const CurlHandle curl_;
  const CurlHandle unguarded_;
  bool guarded_ = true;
  bool refused_ = false;
  std::string answer_;
};

CurlHttp::CurlHttp(CurlHttpOptions options)
    : transfer_(std::make_unique<Transfer>(std::move(options))) {}

CurlHttp::~CurlHttp() = default;

absl::StatusOr<HttpResponse> CurlHttp::Send(const HttpRequest& request) {
  return transfer_->Send(request);
}

}  // namespace apdr::notify
