#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

namespace apdr::notify {

using CurlHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using CurlList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// A handle for one transfer at a time; keeps connections open between them.
[[nodiscard]] CurlHandle OpenCurl();

// What every transfer has: limits of time, TLS 1.2 or newer with its checks, no redirect, no proxy.
// `ca_file` may be empty.
void SetCommonOptions(CURL* curl, const std::string& url, const std::string& ca_file);

// Puts a text into a list; an empty list may be null.
void Append(CurlList& list, const std::string& text);

// Whether the transfer ended before the other side can have had all of it. It has not been sent
// twice without a reason.
[[nodiscard]] bool WasNotSent(CURLcode code);

}  // namespace apdr::notify
