#include "services/sink/case_copy.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apdr/sen/state/v1/copy_state.pb.h"
#include "engine/base/sha256.h"
#include "engine/codec/state_codec.h"
#include "engine/core/render.h"
#include "services/exports/census.h"
#include "services/projection/rows/row_keys.h"
#include "services/sink/copied_event.h"
#include "services/sink/copy_doc.h"
#include "services/views/departures.h"
#include "services/views/provision_map.h"

namespace apdr::sink {
namespace {

using sen::state::v1::CaseCopy;
using sen::state::v1::CopiedCase;
using sen::state::v1::CopiedProvision;
using sen::state::v1::CopyDoc;
using sen::state::v1::PlannedPart;

constexpr char kName[] = "copy";
constexpr int kVersion = 1;

void PutDates(const CopyDoc& doc, CopiedCase& row) {
  row.set_registered_on(doc.registered_on());
  row.set_concern_raised_on(doc.concern_raised_on());
  row.set_sen_support_started_on(doc.sen_support_started_on());
  row.set_sen_support_ended_on(doc.sen_support_ended_on());
  row.set_end_reason(doc.end_reason());
  row.set_ehc_requested_on(doc.ehc_requested_on());
  row.set_ehc_plan_issued_on(doc.ehc_plan_issued_on());
}

void PutCase(const views::Standing& standing, const CopyDoc& doc, CopiedCase& row) {
  const query::v1::CaseView& view = standing.view;
  const sen::CaseState& record = standing.record;
  row.set_setting_id(view.setting_id());
  row.set_authority_id(view.authority_id());
  row.set_nc_year(doc.nc_year());
  row.set_provision(exports::CodeOf(record.provision()));
  row.set_stage(view.stage());
  row.set_stage_title(view.stage_title());
  row.set_closed(record.closed());
  row.set_cycle(view.cycle());
  row.set_cycles_completed(record.cycles_completed());
  PutDates(doc, row);
  row.set_plan_id(standing.PlanInForce());
  row.set_review_on(record.plan().review_on());
  row.set_parent_meetings(record.parent_meetings());
  row.set_has_profile(record.has_profile());
  row.set_responsible_id(record.responsible_teacher().person_id());
  row.set_stale(view.stale());
  row.set_version(view.version());
  row.set_shard(view.shard());
  row.set_position(view.position());
}

void PutNeeds(const sen::CaseState& record, CaseCopy& copy) {
  for (const sen::v1::Need& need : record.needs()) {
    auto& row = *copy.add_needs();
    row.set_sen_type(need.sen_type());
    row.set_rank(need.rank());
    row.set_start_on(need.start_on());
    row.set_end_on(need.end_on());
  }
}

void PutProvision(const PlannedPart& part, const std::string& plan_in_force, CopiedProvision& row) {
  const sen::v1::ProvisionRow& planned = part.row();
  row.set_cycle(planned.cycle());
  row.set_plan_id(planned.plan_id());
  row.set_provision_id(planned.provision_id());
  row.set_in_force(planned.plan_id() == plan_in_force);
  row.set_agreed_on(part.agreed_on());
  row.set_kind(planned.kind());
  row.set_layer(planned.layer());
  *row.mutable_delivered_by() = planned.delivered_by();
  row.set_times_per_week(planned.frequency().times_per_week());
  row.set_minutes(planned.frequency().minutes());
  row.set_weeks(planned.frequency().weeks());
  row.set_cost_pence(planned.cost_pence());
  row.set_sessions_delivered(planned.sessions_delivered());
  row.set_minutes_delivered(planned.minutes_delivered());
  row.set_times_not_delivered(planned.not_delivered());
  row.set_outcomes_achieved(planned.effect().achieved());
  row.set_outcomes_being_achieved(planned.effect().being_achieved());
  row.set_outcomes_not_achieved(planned.effect().not_achieved());
  row.set_outcomes_no_longer_relevant(planned.effect().no_longer_relevant());
}

void PutDeadlines(const query::v1::CaseView& view, CaseCopy& copy) {
  for (const event::v1::Deadline& deadline : view.deadlines()) {
    if (CountsFromBirth(deadline.timer())) continue;
    auto& row = *copy.add_deadlines();
    row.set_timer(deadline.timer());
    row.set_deadline_key(deadline.key());
    row.set_due_on(deadline.due_on());
    row.set_fires_on(deadline.fires_on());
    row.set_level(deadline.level());
    row.set_reminder(deadline.reminder());
    row.set_past_when_recorded(deadline.past_when_recorded());
  }
}

void PutDepartures(const sen::state::v1::DeparturesDoc& doc, CaseCopy& copy) {
  for (const sen::v1::DepartureRow& departure : doc.departures()) {
    auto& row = *copy.add_departures();
    row.set_setting_id(departure.setting_id());
    row.set_occurred_on(departure.occurred_on());
    row.set_rule_code(departure.rule_code());
    row.set_event_id(departure.event_id());
    row.set_event_type(departure.event_type());
  }
}

void PutIdentifiers(const sen::CaseState& record, CaseCopy& copy) {
  for (const sen::v1::Identifier& identifier : record.identifiers()) {
    auto& row = *copy.add_identifiers();
    row.set_type(identifier.type());
    row.set_value(identifier.value());
  }
}

CaseCopy CopyOf(const views::Standing& standing, const CopyDoc& doc, Identifiers identifiers) {
  CaseCopy copy;
  PutCase(standing, doc, *copy.add_cases());
  PutNeeds(standing.record, copy);
  *copy.mutable_cycles() = doc.cycles();
  *copy.mutable_outcomes() = doc.outcomes();
  for (const PlannedPart& part : doc.provision_map().parts()) {
    PutProvision(part, standing.PlanInForce(), *copy.add_provisions());
  }
  *copy.mutable_specialist_requests() = doc.specialist_requests();
  PutDeadlines(standing.view, copy);
  PutDepartures(doc.departures(), copy);
  if (identifiers == Identifiers::kCopied) PutIdentifiers(standing.record, copy);
  return copy;
}

}  // namespace

views::View CaseCopyView(Identifiers identifiers) {
  return {.name = kName,
          .version = kVersion,
          .make_doc = [] { return std::make_unique<CopyDoc>(); },
          .fold =
              [](const views::Happened& happened, google::protobuf::Message& doc) {
                FoldCopyDoc(happened, static_cast<CopyDoc&>(doc));
              },
          .rows =
              [identifiers](const views::Standing& standing, const google::protobuf::Message& doc,
                            views::RowCollector& rows) {
                rows.Add({standing.view.case_id()},
                         CopyOf(standing, static_cast<const CopyDoc&>(doc), identifiers));
              }};
}

std::string CaseCopyKey(const StreamId& stream) {
  const std::vector<std::string> case_id = {stream.case_id.value()};
  return projection::ViewKey(stream.tenant, kName, case_id);
}

std::string CopyMeaning(const core::Workflow& workflow, Identifiers identifiers) {
  std::string meaning = absl::StrCat(codec::StateFormat(workflow), " ", kName, "@", kVersion);
  for (const views::View& folded : {views::ProvisionMapView(), views::DeparturesView()}) {
    absl::StrAppend(&meaning, " ", folded.name, "@", folded.version);
  }
  if (identifiers == Identifiers::kCopied) absl::StrAppend(&meaning, " with identifiers");
  // Rows say which stage and which deadlines a case has, as the definition has them.
  absl::StrAppend(&meaning, " ", Sha256Hex(core::RenderText(workflow.definition())));
  return meaning;
}

}  // namespace apdr::sink
