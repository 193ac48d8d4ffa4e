#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/time/time.h"
#include "services/history/case_history.h"
#include "services/query/reply.h"

namespace apdr::query {

// The instant of a request's known_at, without one for ever. FIELD_INVALID: of no year from 1 to
// 9999.
[[nodiscard]] Reply<absl::Time> ReadKnownAt(const google::protobuf::Timestamp* known_at);

// The moment of which a request asks; known_at null: it has none. FIELD_INVALID: as_at is no date,
// or known_at no instant.
[[nodiscard]] Reply<history::Moment> ReadMoment(const std::string& as_at,
                                                const google::protobuf::Timestamp* known_at);

// The same of a request that has these two fields.
template <class Request>
[[nodiscard]] Reply<history::Moment> MomentOf(const Request& request) {
  return ReadMoment(request.as_at(), request.has_known_at() ? &request.known_at() : nullptr);
}

}  // namespace apdr::query
