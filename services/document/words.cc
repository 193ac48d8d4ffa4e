#include "services/document/words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/date.h"
#include "engine/domains/sen_support/policy.h"

namespace apdr::document {
namespace {

using Exceptions = std::vector<std::pair<std::string_view, std::string_view>>;

// Values of enums whose own words would not be plain English.
const Exceptions& Values() {
  static const auto* const kValues = new Exceptions{
      {"ADAPTATION_RESULT_CONTINUE_ADAPTING", "adapted teaching goes on"},
      {"AGREEMENT_CAPACITY_ALTERNATIVE", "decides for a young person"},
      {"AGREEMENT_CAPACITY_SETTING", "school or setting"},
      {"AREA_SENSORY_PHYSICAL", "sensory and physical"},
      {"AREA_SOCIAL_EMOTIONAL_MENTAL_HEALTH", "social, emotional and mental health"},
      {"ASSESSMENT_TRIGGER_FIRST", "first assessment"},
      {"ASSESSMENT_TRIGGER_TRANSFER", "after a move to this setting"},
      {"COMPARED_WITH_NATIONAL", "others of the same age nationally"},
      {"COMPARED_WITH_OWN_PREVIOUS", "their own earlier result"},
      {"CYCLE_NEXT_ASSESS", "a new cycle begins"},
      {"CYCLE_NEXT_ENDED", "SEN Support is to end"},
      {"DISAGREEMENT_ROUTE_ISP_PANEL", "individual support plan panel"},
      {"DISAGREEMENT_ROUTE_SENDIASS", "SEND information, advice and support service (SENDIASS)"},
      {"DISAGREEMENT_ROUTE_SETTING_COMPLAINT", "complaint to the school or setting"},
      {"DISCLOSURE_KIND_EHC_EVIDENCE", "evidence for an EHC needs assessment"},
      {"EHC_DECISION_ASSESS", "there will be an assessment"},
      {"EHC_DECISION_ISSUE", "a plan will be issued"},
      {"EHC_DECISION_NOT_ASSESS", "there will be no assessment"},
      {"EHC_DECISION_NOT_ISSUE", "no plan will be issued"},
      {"EHC_REQUESTER_SETTING", "school or setting"},
      {"END_REASON_EHC_PLAN_ISSUED", "an education, health and care plan was issued"},
      {"END_REASON_LEFT_SETTING", "left the school or setting"},
      {"END_REASON_NEEDS_MET", "needs are met"},
      {"END_REASON_YOUNG_PERSON_DECLINED", "the young person did not want it"},
      {"EXIT_RESULT_STAYS_OFF", "SEN Support is not needed again"},
      {"IMPACT_MIXED", "partly: the impact was mixed"},
      {"IMPACT_NEGATIVE", "no: the impact was negative"},
      {"IMPACT_NONE", "no: there was no impact"},
      {"IMPACT_POSITIVE", "yes: the impact was positive"},
      {"INFORMATION_SOURCE_EYFS_PROFILE", "early years foundation stage profile"},
      {"INFORMATION_SOURCE_TWO_YEAR_CHECK", "progress check at age two"},
      {"NON_DELIVERY_REASON_CLOSURE", "the setting was closed"},
      {"PROVISION_EHC_PLAN", "education, health and care plan"},
      {"PROVISION_KIND_ONE_TO_ONE", "one to one"},
      {"PROVISION_LAYER_TARGETED_PLUS", "targeted plus"},
      {"PROVISION_NONE", "no SEN Support"},
      {"PROVISION_SEN_SUPPORT", "SEN Support"},
      {"REVIEW_FORMAT_PERSON_CENTRED", "person-centred meeting"},
      {"REVIEW_FORMAT_STANDARD", "standard meeting"},
      {"SETTING_SCHEME_EY", "EY URN"},
      {"SETTING_SCHEME_LAESTAB", "LAESTAB"},
      {"SETTING_SCHEME_UKPRN", "UKPRN"},
      {"SETTING_SCHEME_URN", "URN"},
      {"START_REASON_EHC_CEASED", "an education, health and care plan ended"},
      {"START_REASON_TRANSFER_WITH_K", "came to this setting on SEN Support"},
      {"SUPPORT_CHOICE_CONTINUE", "the support goes on"},
      {"SUPPORT_CHOICE_DIFFERENT", "different support is needed"},
      {"SUPPORT_CHOICE_END", "the support ends"},
      {"VIEW_METHOD_AAC", "signs, symbols or a communication aid"}};
  return *kValues;
}

// Events whose own names would not be plain English.
const Exceptions& Events() {
  static const auto* const kEvents =
      new Exceptions{{"AdaptationContinued", "Adapted teaching goes on"},
                     {"AssessmentUndertaken", "Assessment carried out"},
                     {"ChildAssessed", "Assessment completed"},
                     {"ChildTransferredIn", "Came to this setting"},
                     {"ChildTransferredOut", "Left this setting"},
                     {"CycleCompleted", "Cycle of assess, plan, do, review completed"},
                     {"DecisionRightsTransferred", "Decisions are now the young person's own"},
                     {"EhcAssessmentRequested", "EHC needs assessment asked for"},
                     {"EhcDecisionOverdue", "EHC decision overdue"},
                     {"EhcDecisionRecorded", "EHC decision recorded"},
                     {"EhcPlanIssued", "Education, health and care plan issued"},
                     {"ExistingInformationReviewed", "Information already gathered was looked at"},
                     {"FurtherAssessmentDecided", "Decided whether further assessment is needed"},
                     {"OnePageProfileCreated", "One-page profile written"},
                     {"OnePageProfileUpdated", "One-page profile updated"},
                     {"ParentCarerLinked", "Parent or carer recorded"},
                     {"ParentCarerUnlinked", "Parent or carer no longer recorded"},
                     {"ParentFormallyNotified", "Parents formally told of SEN Support"},
                     {"ParentMeetingShortfall", "Fewer meetings with parents than expected"},
                     {"PlanIssuedWithoutAgreement", "Plan put in place without agreement"},
                     {"RecordCorrected", "Entry corrected"},
                     {"SenSupportDeclined", "SEN Support not started"},
                     {"SenSupportEnded", "SEN Support ended"},
                     {"SenSupportStarted", "SEN Support started"},
                     {"ViewsNotObtained", "Views could not be obtained"}};
  return *kEvents;
}

// Fields whose own names would not be plain English, everywhere or in one message.
const Exceptions& Fields() {
  static const auto* const kFields =
      new Exceptions{{"FurtherAssessment.kinds", "Kinds of assessment"},
                     {"FurtherAssessment.needed", "Further assessment needed"},
                     {"NewOutcomes.items", "New outcomes"},
                     {"NewOutcomes.needed", "New outcomes needed"},
                     {"OnePageProfile.appreciate", "What people like and admire"},
                     {"OnePageProfile.authored_with", "Written with"},
                     {"OnePageProfile.not_working", "What is not working"},
                     {"OnePageProfile.strengths_interests", "Strengths and interests"},
                     {"OnePageProfile.voice_method", "How it was said"},
                     {"OnePageProfile.working_well", "What is working well"},
                     {"ResponsibleTeacherAssigned.teacher", "Who"},
                     {"Responsibilities.child", "What the child or young person does"},
                     {"Responsibilities.parent", "What the parents do"},
                     {"Responsibilities.setting", "What the school or setting does"},
                     {"SupportDecision.choice", "Decision about the support"},
                     {"SupportDecision.reason", "Why"},
                     {"access_needs", "Needs for access"},
                     {"child_views", "Views of the child or young person"},
                     {"ctf_included", "Common transfer file included"},
                     {"home_la", "Home local authority"},
                     {"iass_included", "Told of the information, advice and support service"},
                     {"iass_informed", "Told of the information, advice and support service"},
                     {"nc_year", "School year"},
                     {"offset_days", "Days before the date"},
                     {"outcome_id", "Outcome"},
                     {"outcome_ids", "Outcomes"},
                     {"parent_discussed", "Talked over with the parents"},
                     {"parent_views", "Views of the parents"},
                     {"provision_id", "Support"},
                     {"provision_ids", "Support"},
                     {"provisions", "Pieces of support"},
                     {"report_ref", "Report"},
                     {"sen_type", "Type of need"}};
  return *kFields;
}

const Exceptions& Roles() {
  static const auto* const kRoles =
      new Exceptions{{"senco", "SENCO"},
                     {"area-senco", "area SENCO"},
                     {"head", "head teacher"},
                     {"la-send-officer", "SEND officer of the local authority"},
                     {"iass-adviser", "adviser of the information, advice and support service"},
                     {"system", "automatic"}};
  return *kRoles;
}

const Exceptions& Disciplines() {
  static const auto* const kDisciplines =
      new Exceptions{{"EP", "educational psychologist"},
                     {"SLT", "speech and language therapist"},
                     {"OT", "occupational therapist"},
                     {"physio", "physiotherapist"},
                     {"specialist-teacher-HI", "specialist teacher (hearing impairment)"},
                     {"specialist-teacher-VI", "specialist teacher (vision impairment)"},
                     {"specialist-teacher-MSI", "specialist teacher (multi-sensory impairment)"},
                     {"specialist-teacher-SpLD", "specialist teacher (learning difficulties)"},
                     {"specialist-teacher-ASD", "specialist teacher (autism)"},
                     {"CAMHS-MHST", "mental health team"}};
  return *kDisciplines;
}

const std::string_view* Find(const Exceptions& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Exceptions::value_type::first);
  return found == table.end() ? nullptr : &found->second;
}

// "AgreementStance" -> "AGREEMENT_STANCE_".
std::string PrefixOf(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !prefix.empty()) prefix += '_';
    prefix += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return prefix + "_";
}

