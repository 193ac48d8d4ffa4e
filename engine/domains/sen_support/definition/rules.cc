#include <algorithm>
#include <cctype>
#include <functional>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/base/check.h"
#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/assess/needs.h"
#include "engine/domains/sen_support/before_support/before_support.h"
#include "engine/domains/sen_support/definition/case_rules.h"
#include "engine/domains/sen_support/definition/tables.h"
#include "engine/domains/sen_support/do/do.h"
#include "engine/domains/sen_support/escalate/escalate.h"
#include "engine/domains/sen_support/governance/governance.h"
#include "engine/domains/sen_support/leave/leave.h"
#include "engine/domains/sen_support/move/move.h"
#include "engine/domains/sen_support/plan/plan.h"
#include "engine/domains/sen_support/profile/profile.h"
#include "engine/domains/sen_support/registration/registration.h"
#include "engine/domains/sen_support/review/review.h"
#include "engine/domains/sen_support/setting/setting.h"

// The rule registry, in its order, as far as it can touch the commands there are. R23, no needs
// with provision N, holds by how support ends; R55 and R56 are the engine's own.
namespace apdr::sen {
namespace {

using core::Rule;
using core::Strength;
using enum core::Strength;
using Check = std::optional<Breach> (*)(const SenInput&);
using StrengthHere = Strength (*)(const SenInput&);

// The commands that a rule guards: Of<v1::AgreePlan, v1::DraftPlan>().
template <class... Commands>
std::vector<std::string> Of() {
  return {TypeOf<Commands>()...};
}
std::vector<std::string> All() { return {"*"}; }

Strength MustInSchools(const SenInput& input) {
  const bool must = input.policy.RulesFor(input.record.setting().type()).must_inform_parents;
  return must ? kMust : kShould;
}

// A plan issued without agreement says so itself.
Strength ShouldWhenIssued(const SenInput& input) {
  return input.TryCommand<v1::IssuePlanWithoutAgreement>() != nullptr ? kShould : kMust;
}

class Registry {
 public:
  explicit Registry(const Policy& policy) : policy_(policy) {}

  struct Row {
    const char* id;
    const char* code;
    Strength strength;
    std::string text;
    const char* source;
  };

  Rule& Add(const Row& row, std::vector<std::string> guards, Check check) {
    rules_.push_back({.id = row.id,
                      .code = row.code,
                      .strength = row.strength,
                      .text = row.text,
                      .source = row.source,
                      .guards = std::move(guards),
                      .before_stage = false,
                      .wrong_in_any_state = false,
                      .check =
                          [&policy = policy_, check](const core::RuleInput& input) {
                            return check({input, CaseOf(input.state), policy});
                          },
                      .strength_here = nullptr});
    return rules_.back();
  }

  void StrengthOf(Rule& rule, StrengthHere strength) {
    rule.strength_here = [&policy = policy_, strength](const core::RuleInput& input) {
      return strength({input, CaseOf(input.state), policy});
    };
  }

  [[nodiscard]] const Policy& policy() const { return policy_; }
  std::vector<Rule> Take() { return std::move(rules_); }

