#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "services/host/error_reply.h"
#include "services/projection/rows/row_keys.h"
#include "services/readmodel/read_model.h"

// Lists in pages (AIP-158). A page may hold fewer rows than asked for, even none, and still not be
// the last: what tells is next_page_token.
namespace apdr::query {

inline constexpr std::uint32_t kPageSizeDefault = 100;
inline constexpr std::uint32_t kPageSizeMax = 1000;
// Rows looked at for one page, so that a narrow condition over a long list costs many short calls
// rather than one long one: pages are read in gRPC's few threads, which commands need too.
inline constexpr std::size_t kPageScanMax = 2000;
// Bytes of rows in one page: with one more event of 2 MiB it stays below gRPC's limit of 4 MiB.
inline constexpr std::size_t kPageBytesMax = 1U << 20;

// One list, as its request describes it.
struct List {
  projection::KeySpan span;
  readmodel::Direction direction = readmodel::Direction::kForward;
  // Everything that a token is good for: method, tenant and conditions.
  std::string conditions;
  std::size_t scan_max = kPageScanMax;  // Rows looked at for one page.
};

struct PageRequest {
  std::uint32_t size = 0;
  std::string_view token;
};

// A page's place in its list, checked. PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID: the token was not
// made by this list, or not by this version of the server.
struct PageStart {
  std::size_t size = 0;
  std::string after;  // The last key of the page before; empty: the first page.
};
[[nodiscard]] std::variant<PageStart, host::ErrorReply> StartPage(const List& list,
                                                                  const PageRequest& request);

// Takes a row into the page; how many bytes that added, 0 for a row that does not meet the
// conditions.
using TakeRow = std::function<absl::StatusOr<std::size_t>(const readmodel::Row& row)>;

// Runs `take` over the rows of a page. Returns next_page_token; empty: this was the last page.
[[nodiscard]] absl::StatusOr<std::string> ReadPage(const readmodel::ReadModel& model,
                                                   const List& list, const PageStart& start,
                                                   const TakeRow& take);

// How far each shard is, to be read before the rows: what is there is at least as fresh.
[[nodiscard]] absl::StatusOr<std::vector<Position>> ReadPositions(const readmodel::ReadModel& model,
                                                                  std::uint32_t shard_count);

}  // namespace apdr::query
