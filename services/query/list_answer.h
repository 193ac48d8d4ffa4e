#pragma once

#include <concepts>
#include <cstdint>
#include <utility>
#include <variant>

#include "services/host/error_reply.h"
#include "services/query/page.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::query {

// Answers a list: a page of its rows, the token of the next and how far each shard was before they
// were read. `take` puts a row into the response and says how many bytes that added, 0 for a row
// that does not meet the conditions. The errors of StartPage.
template <class Response, class Take>
requires std::invocable<Take, const readmodel::Row&, Response&>
[[nodiscard]] Reply<Response> AnswerList(const readmodel::ReadModel& model,
                                         std::uint32_t shard_count, const List& list,
                                         const PageRequest& page, Take take) {
  auto start = StartPage(list, page);
  if (auto* error = std::get_if<host::ErrorReply>(&start)) return std::move(*error);
  const auto positions = ReadPositions(model, shard_count);
  if (!positions.ok()) return host::FromStatus(positions.status());
  Response response;
  auto next = ReadPage(model, list, std::get<PageStart>(start),
                       [&](const readmodel::Row& row) { return take(row, response); });
  if (!next.ok()) return host::FromStatus(next.status());
  response.set_next_page_token(*std::move(next));
  for (const Position position : *positions) response.add_as_of_positions(position.value());
  return response;
}

}  // namespace apdr::query