 private:
  const Policy& policy_;
  std::vector<Rule> rules_;
};

void AddRegistration(Registry& registry) {
  const auto registers = Of<v1::RegisterChild, v1::AssignIdentifier>();
  registry
      .Add({"R01", "UPN_FORMAT", kIntegrity, "A UPN is written as the DfE's pattern says.",
            "DfE UPN guide"},
           registers, UpnFormat)
      .wrong_in_any_state = true;
  registry
      .Add({"R02", "UPN_CHECK_LETTER", kIntegrity, "A UPN's first letter checks the others.",
            "DfE UPN guide; census 1510"},
           registers, UpnCheckLetter)
      .wrong_in_any_state = true;
  registry.Add(
      {"R03", "UPN_LA_CODE", kWarning, "A UPN names an authority that is or was.", "census 1530"},
      registers, UpnLaCode);
  registry.Add(
      {"R04", "UPN_DUPLICATE", kIntegrity, "One open case per UPN and tenant.", "census 1520"},
      Of<v1::RegisterChild, v1::AssignIdentifier, v1::ReopenCase>(), UpnDuplicate);
  registry
      .Add({"R05", "ULN_INVALID", kIntegrity, "A ULN has ten digits and a check digit.",
            "ULN specification"},
           registers, UlnInvalid)
      .wrong_in_any_state = true;
  registry.Add({"R06", "AGE_OUT_OF_RANGE", kIntegrity,
                "Registered under 26, SEN Support started under 25.", "s.83; Code title"},
               Of<v1::RegisterChild, v1::StartSenSupport, v1::CorrectRecord>(), AgeOutOfRange);
  registry
      .Add({"R07", "SETTING_ID_INVALID", kIntegrity,
            "A setting's id is written as its scheme says, and its record stands under that id.",
            "GIAS; Ofsted; UKRLP"},
           Of<v1::RegisterChild, v1::TransferChild, v1::AcceptTransfer, v1::AssignSenco,
              v1::PublishSenInformationReport>(),
           SettingIdInvalid)
      .wrong_in_any_state = true;
}

void AddDatesAndOrder(Registry& registry) {
  registry.Add({"R08", "DATE_IN_FUTURE", kIntegrity, "What is recorded has happened.",
                "record keeping, 6.73"},
               All(), DateInFuture);
  registry.Add({"R09", "DATE_ORDER", kIntegrity, "Nothing before birth or before its cause.",
                "record keeping, 6.73"},
               All(), DateOrder);
  registry.Add(
      {"R10", "STAGE_ORDER", kMust, "Four stages in order, each step once.", "S11; 6.44; 5.38"},
      Of<v1::StartSenSupport, v1::StartAssessment, v1::StartSupport, v1::CreateOnePageProfile>(),
      StageOrder);
}

void AddBeforeSupport(Registry& registry) {
  registry.Add({"R11", "PRE_SUPPORT_MISSING", kShould,
                "Support starts after adapted teaching was tried and concerns remained.",
                "S2; S3; 6.19; 6.37; 5.36"},
               Of<v1::StartSenSupport>(), PreSupportMissing);
  registry.StrengthOf(
      registry.Add({"R12", "PARENT_NOT_NOTIFIED", kMust,
                    "No plan is agreed before the parent or young person is formally notified.",
                    "s.68; 6.48; 5.38; 5.40"},
                   Of<v1::AgreePlan, v1::IssuePlanWithoutAgreement>(), ParentNotNotified),
      MustInSchools);
}

void AddAssess(Registry& registry) {
  const auto completes = Of<v1::CompleteAssessment>();
  registry.Add({"R13", "PARENT_VIEWS_MISSING", kShould,
                "An assessment holds the parents' views, or two tries to have them.", "S16; 6.45"},
               completes, ParentViewsMissing);
  registry.Add({"R14", "CHILD_VIEWS_MISSING", kShould,
                "An assessment, and a profile, hold the child's voice, however it is given.",
                "S7; S16; 6.45; s.19"},
               Of<v1::CompleteAssessment, v1::CreateOnePageProfile, v1::UpdateOnePageProfile>(),
               ChildViewsMissing);
  registry.Add({"R15", "NO_EVIDENCE", kShould,
                "An assessment or progress was recorded in this cycle.", "S17"},
               completes, NoEvidence);
  registry.Add({"R16", "PROFESSIONAL_NOT_CONSULTED", kShould,
                "Each professional who works with the child was asked.", "S18; 6.45; 6.47"},
               completes, ProfessionalNotConsulted);
  registry.Add({"R17", "INFORMATION_NOT_REVIEWED", kShould,
                "Teacher or keyworker and SENCO looked at what is known.", "S8; 6.38"},
               completes, InformationNotReviewed);
  registry.Add({"R18", "FURTHER_ASSESSMENT_UNDECIDED", kIntegrity,
                "Whether further assessment is needed is said, yes or no, with a reason.", "S9"},
               Of<v1::DecideFurtherAssessment, v1::CompleteAssessment>(),
               FurtherAssessmentUndecided);
}

void AddNeeds(Registry& registry) {
  registry.Add({"R19", "NEED_MISSING", kIntegrity, "An assessment names needs, each in words.",
                "S15; census 2170"},
               Of<v1::CompleteAssessment>(), NeedMissing);
  registry.Add({"R20", "NEED_CODE_INVALID", kIntegrity, "A need's code is one of the census.",
                "census, type of need"},
               Of<v1::StartSenSupport, v1::CompleteAssessment, v1::RecordEhcPlan>(),
               NeedCodeInvalid);
  registry.Add({"R20", "NEED_DISCONTINUED", kIntegrity, "A need's code is live on that date.",
                "census 2115"},
               Of<v1::StartSenSupport, v1::CompleteAssessment, v1::RecordEhcPlan>(),
               NeedDiscontinued);
  registry.Add({"R20", "NEED_CODE_MISSING", kIntegrity, "A need has a code.", "census 2130"},
               Of<v1::StartSenSupport, v1::CompleteAssessment, v1::RecordEhcPlan>(),
               NeedCodeMissing);
  registry.Add(
      {"R20", "NEED_PROVISION_INVALID", kIntegrity, "Provision is N, K or E.", "census 2120"},
      Of<v1::AcceptTransfer>(), NeedProvisionInvalid);
  registry.Add({"R21", "NEED_RANK_INVALID", kIntegrity, "Needs rank 1, 2, 3 ... each once.",
                "census 2140; 2160"},
               Of<v1::StartSenSupport, v1::CompleteAssessment, v1::RecordEhcPlan>(),
               NeedRankInvalid);
  registry.Add(
      {"R22", "NEED_NSA_NOT_K", kIntegrity, "NSA stands with SEN Support only.", "census 2175"},
      Of<v1::StartSenSupport, v1::EndSenSupport, v1::RecordEhcPlan>(), NeedNsaNotK);
}

// "Reviews are at most so far apart: school 140 days, ...": types with one interval together.
std::string ReviewIntervals(const Policy& policy) {
  std::map<int, std::vector<std::string>, std::greater<>> types;
  for (const SettingTypeRules& rules : policy.setting_types) {
    std::string name = v1::SettingType_Name(rules.type).substr(sizeof "SETTING_TYPE_" - 1);
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
      return c == '_' ? ' ' : static_cast<char>(std::tolower(c));
    });
    types[rules.review_interval_days_max].push_back(std::move(name));
  }
  std::vector<std::string> parts;
  for (const auto& [days, names] : types) {
    parts.push_back(absl::StrCat(days, " days (", absl::StrJoin(names, ", "), ")"));
  }
  return absl::StrCat("Reviews are at most so far apart: ", absl::StrJoin(parts, "; "), ".");
}

