#include "services/scenario/internal/field_names.h"

#include <algorithm>
#include <iterator>

#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

struct Alias {
  std::string_view command, name, schema_name;
};

constexpr Alias kAliases[] = {
    // Of events, as answers name them.
    {"PlanDrafted", "draftno", "draftnumber"},
    {"ResponsibleTeacherAssigned", "to", "teacher"},
    {"ProfessionalConsulted", "agreedon", "parentagreedon"},
    // Of commands.
    {"AgreePlan", "agreedby", "agreements"},
    {"AgreePlan", "agreedwith", "agreements"},
    {"AgreePlan", "parentactions", "responsibilities.parent"},
    {"AgreePlan", "childactions", "responsibilities.child"},
    {"AgreePlan", "settingactions", "responsibilities.setting"},
    {"DraftPlan", "parentactions", "responsibilities.parent"},
    {"DraftPlan", "childactions", "responsibilities.child"},
    {"DraftPlan", "settingactions", "responsibilities.setting"},
    {"IssuePlanWithoutAgreement", "parentactions", "responsibilities.parent"},
    {"IssuePlanWithoutAgreement", "childactions", "responsibilities.child"},
    {"IssuePlanWithoutAgreement", "settingactions", "responsibilities.setting"},
    {"AssignResponsibleTeacher", "to", "teacher"},
    {"AssignSenco", "to", "person"},
    {"AssignSenco", "senco", "person"},
    {"BriefStaff", "with", "people"},
    {"BriefStaff", "to", "people"},
    {"BriefStaff", "staff", "people"},
    {"ChangeReviewDate", "reviewon", "to"},
    {"ChangeReviewDate", "newreviewon", "to"},
    {"StartSupport", "provisions", "provisionids"},
    {"ConfirmParticipants", "with", "participants"},
    {"ConfirmParticipants", "people", "participants"},
    {"DecideFurtherAssessment", "reason", "rationale"},
    {"EndSenSupport", "to", "informed"},
    {"EndSenSupport", "with", "informed"},
    {"HoldReview", "with", "participants"},
    {"HoldReview", "people", "participants"},
    {"HoldReview", "different", "whatdifferent"},
    {"NotifyParent", "to", "notified"},
    {"NotifyParent", "with", "notified"},
    {"RecordContribution", "by", "participant"},
    {"RecordContribution", "of", "participant"},
    {"RecordContribution", "from", "participant"},
    {"RecordParentViews", "by", "parent"},
    {"RecordParentViews", "of", "parent"},
    {"RecordParentViews", "with", "parent"},
    {"RecordProfessionalInput", "by", "professional"},
    {"RecordProfessionalInput", "from", "professional"},
    {"RecordProfessionalInput", "agreedon", "parentagreedon"},
    {"RequestSpecialist", "agreement", "by"},
    {"RequestSpecialist", "agreedby", "by"},
    {"RequestSpecialist", "agreedwith", "by"},
    {"RecordSpecialistAdvice", "outcomes", "recommendedoutcomes"},
    {"RecordSpecialistAdvice", "provision", "recommendedprovision"},
    {"RecordParentMeeting", "with", "attendees"},
    {"RecordParentMeeting", "people", "attendees"},
    {"RecordAnnualReport", "with", "to"},
    {"ScheduleReview", "on", "meetingon"},
    {"ScheduleReview", "with", "invitees"},
    {"RecordDelivery", "provision", "provisionid"},
    {"RecordDelivery", "by", "deliveredby"},
    {"RecordNonDelivery", "provision", "provisionid"},
    {"AdjustProvision", "provision", "provisionid"},
    {"Disclose", "to", "requester"},
    {"Disclose", "by", "requester"},
    {"RequestDisclosure", "by", "requester"},
    {"RequestDisclosure", "from", "requester"},
    {"IssuePlanWithoutAgreement", "with", "who"},
    {"IssuePlanWithoutAgreement", "routes", "routesoffered"},
    {"CorrectRecord", "value", "newvalue"},
    {"CorrectRecord", "by", "requestedby"},
    {"UnlinkParentCarer", "parent", "personid"},
    {"RecordTeamNote", "with", "participants"},
    {"RecordTeamNote", "people", "participants"},
    {"ShareReviewRecord", "to", "with"},
    {"SharePlan", "to", "with"},
};

constexpr std::string_view kDays[] = {
    "on",          "from",        "starton",      "startedon",   "senton",
    "assessedon",  "agreedon",    "heldon",       "endedon",     "sharedon",
    "raisedon",    "draftedon",   "notifiedon",   "reviewedon",  "recordedon",
    "issuedon",    "requestedon", "lefton",       "joinedon",    "placedon",
    "liftedon",    "closedon",    "reopenedon",   "resolvedon",  "transferredon",
    "correctedon", "erasedon",    "plannedon",    "disclosedon", "briefedon",
    "decidedon",   "linkedon",    "registeredon", "happenedon"};

}  // namespace

std::string SchemaName(std::string_view command, std::string_view name) {
  const std::string plain = Normalised(name);
  const auto* found = std::ranges::find_if(kAliases, [&](const Alias& alias) {
    return alias.command == command && alias.name == plain;
  });
  return std::string(found == std::end(kAliases) ? name : found->schema_name);
}

bool IsDayOfCommand(std::string_view command, std::string_view name) {
  const std::string plain = Normalised(name);
  // The old date of a review, who was responsible before, and since when somebody is SENCO.
  const bool other = command == "ChangeReviewDate" || command == "TransferResponsibility" ||
                     command == "AssignSenco";
  if (plain == "from" && other) return false;
  return std::ranges::find(kDays, plain) != std::end(kDays);
}

bool IsTakenFromEvent(std::string_view name) {
  const std::string plain = Normalised(name);
  return plain == "cycle" || plain == "from" || plain == "draftno" || plain == "draftnumber" ||
         plain == "reviewcycle";
}

}  // namespace apdr::scenario