// Lower case, with spaces.
std::string Words(std::string_view name) {
  std::string words(name);
  for (char& c : words) {
    c = c == '_' || c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return words;
}

std::string Spaced(std::string_view code) {
  std::string words(code);
  std::ranges::replace(words, '-', ' ');
  return words;
}

}  // namespace

std::string DateInWords(std::string_view iso) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const auto date = ParseDate(iso);
  if (!date) return std::string(iso);
  const auto month = static_cast<std::size_t>(date->month() - 1);
  return absl::StrCat(date->day(), " ", std::string(kMonths.at(month)), " ", date->year());
}

std::string InstantInWords(absl::Time instant, absl::TimeZone zone) {
  return absl::StrCat(DateInWords(FormatDate(DateOf(instant, zone))), ", ",
                      absl::FormatTime("%H:%M", instant, zone));
}

std::string ValueInWords(const google::protobuf::EnumValueDescriptor& value) {
  if (value.number() == 0) return {};
  if (const auto* words = Find(Values(), value.name())) return std::string(*words);
  const std::string prefix = PrefixOf(*value.type());
  std::string_view name = value.name();
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  return Words(name);
}

std::string EventInWords(std::string_view type) {
  const std::string_view name = type.substr(type.find_last_of("./") + 1);
  if (const auto* words = Find(Events(), name)) return std::string(*words);
  std::string spaced;
  for (const char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !spaced.empty()) spaced += ' ';
    spaced += c;
  }
  return Capital(Words(spaced));
}