void AddPlanContent(Registry& registry) {
  const auto agrees = Of<v1::AgreePlan, v1::IssuePlanWithoutAgreement>();
  registry.Add({"R24", "NO_OUTCOMES", kIntegrity, "A plan has at least one outcome.", "S19"},
               agrees, NoOutcomes);
  registry.Add({"R24", "MANY_OUTCOMES", kWarning, "Three to four outcomes are usual.", "S19"},
               agrees, ManyOutcomes);
  registry.Add({"R25", "OUTCOME_NOT_SMART", kShould,
                "An outcome has a statement, a baseline, a measurable target and a date.", "S19"},
               agrees, OutcomeNotSmart);
  Rule& agreed = registry.Add({"R26", "OUTCOMES_NOT_AGREED", kMust,
                               "Setting and parent or young person have agreed; a plan issued "
                               "without agreement departs from it.",
                               "S19"},
                              agrees, OutcomesNotAgreed);
  agreed.implied_departure = IssuedWithoutAgreement;
  registry.StrengthOf(agreed, ShouldWhenIssued);
  registry.Add({"R27", "PARTICIPANT_NO_SAY", kShould,
                "Each participant contributed, or the silence is recorded.", "S20"},
               agrees, ParticipantNoSay);
  registry.Add(
      {"R28", "PARTICIPANTS_INCOMPLETE", kShould,
       "Family, teacher, SENCO or named person and, where able, the child take part.", "S6; S20"},
      Of<v1::ConfirmParticipants, v1::AgreePlan, v1::IssuePlanWithoutAgreement>(),
      ParticipantsIncomplete);
  registry.Add({"R29", "REVIEW_DATE_MISSING", kMust, "A plan has a clear date for review.",
                "S21; 6.48; 5.40"},
               agrees, ReviewDateMissing);
  const auto set_date = Of<v1::AgreePlan, v1::IssuePlanWithoutAgreement, v1::ChangeReviewDate>();
  registry.Add({"R30", "REVIEW_DATE_RANGE", kIntegrity,
                absl::StrCat("The review is after the plan and within ",
                             registry.policy().days.review_date_days_max, " days."),
                "S21"},
               set_date, ReviewDateRange);
  registry.Add({"R31", "REVIEW_INTERVAL_LONG", kShould, ReviewIntervals(registry.policy()), "6.65"},
               set_date, ReviewIntervalLong);
  registry.Add({"R32", "NO_PROVISION", kIntegrity,
                "Each provision serves outcomes and says who, how often, how long.", "S22; 6.50"},
               agrees, NoProvision);
  registry.Add({"R33", "PROVISION_NOT_ADDITIONAL", kShould,
                "Something is additional to or different from what everybody gets.", "S22; s.21"},
               agrees, ProvisionNotAdditional);
  registry.Add({"R34", "PLAN_NOT_WRITTEN", kMust, "The plan is written down and hashed.", "S22"},
               agrees, PlanNotWritten);
  registry.Add(
      {"R35", "PLAN_LOCKED", kIntegrity,
       "An agreed plan, and what else was decided and acted on, changes by a new record only.",
       "S22"},
      Of<v1::DraftPlan, v1::AgreePlan, v1::IssuePlanWithoutAgreement, v1::AdjustProvision,
         v1::CorrectRecord>(),
      PlanLocked);
}

