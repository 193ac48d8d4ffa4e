#include "services/exports/export_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/shard_of.h"
#include "engine/base/status_macros.h"
#include "services/exports/access.h"
#include "services/exports/annex_a.h"
#include "services/exports/census.h"
#include "services/exports/evidence.h"
#include "services/query/access.h"
#include "services/query/list_answer.h"
#include "services/query/moment.h"

namespace apdr::exports {
namespace {

using query::Reply;
using sen::v1::GetEhcEvidenceRequest;
using sen::v1::GetEhcEvidenceResponse;
using sen::v1::ListAnnexARowsRequest;
using sen::v1::ListAnnexARowsResponse;
using sen::v1::ListCensusRowsRequest;
using sen::v1::ListCensusRowsResponse;

constexpr std::uint32_t kYearMin = 1900;
constexpr std::uint32_t kYearMax = 2199;

// What a page token is bound to: the request without its page.
template <class Request>
std::string ConditionsOf(std::string_view method, const host::Caller& caller, Request request) {
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat(std::string(method), "/", caller.tenant.value(), "/",
                      request.SerializeAsString());
}

host::ErrorReply CaseUnknown(const std::string& case_id, std::string_view fact) {
  return host::MakeError(
      error::v1::ERROR_CODE_CASE_UNKNOWN,
      absl::StrCat("Expected to export the evidence of a case, but ", std::string(fact), "."),
      {{"case_id", case_id}});
}

std::optional<host::ErrorReply> CheckTerm(sen::v1::CensusTerm term) {
  if (term == sen::v1::CENSUS_TERM_UNSPECIFIED) {
    return host::MakeError(error::v1::ERROR_CODE_FIELD_REQUIRED,
                           "Expected to export the census, but term is not given.",
                           {{"field", "term"}});
  }
  if (sen::v1::CensusTerm_IsValid(term)) return std::nullopt;
  return host::MakeError(error::v1::ERROR_CODE_ENUM_UNKNOWN,
                         absl::StrCat("Expected to read the request, but term has no value ",
                                      static_cast<int>(term), "."),
                         {{"field", "term"}});
}

template <class Response>
void LeaveOut(const OnRoll& found, Response& response) {
  if (found.place != OnRoll::Place::kErased && found.place != OnRoll::Place::kUnreadable) return;
  sen::v1::CaseLeftOut& left_out = *response.add_left_out();
  left_out.set_case_id(found.case_id.value());
  left_out.set_cause(found.place == OnRoll::Place::kErased ? "ERASED" : "STALE");
}

}  // namespace

ExportReader::ExportReader(const Parts& parts)
    : parts_(parts), roll_reader_(parts.model, parts.workflow) {}

Date ExportReader::Today() const {
  return DateOf(parts_.clock.Now(), parts_.workflow.definition().zone);
}

// Empty: today.
Reply<Date> ExportReader::ReadDay(std::string_view field, const std::string& text) const {
  if (text.empty()) return Today();
  const std::optional<Date> date = ParseDate(text);
  if (!date) return query::InvalidField(field, "must be a date such as 2026-02-06");
  if (*date > Today()) return query::InvalidField(field, "must not be after today");
  return *date;
}

Reply<Date> ExportReader::ReadCensusDay(const ListCensusRowsRequest& request) const {
  if (!request.on().empty() && request.year() != 0) {
    return query::InvalidField("year", "must not be given together with on");
  }
  if (!request.on().empty() || request.year() == 0) return ReadDay("on", request.on());
  if (request.year() < kYearMin || request.year() > kYearMax) {
    return query::InvalidField("year", "must be a year such as 2026");
  }
  const Date day = CensusDay(request.term(), static_cast<int>(request.year()));
  if (day > Today()) {
    return query::InvalidField(
        "year",
        absl::StrCat("must be of a census that has been held: this one is on ", FormatDate(day)));
  }
  return day;
}

Roll ExportReader::MakeRoll(const host::Caller& caller, const std::string& setting_id, Date on,
                            absl::Time known_at) const {
  Roll roll{.tenant = caller.tenant, .setting_id = setting_id, .moment = {}};
  roll.moment.known_at = known_at;
  roll.is_now = on >= Today() && known_at == absl::InfiniteFuture();
  if (!roll.is_now) roll.moment.as_at = on;
  return roll;
}

template <class Request, class Response, class Add>
Reply<Response> ExportReader::ListRoll(const Roll& roll, const std::string& conditions,
                                       const Request& request, Add add) const {
  const query::List list{
      .span = roll.Span(), .direction = readmodel::Direction::kForward, .conditions = conditions};
  const auto take = [&](const readmodel::Row& row,
                        Response& response) -> absl::StatusOr<std::size_t> {
    APDR_ASSIGN_OR_RETURN(const OnRoll found, roll_reader_.Read(roll, row));
    LeaveOut(found, response);
    if (found.place != OnRoll::Place::kOnRoll) return found.weight;
    APDR_ASSIGN_OR_RETURN(const std::size_t added, add(found, response));
    return found.weight + added;
  };
  return query::AnswerList<Response>(parts_.model, parts_.shard_count, list,
                                     {.size = request.page_size(), .token = request.page_token()},
                                     take);
}

Reply<ListCensusRowsResponse> ExportReader::ListCensusRows(
    const host::Caller& caller, const ListCensusRowsRequest& request) const {
  if (auto error = CheckMayExport(caller, "export the census")) return *std::move(error);
  if (auto error = CheckTerm(request.term())) return *std::move(error);
  auto day = ReadCensusDay(request);
  if (auto* error = std::get_if<host::ErrorReply>(&day)) return std::move(*error);
  auto known_at = query::ReadKnownAt(request.has_known_at() ? &request.known_at() : nullptr);
  if (auto* error = std::get_if<host::ErrorReply>(&known_at)) return std::move(*error);

  const Census census{.term = request.term(), .on = std::get<Date>(day), .policy = parts_.policy};
  Roll roll = MakeRoll(caller, request.setting_id(), census.on, std::get<absl::Time>(known_at));
  // Midnight between two pages must not change the list.
  roll.by_setting =
      roll.is_now && !roll.setting_id.empty() && request.on().empty() && request.year() == 0;
  auto reply = ListRoll<ListCensusRowsRequest, ListCensusRowsResponse>(
      roll, ConditionsOf("ListCensusRows", caller, request), request,
      [&](const OnRoll& found, ListCensusRowsResponse& response) -> absl::StatusOr<std::size_t> {
        *response.add_rows() = MakeCensusRow(census, found.case_id, found.record);
        return response.rows().rbegin()->ByteSizeLong();
      });
  if (auto* response = std::get_if<ListCensusRowsResponse>(&reply)) {
    response->set_on(FormatDate(census.on));
  }
  return reply;
}

Reply<ListAnnexARowsResponse> ExportReader::ListAnnexARows(
    const host::Caller& caller, const ListAnnexARowsRequest& request) const {
  if (auto error = CheckMayExport(caller, "export Annex A")) return *std::move(error);
  auto day = ReadDay("on", request.on());
  if (auto* error = std::get_if<host::ErrorReply>(&day)) return std::move(*error);
  auto known_at = query::ReadKnownAt(request.has_known_at() ? &request.known_at() : nullptr);
  if (auto* error = std::get_if<host::ErrorReply>(&known_at)) return std::move(*error);

  const Date on = std::get<Date>(day);
  Roll roll = MakeRoll(caller, request.setting_id(), on, std::get<absl::Time>(known_at));
  roll.by_setting = roll.is_now && !roll.setting_id.empty() && request.on().empty();
  const auto add = [&](const OnRoll& found,
                       ListAnnexARowsResponse& response) -> absl::StatusOr<std::size_t> {
    if (found.record.provision() != sen::v1::PROVISION_SEN_SUPPORT) return std::size_t{0};
    APDR_ASSIGN_OR_RETURN(const std::optional<sen::v1::Registration> registration,
                          roll_reader_.ReadRegistration(roll, found.case_id));
    *response.add_rows() = MakeAnnexARow(found.case_id, found.record,
                                         registration.value_or(sen::v1::Registration()), on);
    return response.rows().rbegin()->ByteSizeLong();
  };
  auto reply = ListRoll<ListAnnexARowsRequest, ListAnnexARowsResponse>(
      roll, ConditionsOf("ListAnnexARows", caller, request), request, add);
  if (auto* response = std::get_if<ListAnnexARowsResponse>(&reply)) {
    response->set_on(FormatDate(on));
  }
  return reply;
}

Reply<GetEhcEvidenceResponse> ExportReader::GetEhcEvidence(
    const host::Caller& caller, const GetEhcEvidenceRequest& request) const {
  if (auto error = CheckMayExport(caller, "export evidence")) return *std::move(error);
  if (auto error = query::CheckCaseId(request.case_id())) return *std::move(error);
  const StreamId stream{caller.tenant, CaseId(request.case_id())};
  if (auto error = query::CheckMayRead(caller, parts_.model, stream)) return *std::move(error);
  history::Moment moment;
  if (!request.as_at().empty()) {
    auto day = ReadDay("as_at", request.as_at());
    if (auto* error = std::get_if<host::ErrorReply>(&day)) return std::move(*error);
    moment.as_at = std::get<Date>(day);
  }
  auto known_at = query::ReadKnownAt(request.has_known_at() ? &request.known_at() : nullptr);
  if (auto* error = std::get_if<host::ErrorReply>(&known_at)) return std::move(*error);
  moment.known_at = std::get<absl::Time>(known_at);

  const auto progress = parts_.model.ReadProgress(ShardOf(stream.case_id, parts_.shard_count));
  if (!progress.ok()) return host::FromStatus(progress.status());
  const auto history = history::ReadHistory(parts_.model, parts_.workflow, stream, moment);
  if (absl::IsFailedPrecondition(history.status())) {
    return CaseUnknown(request.case_id(), "its record has been erased");
  }
  if (!history.ok()) return host::FromStatus(history.status());
  if (!*history) return CaseUnknown(request.case_id(), "there is no such case then");
  GetEhcEvidenceResponse response;
  *response.mutable_evidence() = MakeEvidence(stream.case_id, **history);
  response.set_as_of_position(progress->position.value());
  return response;
}

}  // namespace apdr::exports