std::string FieldInWords(std::string_view name) {
  if (const auto* words = Find(Fields(), name)) return std::string(*words);
  return Capital(Words(name));
}

std::string FieldInWords(const google::protobuf::FieldDescriptor& field) {
  const std::string name = absl::StrCat(field.containing_type()->name(), ".", field.name());
  if (const auto* words = Find(Fields(), name)) return std::string(*words);
  return FieldInWords(field.name());
}

std::string RoleInWords(std::string_view role) {
  if (const auto* words = Find(Roles(), role)) return std::string(*words);
  return Spaced(role);
}

std::string RolesInWords(const google::protobuf::RepeatedPtrField<sen::v1::PersonRef>& people) {
  std::vector<std::string> roles;
  for (const sen::v1::PersonRef& person : people) roles.push_back(RoleInWords(person.role()));
  return absl::StrJoin(roles, ", ");
}

std::string NeedInWords(std::string_view code) {
  static const auto* const kPolicy = new sen::Policy(sen::Code2015());
  const sen::NeedCode* need = kPolicy->FindNeed(code);
  return need == nullptr ? std::string(code) : need->label;
}

std::string DisciplineInWords(std::string_view code) {
  if (const auto* words = Find(Disciplines(), code)) return std::string(*words);
  return Spaced(code);
}

std::string YearInWords(std::string_view year) {
  static const auto* const kYears = new Exceptions{{"E1", "Early years, first year"},
                                                   {"E2", "Early years, second year"},
                                                   {"N1", "Nursery, first year"},
                                                   {"N2", "Nursery, second year"},
                                                   {"R", "Reception"},
                                                   {"X", "No year group"}};
  if (const auto* words = Find(*kYears, year)) return std::string(*words);
  return year.empty() ? "" : absl::StrCat("Year ", std::string(year));
}

std::string MeasureInWords(const sen::v1::Measure& measure) {
  std::vector<std::string> parts;
  if (!measure.value().empty()) parts.push_back(measure.value());
  if (!measure.unit().empty()) parts.push_back(measure.unit());
  std::string words = absl::StrJoin(parts, " ");
  if (!measure.on().empty()) {
    absl::StrAppend(&words, words.empty() ? "" : ", ", DateInWords(measure.on()));
  }
  return words;
}

std::string FrequencyInWords(const sen::v1::Frequency& frequency) {
  std::vector<std::string> parts;
  if (frequency.times_per_week() != 0) {
    parts.push_back(absl::StrCat(Count(frequency.times_per_week(), "time"), " a week"));
  }
  if (frequency.minutes() != 0) parts.push_back(Count(frequency.minutes(), "minute"));
  if (frequency.weeks() != 0) {
    parts.push_back(absl::StrCat("for ", Count(frequency.weeks(), "week")));
  }
  return absl::StrJoin(parts, ", ");
}

std::string Capital(std::string text) {
  if (!text.empty()) {
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  }
  return text;
}

std::string Count(std::size_t count, std::string_view noun) {
  return absl::StrCat(count, " ", std::string(noun), count == 1 ? "" : "s");
}

}  // namespace apdr::document