void AddDo(Registry& registry) {
  registry.Add({"R36", "NO_PLAN_IN_FORCE", kMust,
                "Support starts, and is reviewed, under the plan agreed for this cycle.", "S23"},
               Of<v1::StartSupport, v1::HoldReview, v1::SharePlan, v1::RecordDelivery,
                  v1::RecordNonDelivery, v1::AdjustProvision>(),
               NoPlanInForce);
  registry.Add({"R37", "NO_RESPONSIBLE_TEACHER", kMust,
                "A teacher, keyworker or tutor is responsible on every day of support.",
                "S24; 6.36; 6.52; 5.42"},
               Of<v1::AssignResponsibleTeacher, v1::AdaptTeaching, v1::StartSenSupport,
                  v1::StartAssessment, v1::AgreePlan, v1::IssuePlanWithoutAgreement,
                  v1::StartSupport, v1::TransferResponsibility, v1::AcceptTransfer>(),
               NoResponsibleTeacher);
}

void AddReview(Registry& registry) {
  const auto holds = Of<v1::HoldReview>();
  registry.Add({"R38", "SUPPORT_NOT_STARTED", kIntegrity,
                "A review looks at support that started, or says why it never did.", "S23; S26"},
               holds, SupportNotStarted);
  registry.Add({"R39", "REVIEW_DECISIONS_INCOMPLETE", kMust, "A review takes all four decisions.",
                "S27; S28; S29; S30"},
               holds, ReviewDecisionsIncomplete);
  registry.Add(
      {"R40", "OUTCOME_NOT_EVALUATED", kMust, "A review judges every outcome of the plan.", "S28"},
      holds, OutcomeNotEvaluated);
  registry.Add({"R41", "NEW_OUTCOMES_INCONSISTENT", kIntegrity,
                "New outcomes are given exactly if they are needed.", "S29"},
               holds, NewOutcomesInconsistent);
  registry.StrengthOf(
      registry.Add({"R42", "SUPPORT_DECISION_INCONSISTENT", kIntegrity,
                    "Different support says what; support ends when outcomes are reached.", "S30"},
                   holds, SupportDecisionInconsistent),
      SupportDecisionStrength);
  registry.Add(
      {"R43", "REVIEW_WITHOUT_PARENT", kShould,
       "Parents or young person take part, give views, or were tried twice.", "S27; 6.54; 5.43"},
      holds, ReviewWithoutParent);
  registry.Add({"R44", "REVIEW_WITHOUT_CHILD_VOICE", kShould, "A review holds the child's views.",
                "S6; 6.70"},
               holds, ReviewWithoutChildVoice);
  registry.Add(
      {"R45", "REVIEW_LATE", kWarning, "A review is held by the agreed date.", "S26; 6.53"},
      Of<v1::HoldReview, v1::ScheduleReview>(), ReviewLate);
  registry.Add({"R46", "REVIEW_DATE_CHANGE_REFUSED", kMust,
                "The date moves before it passes and with the family's agreement.", "S21; S26"},
               Of<v1::ChangeReviewDate>(), ReviewDateChangeRefused);
  registry.Add({"R47", "NO_PARENTAL_AGREEMENT", kMust,
                "A professional new to the child is brought in if the parents agree.",
                "6.47; 5.39; 6.59; 5.48"},
               Of<v1::RecordProfessionalInput, v1::RecordAssessment, v1::RequestSpecialist>(),
               NoParentalAgreement);
  registry.Add({"R48", "SPECIALIST_EXPECTED", kWarning,
                "After two reviews without progress a specialist is involved.", "6.59"},
               holds, SpecialistExpected);
}

