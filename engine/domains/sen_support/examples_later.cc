#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/examples_content.h"

// One function per command that stands beside the cycle: its minimal valid content.
namespace apdr::sen::examples {
namespace {

constexpr const char* kManifest =
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
constexpr int kTransitionDays = 60;
constexpr std::uint32_t kPackageEvents = 40;

std::string FirstProvision(const ExampleContext& context) {
  const auto& ids = CaseOf(context.state).plan().provision_ids();
  return ids.empty() ? "P1" : ids.Get(0);
}

std::string OpenOrFirst(const google::protobuf::RepeatedPtrField<std::string>& open,
                        const char* otherwise) {
  return open.empty() ? otherwise : open.Get(open.size() - 1);
}

void Fill(v1::AssignIdentifier& command, const ExampleContext&) {
  command.mutable_identifier()->set_type(v1::IDENTIFIER_TYPE_UPN);
  command.mutable_identifier()->set_value("H801200001001");
  command.mutable_identifier()->set_reason(v1::IDENTIFIER_REASON_FIRST_ISSUE);
}

void Fill(v1::AssignSenco& command, const ExampleContext& context) {
  v1::SencoAssignment& assignment = *command.mutable_assignment();
  *assignment.mutable_setting() = SettingOf(context);
  *assignment.mutable_person() = Senco(context);
  const auto& sencos = context.policy.RulesFor(assignment.setting().type()).sencos;
  assignment.mutable_person()->set_role(sencos.front());
}

void Fill(v1::PublishSenInformationReport& command, const ExampleContext& context) {
  v1::SenInformationReport& report = *command.mutable_report();
  *report.mutable_setting() = SettingOf(context);
  report.set_url("https://school.example/sen-information-report");
  for (const char* discipline : {"SLT", "EP"}) {
    report.add_external_agencies()->set_discipline(discipline);
  }
}

void Fill(v1::UnlinkParentCarer& command, const ExampleContext& context) {
  command.set_person_id(PersonId(context.case_id, "PAR"));
  command.set_reason("No longer has care of the child.");
}

void Fill(v1::RequestSpecialist& command, const ExampleContext& context) {
  v1::SpecialistRequest& request = *command.mutable_request();
  request.set_request_id(
      absl::StrCat("SR", CaseOf(context.state).specialist_request_ids_size() + 1));
  request.set_discipline("EP");
  request.set_agency("Educational psychology service");
  request.set_question("What keeps reading from becoming fluent?");
  request.set_reason("Little progress despite matched support.");
  *request.mutable_agreement()->mutable_by() = Decider(context);
  request.mutable_agreement()->set_form(v1::AGREEMENT_FORM_MEETING);
  request.set_urgency(v1::SPECIALIST_URGENCY_ROUTINE);
}

std::string OpenRequestOf(const ExampleContext& context) {
  const auto& open = CaseOf(context.state).specialist_requests();
  return open.empty() ? "SR1" : open.Get(0).request_id();
}

void Fill(v1::RecordSpecialistAdvice& command, const ExampleContext& context) {
  v1::SpecialistAdvice& advice = *command.mutable_advice();
  advice.set_request_id(OpenRequestOf(context));
  advice.set_findings("Phonological memory is weak.");
  advice.add_recommended_provision("Short daily practice with sounds.");
  advice.set_report_ref("report-1");
  advice.set_shared_with_parent_on(FormatDate(context.occurred_on));
}

void Fill(v1::CloseSpecialistRequest& command, const ExampleContext& context) {
  command.set_request_id(OpenRequestOf(context));
  command.set_result(v1::SPECIALIST_RESULT_DECLINED);
  command.set_reason("The service has no capacity this term.");
}

void Fill(v1::IssuePlanWithoutAgreement& command, const ExampleContext& context) {
  *command.mutable_plan() = PlanFor(context);
  v1::PlanDisagreement& disagreement = *command.mutable_disagreement();
  *disagreement.add_who() = Decider(context);
  disagreement.set_points("The family wants one-to-one support and not a small group.");
  disagreement.add_routes_offered(v1::DISAGREEMENT_ROUTE_SENDIASS);
  disagreement.add_routes_offered(v1::DISAGREEMENT_ROUTE_MEDIATION);
  *disagreement.mutable_decided_by() = Senco(context);
}

void Fill(v1::RecordDelivery& command, const ExampleContext& context) {
  v1::Delivery& delivery = *command.mutable_delivery();
  delivery.set_provision_id(FirstProvision(context));
  delivery.set_minutes(20);
  *delivery.mutable_delivered_by() = Person(context.case_id, "TA");
  delivery.set_group_size(4);
}

void Fill(v1::RecordNonDelivery& command, const ExampleContext& context) {
  v1::NonDelivery& missed = *command.mutable_non_delivery();
  missed.set_provision_id(FirstProvision(context));
  missed.set_reason(v1::NON_DELIVERY_REASON_STAFF_ABSENCE);
}

void Fill(v1::AdjustProvision& command, const ExampleContext& context) {
  v1::ProvisionAdjustment& adjustment = *command.mutable_adjustment();
  adjustment.set_provision_id(FirstProvision(context));
  adjustment.set_change("Before lunch instead of after it.");
  adjustment.set_reason("The child is less tired then.");
  *adjustment.add_informed() = Decider(context);
}

void Fill(v1::RecordHomeContribution& command, const ExampleContext& context) {
  *command.mutable_contribution()->mutable_by() = Parent(context);
  command.mutable_contribution()->set_what("Reads aloud for ten minutes each evening.");
}

void Fill(v1::ScheduleReview& command, const ExampleContext& context) {
  v1::ReviewMeeting& meeting = *command.mutable_meeting();
  const auto review_on = ParseDate(CaseOf(context.state).plan().review_on());
  meeting.set_meeting_on(FormatDate(review_on.value_or(context.occurred_on)));
  meeting.set_format(v1::REVIEW_FORMAT_PERSON_CENTRED);
  *meeting.add_invitees() = Decider(context);
  *meeting.add_invitees() = Teacher(context);
}

void Fill(v1::RecordParentMeeting& command, const ExampleContext& context) {
  v1::ParentMeeting& meeting = *command.mutable_meeting();
  *meeting.add_attendees() = Decider(context);
  *meeting.add_attendees() = Teacher(context);
  meeting.set_topics("How reading goes.");
  meeting.set_record("Reading goes better; homework stays short.");
  *meeting.mutable_led_by() = Teacher(context);
}

void Fill(v1::RecordAnnualReport& command, const ExampleContext& context) {
  *command.mutable_report()->add_to() = Decider(context);
  command.mutable_report()->set_format(v1::SHARE_FORMAT_PRINT);
}

void Fill(v1::ReviewExitMonitoring& command, const ExampleContext&) {
  command.set_result(v1::EXIT_RESULT_STAYS_OFF);
  command.set_evidence("Keeps pace with the class.");
}

void Fill(v1::RequestEhcAssessment& command, const ExampleContext&) {
  command.mutable_request()->set_requested_by(v1::EHC_REQUESTER_SETTING);
  command.mutable_request()->set_reason("Needs are not met by what the school can give.");
  command.mutable_request()->set_parent_informed(true);
}

void Fill(v1::RecordEhcDecision& command, const ExampleContext&) {
  command.mutable_ehc_decision()->set_decision(v1::EHC_DECISION_ASSESS);
  command.mutable_ehc_decision()->set_reasons("The evidence shows that an assessment is needed.");
}

void Fill(v1::RecordEhcPlan& command, const ExampleContext&) {
  command.mutable_plan()->set_primary_need("MLD");
}

v1::RecordSharing Sharing(const ExampleContext& context) {
  v1::RecordSharing sharing;
  sharing.set_scope("The whole record.");
  *sharing.add_agreed_by() = Decider(context);
  if (Child(context).person_id() != Decider(context).person_id()) {
    *sharing.add_agreed_by() = Child(context);
  }
  return sharing;
}

void Fill(v1::PlanTransition& command, const ExampleContext& context) {
  v1::Transition& transition = *command.mutable_transition();
  transition.set_to("The secondary school");
  transition.set_expected_on(FormatDate(context.occurred_on + kTransitionDays));
  transition.set_actions("Two visits before the holidays.");
  *transition.mutable_sharing() = Sharing(context);
}

v1::Setting NextSetting() {
  v1::Setting setting;
  setting.set_scheme(v1::SETTING_SCHEME_URN);
  setting.set_value("199002");
  setting.set_type(v1::SETTING_TYPE_SCHOOL);
  return setting;
}

void Fill(v1::TransferChild& command, const ExampleContext& context) {
  *command.mutable_transfer()->mutable_to() = NextSetting();
  command.mutable_transfer()->set_reason("The family moves.");
  *command.mutable_transfer()->mutable_sharing() = Sharing(context);
}

void Fill(v1::SendTransferPackage& command, const ExampleContext&) {
  command.mutable_package()->set_manifest_sha256(kManifest);
  command.mutable_package()->set_events(kPackageEvents);
  command.mutable_package()->set_ctf_included(true);
}

void Fill(v1::AcceptTransfer& command, const ExampleContext& context) {
  const CaseState& record = CaseOf(context.state);
  v1::TransferAcceptance& acceptance = *command.mutable_acceptance();
  *acceptance.mutable_setting() = NextSetting();
  const std::string& sent = record.transfer_manifest_sha256();
  acceptance.set_manifest_sha256(sent.empty() ? kManifest : sent);
  acceptance.set_provision_on_arrival(
      record.provision() == v1::PROVISION_UNSPECIFIED ? v1::PROVISION_NONE : record.provision());
  *acceptance.mutable_responsible_teacher() = Teacher(context);
}

void Fill(v1::CloseCase& command, const ExampleContext&) {
  command.set_reason("The child has left the authority.");
}

void Fill(v1::ReopenCase& command, const ExampleContext&) {
  command.set_reason("The child has come back.");
}

void Fill(v1::RaiseDisagreement& command, const ExampleContext& context) {
  v1::Disagreement& disagreement = *command.mutable_disagreement();
  disagreement.set_disagreement_id(
      absl::StrCat("D", CaseOf(context.state).disagreement_ids_size() + 1));
  *disagreement.mutable_by() = Decider(context);
  disagreement.set_about(v1::DISAGREEMENT_SUBJECT_PROVISION);
  disagreement.set_points("The agreed sessions did not happen.");
  disagreement.set_route(v1::DISAGREEMENT_ROUTE_SETTING_COMPLAINT);
}

void Fill(v1::ResolveDisagreement& command, const ExampleContext& context) {
  command.set_disagreement_id(OpenOrFirst(CaseOf(context.state).open_disagreements(), "D1"));
  command.set_outcome("The sessions are made up for.");
}

// The caller names the event: a case's state knows no event ids.
void Fill(v1::CorrectRecord& command, const ExampleContext& context) {
  v1::Correction& correction = *command.mutable_correction();
  correction.set_target_event_id(PersonId(context.case_id, "no event"));
  correction.set_field("registration.home_language");
  correction.set_new_value("Urdu");
  correction.set_reason("It was entered for another child.");
  *correction.mutable_requested_by() = Parent(context);
}

void Fill(v1::PlaceHold& command, const ExampleContext&) {
  command.set_kind(v1::HOLD_KIND_LITIGATION);
  command.set_reason("An appeal has been lodged with the tribunal.");
}

void Fill(v1::LiftHold& command, const ExampleContext& context) {
  const auto& holds = CaseOf(context.state).holds();
  command.set_kind(holds.empty() ? v1::HOLD_KIND_LITIGATION
                                 : static_cast<v1::HoldKind>(holds.Get(0)));
  command.set_reason("The appeal has been decided.");
}

void Fill(v1::RequestDisclosure& command, const ExampleContext& context) {
  v1::DisclosureRequest& request = *command.mutable_request();
  request.set_kind(v1::DISCLOSURE_KIND_SUBJECT_ACCESS);
  *request.mutable_requester() = Decider(context);
  request.set_scope("The whole record.");
}

void Fill(v1::Disclose& command, const ExampleContext& context) {
  v1::Disclosure& disclosure = *command.mutable_disclosure();
  disclosure.set_kind(v1::DISCLOSURE_KIND_SUBJECT_ACCESS);
  *disclosure.mutable_requester() = Decider(context);
  disclosure.set_scope("The whole record.");
  disclosure.set_event_count(kPackageEvents);
  disclosure.set_manifest_sha256(kManifest);
}

void Fill(v1::EraseRecord& command, const ExampleContext&) {
  command.mutable_erasure()->set_basis("retention");
  command.mutable_erasure()->set_tombstone_sha256(kManifest);
}

}  // namespace

std::map<std::string, Make, std::less<>> LaterExamples() {
  return {Example<v1::AssignIdentifier, Fill>(),
          Example<v1::UnlinkParentCarer, Fill>(),
          Example<v1::RequestSpecialist, Fill>(),
          Example<v1::RecordSpecialistAdvice, Fill>(),
          Example<v1::CloseSpecialistRequest, Fill>(),
          Example<v1::IssuePlanWithoutAgreement, Fill>(),
          Example<v1::RecordDelivery, Fill>(),
          Example<v1::RecordNonDelivery, Fill>(),
          Example<v1::AdjustProvision, Fill>(),
          Example<v1::RecordHomeContribution, Fill>(),
          Example<v1::ScheduleReview, Fill>(),
          Example<v1::RecordParentMeeting, Fill>(),
          Example<v1::RecordAnnualReport, Fill>(),
          Example<v1::ReviewExitMonitoring, Fill>(),
          Example<v1::RequestEhcAssessment, Fill>(),
          Example<v1::RecordEhcDecision, Fill>(),
          Example<v1::RecordEhcPlan, Fill>(),
          Example<v1::PlanTransition, Fill>(),
          Example<v1::TransferChild, Fill>(),
          Example<v1::SendTransferPackage, Fill>(),
          Example<v1::AcceptTransfer, Fill>(),
          Example<v1::CloseCase, Fill>(),
          Example<v1::ReopenCase, Fill>(),
          Example<v1::RaiseDisagreement, Fill>(),
          Example<v1::ResolveDisagreement, Fill>(),
          Example<v1::CorrectRecord, Fill>(),
          Example<v1::PlaceHold, Fill>(),
          Example<v1::LiftHold, Fill>(),
          Example<v1::RequestDisclosure, Fill>(),
          Example<v1::Disclose, Fill>(),
          Example<v1::EraseRecord, Fill>(),
          Example<v1::AssignSenco, Fill>(),
          Example<v1::PublishSenInformationReport, Fill>()};
}

}  // namespace apdr::sen::examples
