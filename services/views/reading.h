#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/view_service.pb.h"
#include "engine/base/clock.h"
#include "engine/base/date.h"
#include "engine/core/workflow.h"
#include "services/host/caller.h"
#include "services/projection/rows/row_keys.h"
#include "services/query/access.h"
#include "services/query/list_answer.h"
#include "services/query/page.h"
#include "services/query/reached.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

// What the questions to all views have in common.
namespace apdr::views {

// What they are answered from. All borrowed.
struct Reading {
  const readmodel::ReadModel& model;
  const core::Workflow& workflow;
  const Clock& clock;
  std::uint32_t shard_count = 0;

  [[nodiscard]] Date Today() const { return DateOf(clock.Now(), workflow.definition().zone); }
};

// Rows of a view: of a setting, with nothing for it of all settings.
[[nodiscard]] projection::KeySpan RowsAt(const TenantId& tenant, std::string_view view,
                                         const std::string& setting_id);

// FIELD_INVALID for a text that is neither empty nor a date.
[[nodiscard]] std::optional<host::ErrorReply> CheckDate(std::string_view field,
                                                        const std::string& text);

// Whether the shard has been read so far. FIELD_INVALID, READ_MODEL_BEHIND.
[[nodiscard]] std::optional<host::ErrorReply> CheckPosition(const Reading& reading,
                                                            const sen::v1::ShardPosition& wanted);

// What a page token is bound to: the request without its page.
template <class Request>
[[nodiscard]] std::string ConditionsOf(std::string_view method, const host::Caller& caller,
                                       Request request) {
  request.clear_page_size();
  request.clear_page_token();
  request.clear_min_position();
  return absl::StrCat(std::string(method), "/", caller.tenant.value(), "/",
                      request.SerializeAsString());
}

// Fills a page of the response. `take` puts a row into it, or says that it does not meet the
// conditions.
template <class Row, class Response, class Request, class Take>
requires std::predicate<Take, Row&, Response&>
[[nodiscard]] query::Reply<Response> ReadRows(const Reading& reading, const host::Caller& caller,
                                              const query::List& list, const Request& request,
                                              Take take) {
  if (auto error = CheckPosition(reading, request.min_position())) return *std::move(error);
  const auto not_listed = query::CasesNotListed(caller, reading.model);
  if (!not_listed.ok()) return host::FromStatus(not_listed.status());
  const auto take_row = [&](const readmodel::Row& stored,
                            Response& response) -> absl::StatusOr<std::size_t> {
    Row row;
    if (!row.ParseFromString(stored.value)) {
      return absl::DataLossError(
          "Expected to read a row of a view, but it does not read back; delete the read model and "
          "let it be rebuilt.");
    }
    if (not_listed->contains(row.case_id())) return std::size_t{0};
    return take(row, response) ? stored.value.size() : 0;
  };
  return query::AnswerList<Response>(reading.model, reading.shard_count, list,
                                     {.size = request.page_size(), .token = request.page_token()},
                                     take_row);
}

// The settings of a page of counts: a new one after the last, or the last itself. Rows come by
// setting.
template <class Setting>
[[nodiscard]] Setting& SettingAt(google::protobuf::RepeatedPtrField<Setting>& settings,
                                 const std::string& setting_id) {
  if (settings.empty() || settings.rbegin()->setting_id() != setting_id) {
    settings.Add()->set_setting_id(setting_id);
  }
  return *settings.rbegin();
}

}  // namespace apdr::views