void AddLeave(Registry& registry) {
  registry.Add({"R49", "END_WITHOUT_REVIEW", kShould,
                "That needs are met rests on a review that decided so.", "S30; 6.54; 6.63"},
               Of<v1::EndSenSupport>(), EndWithoutReview);
  registry.Add({"R50", "END_PARENT_NOT_INFORMED", kShould,
                "Parent or young person is told that support ends.", "6.55"},
               Of<v1::EndSenSupport>(), EndParentNotInformed);
  registry.Add({"R51", "LOW_EVIDENCE", kWarning,
                "A request for an EHC assessment usually rests on two cycles; it is never blocked.",
                "6.63; s.36"},
               Of<v1::RequestEhcAssessment>(), LowEvidence);
  registry.Add({"R52", "SHARING_NOT_AGREED", kShould,
                "What is shared at a transition is agreed with the parents, and with the pupil.",
                "5.47; 6.57"},
               Of<v1::PlanTransition, v1::TransferChild>(), SharingNotAgreed);
}

std::vector<std::string> AllInAnOpenCase() {
  std::vector<std::string> guards;
  for (const core::CommandSpec& command : CommandTable()) {
    if (!command.opens_case) guards.push_back(command.type);
  }
  return guards;
}

template <class Command>
std::vector<std::string> AllBut() {
  std::vector<std::string> guards = AllInAnOpenCase();
  std::erase(guards, TypeOf<Command>());
  return guards;
}

void AddPeople(Registry& registry) {
  registry
      .Add({"R53", "NOT_CURRENT_SETTING", kIntegrity,
            "Only the setting that holds the case writes in it.", "data protection, 5.1"},
           All(), NotCurrentSetting)
      .before_stage = true;
  registry
      .Add({"R54", "CASE_CLOSED", kIntegrity,
            "A closed case is only reopened, corrected, held, disclosed or erased.",
            "record keeping, 6.73"},
           All(), CaseIsClosed)
      .before_stage = true;
  registry
      .Add({"R57", "NOT_AUTHORISED", kIntegrity,
            "A person restricted by a court does not act in the case.", "court orders, 5.3"},
           All(), NotAuthorised)
      .before_stage = true;
  registry.Add({"R58", "HOLD_IN_FORCE", kIntegrity, "Nothing is erased while a hold stands.",
                "data protection, 5.2"},
               Of<v1::EraseRecord>(), HoldInForce);
  registry.Add({"R59", "RETENTION_NOT_REACHED", kIntegrity,
                absl::StrCat("The record is kept until ", registry.policy().days.retention_years,
                             " years after birth."),
                "retention schedules, 5.1"},
               Of<v1::EraseRecord>(), RetentionNotReached);
  registry.Add(
      {"R60", "YP_DECIDES", kMust, "After compulsory school age the young person's word counts.",
       "s.83; chapters 7 and 8; Annex 1"},
      Of<v1::NotifyParent, v1::AgreePlan, v1::ChangeReviewDate, v1::HoldReview, v1::EndSenSupport,
         v1::RequestSpecialist>(),
      YpDecides);
  registry.Add({"R61", "AGENCY_NOT_IN_REPORT", kWarning,
                "An agency that is brought in stands in the setting's SEN information report.",
                "S13; S14; 6.79 to 6.83"},
               Of<v1::RequestSpecialist, v1::RecordInvolvedProfessional>(), AgencyNotInReport);
  registry.Add({"R62", "RECORD_TOO_OLD", kWarning,
                absl::StrCat("A record is made within ", registry.policy().days.record_too_old,
                             " school days."),
                "6.72"},
               AllInAnOpenCase(), RecordTooOld);
  registry.Add({"R63", "INSUFFICIENT_ATTEMPTS", kIntegrity,
                "Silence is recorded after at least two tries.", "S16; S20"},
               Of<v1::RecordViewsNotObtained, v1::RecordContribution>(), InsufficientAttempts);
  registry.Add(
      {"R64", "RESTRICTED_PERSON", kIntegrity,
       "A person restricted by a court takes no part and receives nothing; a concern may come from "
       "anybody.",
       "court orders, 5.3"},
      AllBut<v1::RaiseConcern>(), RestrictedPerson);
  registry.Add(
      {"R65", "REASON_REQUIRED", kIntegrity,
       "A departure, refusal, correction or hold gives a reason of at least 20 characters.",
       "comply or explain"},
      All(), ReasonRequired);
  registry.Add({"R66", "TRANSFER_HASH_MISMATCH", kIntegrity,
                "The package that is taken over is the one that was sent.", "data protection, 5.1"},
               Of<v1::AcceptTransfer>(), TransferHashMismatch);
}

