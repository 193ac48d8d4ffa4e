#include "services/views/feed.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "apdr/sen/state/v1/view_state.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/codec/message_payload.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/query/access.h"

namespace apdr::views {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using sen::TypeOf;
using sen::state::v1::FeedDoc;
using sen::state::v1::FeedEntry;
using sen::v1::ListNoticesRequest;
using sen::v1::ListNoticesResponse;
using sen::v1::NoticeRow;
using Roles = std::vector<std::string>;

constexpr char kName[] = "feed";
// In place of a setting: the notices of all settings, in one order.
constexpr char kAllSettings[] = "";

Roles Senco(Roles more = {}) {
  Roles roles = {"senco", "named-person", "area-senco"};
  roles.insert(roles.end(), more.begin(), more.end());
  return roles;
}

// Who waits to hear of what people did; timers say themselves whom they tell.
const std::map<std::string, Roles>& Addressees() {
  static const auto* const kAddressees = new std::map<std::string, Roles>{
      {TypeOf<sen::v1::SenSupportStarted>(), Senco({"teacher", "keyworker", "tutor"})},
      {TypeOf<sen::v1::PlanAgreed>(), Senco({"teacher", "keyworker", "tutor"})},
      {TypeOf<sen::v1::PlanIssuedWithoutAgreement>(), Senco({"head"})},
      {TypeOf<sen::v1::ReviewDateChanged>(), Senco({"teacher", "keyworker", "tutor"})},
      {TypeOf<sen::v1::SpecialistInvolvementAdvised>(), Senco()},
      {TypeOf<sen::v1::SpecialistAdviceReceived>(), Senco({"teacher", "keyworker", "tutor"})},
      {TypeOf<sen::v1::EhcAssessmentRequested>(), Senco({"head", "la-send-officer"})},
      {TypeOf<sen::v1::EhcDecisionRecorded>(), Senco({"head"})},
      {TypeOf<sen::v1::EhcPlanIssued>(), Senco({"head"})},
      {TypeOf<sen::v1::DisagreementRaised>(), Senco({"head"})},
      {TypeOf<sen::v1::ChildTransferredOut>(), Senco()},
      {TypeOf<sen::v1::ChildTransferredIn>(), Senco()},
      {TypeOf<sen::v1::SenSupportEnded>(), Senco({"teacher", "keyworker", "tutor"})}};
  return *kAddressees;
}

const FieldDescriptor* TextField(const Message& data, const char* name, bool repeated) {
  const FieldDescriptor* field = data.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return nullptr;
  return field->is_repeated() == repeated ? field : nullptr;
}

// Of what a timer reports: the date that was due, and whom to tell.
void PutReport(const Happened& happened, NoticeRow& row) {
  const Message& data = happened.data;
  const std::string& key = happened.event.deadline_fired();
  row.set_timer(key.substr(0, key.find(':')));
  if (const auto* due_on = TextField(data, "due_on", /*repeated=*/false)) {
    row.set_due_on(data.GetReflection()->GetString(data, due_on));
  }
  if (const auto* to = TextField(data, "to", /*repeated=*/true)) {
    for (int i = 0; i < data.GetReflection()->FieldSize(data, to); ++i) {
      row.add_to(data.GetReflection()->GetRepeatedString(data, to, i));
    }
  }
}

void Fold(const Happened& happened, FeedDoc& doc) {
  const event::v1::Event& event = happened.event;
  NoticeRow row;
  row.set_event_type(std::string(codec::TypeOfUrl(event.data().type_url())));
  if (!event.deadline_fired().empty()) {
    PutReport(happened, row);
  } else {
    const auto found = Addressees().find(row.event_type());
    if (found == Addressees().end()) return;
    row.mutable_to()->Assign(found->second.begin(), found->second.end());
  }
  row.set_setting_id(std::string(happened.setting_id));
  row.set_case_id(event.case_id());
  row.set_event_id(event.event_id());
  row.set_occurred_on(event.occurred_on());
  *row.mutable_recorded_time() = event.recorded_time();
  if (doc.entries_size() >= static_cast<int>(kNoticesOfCaseMax)) {
    doc.mutable_entries()->DeleteSubrange(0, 1);
  }
  FeedEntry& entry = *doc.add_entries();
  entry.set_position(event.position());
  *entry.mutable_notice() = std::move(row);
}

void Rows(const Standing&, const FeedDoc& doc, RowCollector& rows) {
  for (const FeedEntry& entry : doc.entries()) {
    const NoticeRow& row = entry.notice();
    const std::int64_t recorded =
        google::protobuf::util::TimeUtil::TimestampToMicroseconds(row.recorded_time());
    const std::string at =
        absl::StrFormat("%020d/%020d", std::max<std::int64_t>(0, recorded), entry.position());
    rows.Add({row.setting_id(), at, row.case_id()}, row);
    rows.Add({kAllSettings, at, row.case_id()}, row);
  }
}

}  // namespace

View FeedView() { return MakeView<FeedDoc>(kName, 1, Fold, Rows); }

query::Reply<ListNoticesResponse> ListNotices(const Reading& reading, const host::Caller& caller,
                                              const ListNoticesRequest& request) {
  if (auto error = query::CheckMayList(caller, "read notices")) return *std::move(error);
  const std::vector<std::string> setting = {request.setting_id()};  // Or of all settings.
  const query::List list{.span = projection::ViewRowsOf(caller.tenant, kName, setting),
                         .direction = readmodel::Direction::kBackward,
                         .conditions = ConditionsOf("ListNotices", caller, request)};
  return ReadRows<NoticeRow, ListNoticesResponse>(
      reading, caller, list, request, [&](NoticeRow& row, ListNoticesResponse& response) {
        if (!request.role().empty() &&
            std::ranges::find(row.to(), request.role()) == row.to().end()) {
          return false;
        }
        *response.add_rows() = std::move(row);
        return true;
      });
}

}  // namespace apdr::views
