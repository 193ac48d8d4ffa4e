#include "services/query/page.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::query {
namespace {

// First byte of a token: what follows is a digest and a key.
constexpr char kTokenVersion = 1;
constexpr std::size_t kDigestSize = 8;
// Rows fetched at a time.
constexpr std::size_t kScanChunkMax = 512;

// FNV-1a. Tells a token of another list and a damaged one; it keeps nobody out: a key that lies
// outside of the caller's list is refused whatever its digest.
std::string DigestOf(std::string_view conditions, std::string_view key) {
  std::uint64_t hash = 14695981039346656037U;
  const auto add = [&hash](std::string_view bytes) {
    for (const char c : bytes) {
      hash ^= static_cast<unsigned char>(c);
      hash *= 1099511628211U;
    }
  };
  add(absl::StrCat(conditions.size(), ":"));
  add(conditions);
  add(key);
  std::string digest;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    digest.push_back(static_cast<char>(hash >> shift));
  }
  return digest;
}

std::string MakeToken(const List& list, std::string_view key) {
  std::string bytes(1, kTokenVersion);
  bytes += DigestOf(list.conditions, key);
  bytes += key;
  return absl::WebSafeBase64Escape(bytes);
}

// The key in a token of this list: of one that is, to the letter, what this list makes for the key.
std::optional<std::string> ReadToken(const List& list, std::string_view token) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &bytes) ||
      bytes.size() <= 1 + kDigestSize) {
    return std::nullopt;
  }
  std::string key = bytes.substr(1 + kDigestSize);
  if (MakeToken(list, key) != token || !list.span.Contains(key)) return std::nullopt;
  return key;
}

readmodel::Range RangeAfter(const List& list, const std::string& after, std::size_t limit) {
  readmodel::Range range{
      .begin = list.span.begin, .end = list.span.end, .direction = list.direction, .limit = limit};
  if (after.empty()) return range;
  if (list.direction == readmodel::Direction::kForward) {
    range.begin = after + '\0';
  } else {
    range.end = after;
  }
  return range;
}

}  // namespace

std::variant<PageStart, host::ErrorReply> StartPage(const List& list, const PageRequest& request) {
  if (request.size > kPageSizeMax) {
    return host::MakeError(error::v1::ERROR_CODE_PAGE_SIZE_INVALID,
                           absl::StrCat("Expected a page of 1 to ", kPageSizeMax,
                                        " rows, but page_size is ", request.size, "."),
                           {{"page_size", absl::StrCat(request.size)}});
  }
  PageStart start{.size = request.size > 0 ? request.size : kPageSizeDefault, .after = {}};
  if (request.token.empty()) return start;
  std::optional<std::string> after = ReadToken(list, request.token);
  if (!after) {
    return host::MakeError(error::v1::ERROR_CODE_PAGE_TOKEN_INVALID,
                           "Expected next_page_token of a page of this list with the same "
                           "conditions, but page_token is another text.");
  }
  start.after = *std::move(after);
  return start;
}

absl::StatusOr<std::string> ReadPage(const readmodel::ReadModel& model, const List& list,
                                     const PageStart& start, const TakeRow& take) {
  std::string after = start.after;
  std::size_t taken = 0;
  std::size_t bytes = 0;
  std::size_t scanned = 0;
  std::size_t chunk = 0;
  while (true) {
    // What the page still lacks and one more, which tells whether it is the last. Once rows are
    // left out, twice as many each time, since every fetch has to find its place anew.
    chunk = std::max(start.size - taken + 1, scanned > taken ? 2 * chunk : 0);
    chunk = std::min({chunk, kScanChunkMax, list.scan_max - scanned + 1});
    const readmodel::Range range = RangeAfter(list, after, chunk);
    if (range.begin >= range.end) return std::string();
    APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows, model.Scan(range));
    for (const readmodel::Row& row : rows) {
      // There is at least one more row, so this page is not the last.
      if (taken == start.size || scanned == list.scan_max || bytes >= kPageBytesMax) {
        return MakeToken(list, after);
      }
      APDR_ASSIGN_OR_RETURN(const std::size_t added, take(row));
      ++scanned;
      taken += added > 0 ? 1 : 0;
      bytes += added;
      after = row.key;
    }
    if (rows.size() < range.limit) return std::string();
  }
}

absl::StatusOr<std::vector<Position>> ReadPositions(const readmodel::ReadModel& model,
                                                    std::uint32_t shard_count) {
  std::vector<Position> positions;
  for (std::uint32_t shard = 0; shard < shard_count; ++shard) {
    APDR_ASSIGN_OR_RETURN(const readmodel::Progress progress, model.ReadProgress(Shard(shard)));
    positions.push_back(progress.position);
  }
  return positions;
}

}  // namespace apdr::query