// Which rules a case alone breaks, whatever the command will say.
struct Foreseen {
  const char* code;
  std::vector<std::string> commands;
};

std::vector<Foreseen> ForeseenTable() {
  const auto completes = Of<v1::CompleteAssessment>();
  const auto agrees = Of<v1::AgreePlan, v1::IssuePlanWithoutAgreement>();
  return {
      {"STAGE_ORDER", Of<v1::StartSupport, v1::CreateOnePageProfile>()},
      {"PRE_SUPPORT_MISSING", Of<v1::StartSenSupport>()},
      {"PARENT_NOT_NOTIFIED", agrees},
      {"PARENT_VIEWS_MISSING", completes},
      {"CHILD_VIEWS_MISSING", completes},
      {"NO_EVIDENCE", completes},
      {"PROFESSIONAL_NOT_CONSULTED", completes},
      {"INFORMATION_NOT_REVIEWED", completes},
      {"FURTHER_ASSESSMENT_UNDECIDED", completes},
      {"PARTICIPANT_NO_SAY", agrees},
      {"PARTICIPANTS_INCOMPLETE", agrees},
      {"NO_PLAN_IN_FORCE",
       Of<v1::SharePlan, v1::RecordDelivery, v1::RecordNonDelivery, v1::AdjustProvision>()},
      {"DATE_ORDER",
       Of<v1::AdaptTeaching, v1::ReviewAdaptation, v1::UpdateOnePageProfile, v1::ShareReviewRecord,
          v1::RecordSpecialistAdvice, v1::CloseSpecialistRequest, v1::RecordEhcDecision,
          v1::ReviewExitMonitoring, v1::ResolveDisagreement, v1::LiftHold>()},
      {"NOT_CURRENT_SETTING", AllBut<v1::AcceptTransfer>()},
      {"NOT_AUTHORISED", AllInAnOpenCase()},
      {"CASE_CLOSED", AllInAnOpenCase()},
      {"HOLD_IN_FORCE", Of<v1::EraseRecord>()},
      {"RETENTION_NOT_REACHED", Of<v1::EraseRecord>()}};
}

}  // namespace

std::vector<Rule> RuleTable(const Policy& policy) {
  Registry registry(policy);
  AddRegistration(registry);
  AddDatesAndOrder(registry);
  AddBeforeSupport(registry);
  AddAssess(registry);
  AddNeeds(registry);
  AddPlanContent(registry);
  AddDo(registry);
  AddReview(registry);
  AddLeave(registry);
  AddPeople(registry);
  std::vector<Rule> rules = registry.Take();
  for (const Foreseen& foreseen : ForeseenTable()) {
    const auto rule = std::ranges::find(rules, foreseen.code, &Rule::code);
    APDR_CHECK(rule != rules.end());
    rule->foreseen_for = foreseen.commands;
  }
  return rules;
}

}  // namespace apdr::sen
