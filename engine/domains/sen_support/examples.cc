#include "engine/domains/sen_support/examples.h"

#include <map>

#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/assess/professionals.h"
#include "engine/domains/sen_support/before_support/before_support.h"
#include "engine/domains/sen_support/do/do.h"
#include "engine/domains/sen_support/examples_content.h"
#include "engine/domains/sen_support/leave/leave.h"
#include "engine/domains/sen_support/plan/plan.h"
#include "engine/domains/sen_support/profile/profile.h"
#include "engine/domains/sen_support/registration/registration.h"
#include "engine/domains/sen_support/review/review.h"

// One function per command: its minimal valid content.
namespace apdr::sen::examples {
namespace {

constexpr int kExitMonitoringDays = 180;

void Fill(v1::RegisterChild& command, const ExampleContext& context) {
  v1::Registration& registration = *command.mutable_registration();
  registration.set_given_name("Example");
  registration.set_family_name("Child");
  registration.set_date_of_birth("2017-11-03");
  registration.set_home_la("801");
  *registration.mutable_setting() = SettingOf(context);
  registration.set_nc_year("3");
}

void Fill(v1::LinkParentCarer& command, const ExampleContext& context) {
  v1::ParentCarer& parent = *command.mutable_parent_carer();
  parent.set_person_id(PersonId(context.case_id, "PAR"));
  parent.set_relationship("mother");
  parent.set_parental_responsibility(true);
  parent.set_restriction(v1::PARENT_RESTRICTION_NONE);
  parent.set_contact_route(v1::CONTACT_METHOD_EMAIL);
}

void Fill(v1::AssignResponsibleTeacher& command, const ExampleContext& context) {
  *command.mutable_teacher() = Teacher(context);
}

void Fill(v1::RecordInvolvedProfessional& command, const ExampleContext& context) {
  command.mutable_professional()->set_person_id(PersonId(context.case_id, "EXT"));
  command.mutable_professional()->set_agency("Community therapy service");
  command.mutable_professional()->set_discipline("SLT");
}

void Fill(v1::RaiseConcern& command, const ExampleContext& context) {
  v1::Concern& concern = *command.mutable_concern();
  *concern.mutable_raised_by() = Teacher(context);
  concern.add_areas(v1::AREA_COGNITION_AND_LEARNING);
  concern.set_description("Reads slowly and hesitates.");
}

void Fill(v1::AdaptTeaching& command, const ExampleContext& context) {
  v1::AdaptedTeaching& teaching = *command.mutable_teaching();
  v1::Adaptation& adaptation = *teaching.add_adaptations();
  adaptation.set_kind(v1::ADAPTATION_KIND_MATERIALS);
  adaptation.set_description("Larger print and shorter texts.");
  teaching.set_matched_to("Learns well from pictures and in small steps.");
  *teaching.mutable_by() = Teacher(context);
  teaching.set_review_on(FormatDate(context.occurred_on + 28));
}

void Fill(v1::ReviewAdaptation& command, const ExampleContext&) {
  command.set_result(v1::ADAPTATION_RESULT_CONCERNS_REMAIN);
  command.mutable_review()->set_evidence("Reading has not become faster.");
  command.mutable_review()->set_parent_discussed(true);
}

void Fill(v1::RecordEarlyDiscussion& command, const ExampleContext& context) {
  v1::EarlyDiscussion& discussion = *command.mutable_discussion();
  *discussion.add_with() = Parent(context);
  *discussion.add_with() = Child(context);
  discussion.set_strengths("Tells stories well.");
  discussion.set_difficulties("Reading long texts.");
  discussion.set_parent_concerns("Homework takes the whole evening.");
  discussion.set_outcomes_sought("To read without being afraid of it.");
  discussion.set_next_steps("Start SEN Support.");
  discussion.set_note_given_on(FormatDate(context.occurred_on));
  discussion.set_iass_informed(true);
}

void Fill(v1::StartSenSupport& command, const ExampleContext& context) {
  v1::SenSupportStart& start = *command.mutable_start();
  start.set_reason(v1::START_REASON_CONCERNS_REMAINED);
  *start.add_decided_by() = Teacher(context);
  *start.add_decided_by() = Senco(context);
  *start.add_needs() = NeedOf("NSA", 1);
}

void Fill(v1::DeclineSenSupport& command, const ExampleContext& context) {
  command.mutable_decline()->set_reason("The adapted teaching is enough for now.");
  command.mutable_decline()->set_parent_informed_on(FormatDate(context.occurred_on));
  command.mutable_decline()->set_other_help("The teaching stays adapted.");
}

void Fill(v1::NotifyParent& command, const ExampleContext& context) {
  v1::ParentNotification& notification = *command.mutable_notification();
  *notification.add_notified() = Decider(context);
  notification.set_method(v1::CONTACT_METHOD_LETTER);
  notification.set_content("Which support is put in place, why, and whom to ask.");
  notification.set_iass_included(true);
}

v1::OnePageProfile ProfileOf(const ExampleContext& context) {
  v1::OnePageProfile profile;
  profile.add_appreciate("Kind to younger children.");
  profile.add_important_to_me("Drawing, and my dog.");
  profile.add_how_to_support("Give me time before I answer.");
  *profile.add_authored_with() = Child(context);
  *profile.add_authored_with() = Parent(context);
  profile.set_voice_method(v1::VIEW_METHOD_CONVERSATION);
  return profile;
}

void Fill(v1::CreateOnePageProfile& command, const ExampleContext& context) {
  *command.mutable_profile() = ProfileOf(context);
}

void Fill(v1::UpdateOnePageProfile& command, const ExampleContext& context) {
  *command.mutable_profile() = ProfileOf(context);
  command.set_reason("A new school year.");
}

void Fill(v1::StartAssessment& command, const ExampleContext&) {
  command.set_trigger(v1::ASSESSMENT_TRIGGER_FIRST);
}

void Fill(v1::ReviewExistingInformation& command, const ExampleContext& context) {
  v1::InformationReview& review = *command.mutable_review();
  *review.add_reviewed_by() = Teacher(context);
  *review.add_reviewed_by() = Senco(context);
  review.add_sources(v1::INFORMATION_SOURCE_PROGRESS);
  review.set_summary("Progress in reading has slowed down since last year.");
}

void Fill(v1::DecideFurtherAssessment& command, const ExampleContext&) {
  command.mutable_decision()->set_needed(false);
  command.mutable_decision()->set_rationale("What is known is enough to plan from.");
}

void Fill(v1::RecordChildViews& command, const ExampleContext& context) {
  command.mutable_views()->set_method(v1::VIEW_METHOD_CONVERSATION);
  command.mutable_views()->set_views("I like stories, but the words jump about.");
  *command.mutable_views()->mutable_recorded_by() = Teacher(context);
}

void Fill(v1::RecordParentViews& command, const ExampleContext& context) {
  *command.mutable_views()->mutable_parent() = Parent(context);
  command.mutable_views()->set_method(v1::CONTACT_METHOD_IN_PERSON);
  command.mutable_views()->set_views("At home reading ends in tears.");
}

void Fill(v1::RecordViewsNotObtained& command, const ExampleContext& context) {
  v1::MissingViews& missing = *command.mutable_missing();
  missing.set_of(v1::VIEWS_OF_PARENT);
  *missing.add_attempts() = AttemptOn(context.occurred_on - 7);
  *missing.add_attempts() = AttemptOn(context.occurred_on);
  missing.set_reason("Nobody could be reached.");
}

void Fill(v1::RecordAssessment& command, const ExampleContext& context) {
  v1::Assessment& assessment = *command.mutable_assessment();
  assessment.set_kind(v1::ASSESSMENT_KIND_STANDARDISED);
  assessment.set_instrument("Single word reading test");
  assessment.set_area(v1::AREA_COGNITION_AND_LEARNING);
  *assessment.mutable_result() = MeasureOn("78", context.occurred_on);
  *assessment.mutable_assessed_by() = Senco(context);
}

void Fill(v1::RecordProgress& command, const ExampleContext& context) {
  *command.mutable_progress()->mutable_result() = MeasureOn("51", context.occurred_on);
  command.mutable_progress()->set_compared_with(v1::COMPARED_WITH_OWN_PREVIOUS);
}

// Of the next professional who works with the child and was not asked yet.
void Fill(v1::RecordProfessionalInput& command, const ExampleContext& context) {
  const CaseState& record = CaseOf(context.state);
  v1::ProfessionalInput& input = *command.mutable_input();
  *input.mutable_professional() = Person(context.case_id, "EXT");
  input.set_discipline("SLT");
  for (const auto& known : record.professionals()) {
    if (!IsInvolved(known, context.occurred_on)) continue;
    if (known.consulted_in_cycle() == NextCycle(record)) continue;
    input.mutable_professional()->set_person_id(known.person_id());
    input.set_discipline(known.discipline());
    break;
  }
  input.set_advice("Practise sounds daily, five minutes.");
  input.set_parent_agreed_on(FormatDate(context.occurred_on));
}

void Fill(v1::CompleteAssessment& command, const ExampleContext& context) {
  v1::NeedsAssessment& assessment = *command.mutable_assessment();
  *assessment.add_by() = Teacher(context);
  *assessment.add_by() = Senco(context);
  assessment.set_strengths("Tells stories well.");
  *assessment.add_needs() = NeedOf("SPLD", 1);
  assessment.set_barriers("Decoding is slow.");
  assessment.set_primary_area(v1::AREA_COGNITION_AND_LEARNING);
  assessment.set_support_needed("Daily practice in a small group.");
  assessment.set_needs_understood(v1::ANSWER_PARTLY);
}

void Fill(v1::ConfirmParticipants& command, const ExampleContext& context) {
  std::vector<v1::PersonRef> people = {Decider(context), Child(context), Teacher(context),
                                       Senco(context)};
  if (people[0].person_id() == people[1].person_id()) people.erase(people.begin());
  for (const v1::PersonRef& person : people) {
    v1::Participant& participant = *command.add_participants();
    *participant.mutable_person() = person;
    participant.set_attendance(v1::ATTENDANCE_REQUIRED);
  }
}

// Of the next participant who has had no say yet.
void Fill(v1::RecordContribution& command, const ExampleContext& context) {
  v1::Contribution& contribution = *command.mutable_contribution();
  *contribution.mutable_participant() = Parent(context);
  for (const auto& participant : CaseOf(context.state).current().participants()) {
    if (!HasNoSay(CaseOf(context.state), participant.person())) continue;
    *contribution.mutable_participant() = participant.person();
    break;
  }
  contribution.set_stage(v1::CONTRIBUTION_STAGE_PLAN);
  contribution.set_stance(v1::CONTRIBUTION_STANCE_SUPPORTS);
  contribution.set_via(v1::CONTACT_METHOD_IN_PERSON);
}

void Fill(v1::DraftPlan& command, const ExampleContext& context) {
  *command.mutable_plan() = PlanFor(context);
}

void AddAgreement(v1::AgreePlan& command, const v1::PersonRef& person,
                  v1::AgreementCapacity capacity) {
  v1::Agreement& agreement = *command.add_agreements();
  *agreement.mutable_person() = person;
  agreement.set_capacity(capacity);
  agreement.set_stance(v1::AGREEMENT_STANCE_AGREES);
  agreement.set_form(v1::AGREEMENT_FORM_MEETING);
}

void Fill(v1::AgreePlan& command, const ExampleContext& context) {
  *command.mutable_plan() = PlanFor(context);
  AddAgreement(command, Senco(context), v1::AGREEMENT_CAPACITY_SETTING);
  const v1::PersonRef decider = Decider(context);
  AddAgreement(command, decider,
               IsParent(decider.role()) ? v1::AGREEMENT_CAPACITY_PARENT
                                        : v1::AGREEMENT_CAPACITY_YOUNG_PERSON);
}

void Share(v1::Sharing& sharing, const ExampleContext& context) {
  *sharing.add_with() = Decider(context);
  sharing.set_format(v1::SHARE_FORMAT_EMAIL);
}

void Fill(v1::SharePlan& command, const ExampleContext& context) {
  Share(*command.mutable_sharing(), context);
}

void Fill(v1::ChangeReviewDate& command, const ExampleContext& context) {
  const auto review_on = ParseDate(CaseOf(context.state).plan().review_on());
  command.set_to(FormatDate(review_on.value_or(context.occurred_on) + 7));
  command.set_reason("The parent cannot come on the day.");
  *command.add_agreed_by() = Decider(context);
}

void Fill(v1::StartSupport& command, const ExampleContext& context) {
  const std::string& plan_id = CaseOf(context.state).plan().plan_id();
  command.set_plan_id(plan_id.empty() ? "plan-1" : plan_id);
}

void Fill(v1::BriefStaff& command, const ExampleContext& context) {
  *command.mutable_briefing()->add_people() = Person(context.case_id, "TA");
  command.mutable_briefing()->add_covered(v1::BRIEFING_TOPIC_NEEDS);
  command.mutable_briefing()->add_covered(v1::BRIEFING_TOPIC_STRATEGIES);
}

void Fill(v1::RecordTeamNote& command, const ExampleContext& context) {
  *command.mutable_note()->add_participants() = Teacher(context);
  *command.mutable_note()->add_participants() = Senco(context);
  command.mutable_note()->set_note("The group now meets before lunch.");
}

void Fill(v1::TransferResponsibility& command, const ExampleContext& context) {
  *command.mutable_to() = Person(context.case_id, "COV");
  command.set_handover_note("The plan, and what works in class.");
}

void AddParticipant(v1::Review& review, const v1::PersonRef& person) {
  v1::ReviewParticipant& participant = *review.add_participants();
  *participant.mutable_person() = person;
  participant.set_took_part_by(v1::CONTACT_METHOD_IN_PERSON);
}

// Every outcome of the plan in force is achieved, and support goes on.
void Fill(v1::HoldReview& command, const ExampleContext& context) {
  const auto& plan = CaseOf(context.state).plan();
  v1::Review& review = *command.mutable_review();
  review.set_plan_id(plan.plan_id().empty() ? "plan-1" : plan.plan_id());
  review.set_format(v1::REVIEW_FORMAT_PERSON_CENTRED);
  AddParticipant(review, Decider(context));
  if (Child(context).person_id() != Decider(context).person_id()) {
    AddParticipant(review, Child(context));
  }
  AddParticipant(review, Teacher(context));
  AddParticipant(review, Senco(context));
  review.set_child_views("Reading is less scary now.");
  review.set_parent_views("Homework goes faster.");
  review.set_impact(v1::IMPACT_POSITIVE);
  review.set_impact_evidence("More words a minute than before.");
  for (const std::string& id : plan.outcome_ids()) {
    v1::OutcomeEvaluation& evaluation = *review.add_outcome_evaluations();
    evaluation.set_outcome_id(id);
    evaluation.set_status(v1::OUTCOME_STATUS_ACHIEVED);
    evaluation.set_evidence("Measured twice.");
  }
  review.mutable_new_outcomes()->set_needed(false);
  review.mutable_support_decision()->set_choice(v1::SUPPORT_CHOICE_CONTINUE);
  review.mutable_support_decision()->set_reason("It works.");
  review.set_needs_understood(v1::ANSWER_YES);
  review.set_needs_met(v1::ANSWER_PARTLY);
  review.set_next_steps("Go on with the group.");
}

void Fill(v1::ShareReviewRecord& command, const ExampleContext& context) {
  Share(*command.mutable_sharing(), context);
}

void Fill(v1::EndSenSupport& command, const ExampleContext& context) {
  command.mutable_end()->set_reason(v1::END_REASON_NEEDS_MET);
  *command.mutable_end()->add_informed() = Decider(context);
  command.mutable_end()->set_exit_monitoring_until(
      FormatDate(context.occurred_on + kExitMonitoringDays));
}

std::map<std::string, Make, std::less<>> MakeTable() {
  return {Example<v1::RegisterChild, Fill>(),
          Example<v1::LinkParentCarer, Fill>(),
          Example<v1::AssignResponsibleTeacher, Fill>(),
          Example<v1::RecordInvolvedProfessional, Fill>(),
          Example<v1::RaiseConcern, Fill>(),
          Example<v1::AdaptTeaching, Fill>(),
          Example<v1::ReviewAdaptation, Fill>(),
          Example<v1::RecordEarlyDiscussion, Fill>(),
          Example<v1::StartSenSupport, Fill>(),
          Example<v1::DeclineSenSupport, Fill>(),
          Example<v1::NotifyParent, Fill>(),
          Example<v1::CreateOnePageProfile, Fill>(),
          Example<v1::UpdateOnePageProfile, Fill>(),
          Example<v1::StartAssessment, Fill>(),
          Example<v1::ReviewExistingInformation, Fill>(),
          Example<v1::DecideFurtherAssessment, Fill>(),
          Example<v1::RecordChildViews, Fill>(),
          Example<v1::RecordParentViews, Fill>(),
          Example<v1::RecordViewsNotObtained, Fill>(),
          Example<v1::RecordAssessment, Fill>(),
          Example<v1::RecordProgress, Fill>(),
          Example<v1::RecordProfessionalInput, Fill>(),
          Example<v1::CompleteAssessment, Fill>(),
          Example<v1::ConfirmParticipants, Fill>(),
          Example<v1::RecordContribution, Fill>(),
          Example<v1::DraftPlan, Fill>(),
          Example<v1::AgreePlan, Fill>(),
          Example<v1::SharePlan, Fill>(),
          Example<v1::ChangeReviewDate, Fill>(),
          Example<v1::StartSupport, Fill>(),
          Example<v1::BriefStaff, Fill>(),
          Example<v1::RecordTeamNote, Fill>(),
          Example<v1::TransferResponsibility, Fill>(),
          Example<v1::HoldReview, Fill>(),
          Example<v1::ShareReviewRecord, Fill>(),
          Example<v1::EndSenSupport, Fill>()};
}

}  // namespace

std::unique_ptr<google::protobuf::Message> Minimal(std::string_view type,
                                                   const ExampleContext& context) {
  static const auto& table = *[] {
    auto* all = new std::map<std::string, Make, std::less<>>(MakeTable());
    all->merge(LaterExamples());
    return all;
  }();
  const auto found = table.find(type);
  return found == table.end() ? nullptr : found->second(context);
}

}  // namespace apdr::sen::examples
