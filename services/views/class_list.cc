#include "services/views/class_list.h"

#include <algorithm>
#include <string>
#include <vector>

#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "services/query/access.h"
#include "services/views/child_name.h"
#include "services/views/plan_of.h"

namespace apdr::views {
namespace {

using sen::state::v1::ClassDoc;
using sen::v1::ClassRow;
using sen::v1::ListClassRequest;
using sen::v1::ListClassResponse;

constexpr char kName[] = "class_list";

void FoldProfile(const sen::v1::OnePageProfile& profile, ClassDoc& doc) {
  *doc.mutable_important_to_me() = profile.important_to_me();
  *doc.mutable_how_to_support() = profile.how_to_support();
}

void Fold(const Happened& happened, ClassDoc& doc) {
  FoldName(happened, *doc.mutable_child());
  if (const auto* created = happened.As<sen::v1::OnePageProfileCreated>()) {
    FoldProfile(created->profile(), doc);
  } else if (const auto* updated = happened.As<sen::v1::OnePageProfileUpdated>()) {
    FoldProfile(updated->profile(), doc);
  } else if (const NewPlan plan = PlanOf(happened); plan.content != nullptr) {
    doc.set_plan_id(plan.content->plan_id());
    doc.clear_strategies();
    for (const sen::v1::PlannedProvision& provision : plan.content->provisions()) {
      sen::v1::Strategy& strategy = *doc.add_strategies();
      strategy.set_title(provision.title());
      *strategy.mutable_frequency() = provision.frequency();
      *strategy.mutable_delivered_by() = RolesOf(provision);
    }
  }
}

// With a need that somebody has noticed.
bool IsInClassList(const Standing& standing) {
  if (!standing.IsOpen()) return false;
  const std::string& stage = standing.view.stage();
  const bool no_provision = standing.record.provision() == sen::v1::PROVISION_NONE ||
                            standing.record.provision() == sen::v1::PROVISION_UNSPECIFIED;
  return !(no_provision && (stage == "none" || stage == "ended"));
}

void Rows(const Standing& standing, const ClassDoc& doc, RowCollector& rows) {
  if (!IsInClassList(standing)) return;
  ClassRow row;
  row.set_case_id(standing.view.case_id());
  PutName(doc.child(), row);
  row.set_setting_id(standing.view.setting_id());
  if (standing.record.has_responsible_teacher()) {
    *row.mutable_responsible_teacher() = standing.record.responsible_teacher();
  }
  row.set_provision(standing.record.provision());
  std::vector<sen::v1::Need> needs(standing.record.needs().begin(), standing.record.needs().end());
  std::ranges::stable_sort(needs, {}, &sen::v1::Need::rank);
  for (const sen::v1::Need& need : needs) row.add_needs(need.sen_type());
  *row.mutable_important_to_me() = doc.important_to_me();
  *row.mutable_how_to_support() = doc.how_to_support();
  if (doc.plan_id() == standing.PlanInForce()) *row.mutable_strategies() = doc.strategies();
  rows.Add({row.setting_id(), row.responsible_teacher().person_id(), row.case_id()}, row);
}

std::optional<host::ErrorReply> CheckMaySeeProfiles(const host::Caller& caller) {
  if (query::MayReadPersonalData(caller)) return std::nullopt;
  return host::MakeError(error::v1::ERROR_CODE_NOT_AUTHORISED,
                         absl::StrCat("Expected to see a class list, but the role '", caller.role,
                                      "' may not read profiles."),
                         {{"role", caller.role}});
}

}  // namespace

View ClassListView() { return MakeView<ClassDoc>(kName, 1, Fold, Rows); }

query::Reply<ListClassResponse> ListClass(const Reading& reading, const host::Caller& caller,
                                          const ListClassRequest& request) {
  if (auto error = query::CheckMayList(caller, "see a class list")) return *std::move(error);
  if (auto error = CheckMaySeeProfiles(caller)) return *std::move(error);
  query::List list{.span = RowsAt(caller.tenant, kName, request.setting_id()),
                   .direction = readmodel::Direction::kForward,
                   .conditions = ConditionsOf("ListClass", caller, request)};
  if (!request.setting_id().empty() && !request.teacher_id().empty()) {
    const std::vector<std::string> parts = {request.setting_id(), request.teacher_id()};
    list.span = projection::ViewRowsOf(caller.tenant, kName, parts);
  }
  return ReadRows<ClassRow, ListClassResponse>(
      reading, caller, list, request, [&](ClassRow& row, ListClassResponse& response) {
        if (!request.teacher_id().empty() &&
            request.teacher_id() != row.responsible_teacher().person_id()) {
          return false;
        }
        *response.add_rows() = std::move(row);
        return true;
      });
}

}  // namespace apdr::views
