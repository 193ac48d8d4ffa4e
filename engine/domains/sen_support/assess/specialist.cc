#include "engine/domains/sen_support/assess/specialist.h"

#include <algorithm>

namespace apdr::sen {
namespace {

void CloseRequest(CaseState& record, const std::string& request_id) {
  auto& open = *record.mutable_specialist_requests();
  open.erase(std::remove_if(open.begin(), open.end(),
                            [&](const state::v1::OpenRequest& request) {
                              return request.request_id() == request_id;
                            }),
             open.end());
}

}  // namespace

const state::v1::OpenRequest* FindOpenRequest(const CaseState& record,
                                              const std::string& request_id) {
  const auto& open = record.specialist_requests();
  const auto found =
      std::ranges::find(open, request_id, [](const auto& request) { return request.request_id(); });
  return found == open.end() ? nullptr : &*found;
}

Payloads Decide(const v1::RequestSpecialist& command, const SenInput& input) {
  v1::SpecialistRequested event;
  *event.mutable_request() = command.request();
  v1::SpecialistAgreement& agreement = *event.mutable_request()->mutable_agreement();
  if (agreement.on().empty()) agreement.set_on(input.on_text());
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::SpecialistRequested& event, Date occurred_on) {
  state::v1::OpenRequest& request = *record.add_specialist_requests();
  request.set_request_id(event.request().request_id());
  request.set_discipline(event.request().discipline());
  request.set_requested_on(FormatDate(occurred_on));
  record.add_specialist_request_ids(event.request().request_id());
  record.add_agreed_disciplines(event.request().discipline());
}

Payloads Decide(const v1::RecordSpecialistAdvice& command, const SenInput& input) {
  v1::SpecialistAdviceReceived event;
  *event.mutable_advice() = command.advice();
  if (event.advice().received_on().empty()) {
    event.mutable_advice()->set_received_on(input.on_text());
  }
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::SpecialistAdviceReceived& event, Date) {
  record.set_specialist_advised(true);
  CloseRequest(record, event.advice().request_id());
}

void Evolve(CaseState& record, const v1::SpecialistRequestClosed& event, Date) {
  CloseRequest(record, event.request_id());
}

// By a parent or the young person; an agreement of a later day is none.
std::optional<Breach> SpecialistNotAgreed(const SenInput& input) {
  const v1::SpecialistAgreement& agreement =
      input.command<v1::RequestSpecialist>().request().agreement();
  const std::optional<Date> on = ParseDate(agreement.on());
  const bool by_family = IsParentOrYoungPerson(agreement.by().role()) ||
                         (!agreement.capacity_ground().empty() && !agreement.by().role().empty());
  if (by_family && (!on || *on <= input.on())) return std::nullopt;
  return Broken("neither a parent nor the young person has agreed that the specialist is asked");
}

}  // namespace apdr::sen
