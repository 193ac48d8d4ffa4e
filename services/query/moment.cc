#include "services/query/moment.h"

#include <google/protobuf/util/time_util.h>

#include "services/query/access.h"

namespace apdr::query {
namespace {

template <class Request>
Reply<history::Moment> Read(const Request& request) {
  history::Moment moment;
  if (!request.as_at().empty()) {
    moment.as_at = ParseDate(request.as_at());
    if (!moment.as_at) return InvalidField("as_at", "must be a date such as 2026-02-06");
  }
  if (request.has_known_at()) {
    moment.known_at = absl::FromUnixMicros(
        google::protobuf::util::TimeUtil::TimestampToMicroseconds(request.known_at()));
  }
  return moment;
}

}  // namespace

Reply<history::Moment> MomentOf(const v1::GetCaseRequest& request) { return Read(request); }

Reply<history::Moment> MomentOf(const v1::GetChronologyRequest& request) { return Read(request); }

}  // namespace apdr::query
