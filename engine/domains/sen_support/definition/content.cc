#include "engine/domains/sen_support/definition/content.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/definition/people_in.h"
#include "engine/domains/sen_support/governance/governance.h"
#include "engine/domains/sen_support/profile/profile.h"
#include "engine/domains/sen_support/registration/identifiers.h"
#include "engine/domains/sen_support/setting/setting.h"

namespace apdr::sen {
namespace {

constexpr std::size_t kAuthorityDigits = 3;

struct Problem {
  const char* code;
  std::string field;
  std::string fact;
};

Problem Invalid(std::string field, std::string fact) {
  return {"FIELD_INVALID", std::move(field), std::move(fact)};
}

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

// A UPN and a ULN have rules of their own.
std::optional<Problem> InIdentifier(v1::IdentifierType type, const std::string& value) {
  if (type != v1::IDENTIFIER_TYPE_NHS || IsNhsNumber(NormalisedIdentifier(value))) {
    return std::nullopt;
  }
  return Invalid("identifier", "must be an NHS number: ten digits with a check digit");
}

std::optional<Problem> InRegistration(const v1::Registration& registration, const Policy& policy) {
  const std::string& authority = registration.home_la();
  if (authority.size() != kAuthorityDigits ||
      !std::ranges::all_of(authority, [](char c) { return c >= '0' && c <= '9'; })) {
    return Invalid("registration.home_la", "must be the three digits of an authority");
  }
  if (!Contains(policy.curriculum_years, registration.nc_year())) {
    return Invalid("registration.nc_year", "must be E1, E2, N1, N2, R, 1 to 14 or X");
  }
  for (const v1::Identifier& identifier : registration.identifiers()) {
    if (auto problem = InIdentifier(identifier.type(), identifier.value())) return problem;
  }
  if (policy.FindCalendar(registration.calendar()) == nullptr) {
    return Invalid("registration.calendar", "must be a calendar of the policy");
  }
  return std::nullopt;
}

std::optional<Problem> InDiscipline(const char* field, const std::string& discipline,
                                    const Policy& policy) {
  if (Contains(policy.disciplines, discipline)) return std::nullopt;
  return Invalid(field, "must be a discipline of the policy");
}

// Ids by which other messages refer to items: each once.
template <class Items, class IdOf>
std::optional<Problem> IdTwice(const char* field, const Items& items, IdOf id_of) {
  std::set<std::string> seen;
  for (const auto& item : items) {
    if (!seen.insert(id_of(item)).second) return Invalid(field, "must not name one id twice");
  }
  return std::nullopt;
}

std::optional<Problem> InPlan(const v1::PlanContent& plan) {
  auto problem = IdTwice("plan.outcomes", plan.outcomes(),
                         [](const v1::Outcome& outcome) { return outcome.outcome_id(); });
  if (problem) return problem;
  return IdTwice("plan.provisions", plan.provisions(),
                 [](const v1::PlannedProvision& provision) { return provision.provision_id(); });
}

std::optional<Problem> InProfile(const v1::OnePageProfile& profile) {
  if (CharactersOf(profile) <= kProfileCharactersMax) return std::nullopt;
  return Invalid("profile", absl::StrCat("must have at most ", kProfileCharactersMax,
                                         " characters, so that it fits one page"));
}

std::optional<Problem> InIssuedPlan(const v1::IssuePlanWithoutAgreement& issue) {
  const std::string& role = issue.disagreement().decided_by().role();
  if (!IsSenco(role) && role != "head") {
    return Invalid("disagreement.decided_by", "must be the SENCO, named person or head");
  }
  return InPlan(issue.plan());
}

// Ids that the caller chooses name one thing for ever.
template <class Ids>
std::optional<Problem> UsedBefore(const char* field, const std::string& id, const Ids& ids) {
  if (std::ranges::find(ids, id) == ids.end()) return std::nullopt;
  return Invalid(field, "must be an id that this case has not used");
}

std::optional<Problem> InSpecialistRequest(const v1::SpecialistRequest& request,
                                           const SenInput& input) {
  auto problem = InDiscipline("request.discipline", request.discipline(), input.policy);
  if (problem) return problem;
  return UsedBefore("request.request_id", request.request_id(),
                    input.record.specialist_request_ids());
}

std::optional<Problem> InReport(const v1::SenInformationReport& report, const Policy& policy) {
  constexpr std::string_view kScheme = "https://";
  if (!report.url().starts_with(kScheme) || report.url().size() == kScheme.size() ||
      report.url()[kScheme.size()] == '/') {
    return Invalid("report.url", "must be an address that begins with https://");
  }
  for (const v1::ExternalAgency& agency : report.external_agencies()) {
    auto problem = InDiscipline("report.external_agencies", agency.discipline(), policy);
    if (problem) return problem;
  }
  return std::nullopt;
}

// A setting is of one type; one that becomes an academy has another identifier.
std::optional<Problem> OtherType(const SenInput& input) {
  const auto recorded = input.record.setting().type();
  if (!input.record.has_setting() || SettingNamed(input).type() == recorded) return std::nullopt;
  return Invalid("setting.type",
                 absl::StrCat("must be the one on record, ", v1::SettingType_Name(recorded)));
}

std::optional<Problem> InSettingCommand(const SenInput& input) {
  if (auto problem = OtherType(input)) return problem;
  if (const auto* publish = input.TryCommand<v1::PublishSenInformationReport>()) {
    return InReport(publish->report(), input.policy);
  }
  const auto& assignment = input.command<v1::AssignSenco>().assignment();
  const auto& sencos = input.policy.RulesFor(assignment.setting().type()).sencos;
  if (Contains(sencos, assignment.person().role())) return std::nullopt;
  return Invalid("assignment.person.role",
                 absl::StrCat("must be, in this type of setting, ", absl::StrJoin(sencos, " or ")));
}

// Preparing for adulthood is an area of outcomes, not of need.
std::optional<Problem> InNeedArea(const char* field, v1::Area area) {
  if (area != v1::AREA_PREPARING_FOR_ADULTHOOD) return std::nullopt;
  return Invalid(field, "must be a broad area of need; preparing for adulthood is for outcomes");
}

std::optional<Problem> InNeedAreas(const SenInput& input) {
  if (const auto* concern = input.TryCommand<v1::RaiseConcern>()) {
    for (const int area : concern->concern().areas()) {
      if (auto problem = InNeedArea("concern.areas", static_cast<v1::Area>(area))) return problem;
    }
  }
  if (const auto* assess = input.TryCommand<v1::RecordAssessment>()) {
    return InNeedArea("assessment.area", assess->assessment().area());
  }
  if (const auto* complete = input.TryCommand<v1::CompleteAssessment>()) {
    return InNeedArea("assessment.primary_area", complete->assessment().primary_area());
  }
  return std::nullopt;
}

// S25: working together takes two.
std::optional<Problem> InTeamNote(const v1::TeamNote& note) {
  std::set<std::string> roles;
  for (const v1::PersonRef& person : note.participants()) roles.insert(person.role());
  if (roles.size() > 1) return std::nullopt;
  return Invalid("note.participants", "must be people of at least two roles");
}

std::optional<Problem> InCommand(const SenInput& input) {
  if (IsAboutSetting(input)) return InSettingCommand(input);
  if (const auto* assign = input.TryCommand<v1::AssignIdentifier>()) {
    return InIdentifier(assign->identifier().type(), assign->identifier().value());
  }
  if (const auto* registers = input.TryCommand<v1::RegisterChild>()) {
    return InRegistration(registers->registration(), input.policy);
  }
  if (const auto* review = input.TryCommand<v1::ReviewAdaptation>()) {
    if (review->result() != v1::ADAPTATION_RESULT_CONTINUE_ADAPTING) return std::nullopt;
    if (!review->new_review_on().empty()) return std::nullopt;
    return Problem{"FIELD_REQUIRED", "new_review_on", "must be given when adapting continues"};
  }
  if (const auto* involved = input.TryCommand<v1::RecordInvolvedProfessional>()) {
    return InDiscipline("professional.discipline", involved->professional().discipline(),
                        input.policy);
  }
  if (const auto* advice = input.TryCommand<v1::RecordProfessionalInput>()) {
    return InDiscipline("input.discipline", advice->input().discipline(), input.policy);
  }
  if (const auto* request = input.TryCommand<v1::RequestSpecialist>()) {
    return InSpecialistRequest(request->request(), input);
  }
  if (const auto* raise = input.TryCommand<v1::RaiseDisagreement>()) {
    return UsedBefore("disagreement.disagreement_id", raise->disagreement().disagreement_id(),
                      input.record.disagreement_ids());
  }
  if (input.TryCommand<v1::CorrectRecord>() != nullptr) {
    std::string wrong = WrongWithCorrection(input);
    if (wrong.empty()) return std::nullopt;
    return Invalid("correction", std::move(wrong));
  }
  if (const auto* accept = input.TryCommand<v1::AcceptTransfer>()) {
    if (input.policy.FindCalendar(accept->acceptance().calendar()) != nullptr) return std::nullopt;
    return Invalid("acceptance.calendar", "must be a calendar of the policy");
  }
  if (const auto* create = input.TryCommand<v1::CreateOnePageProfile>()) {
    return InProfile(create->profile());
  }
  if (const auto* update = input.TryCommand<v1::UpdateOnePageProfile>()) {
    return InProfile(update->profile());
  }
  if (const auto* note = input.TryCommand<v1::RecordTeamNote>()) return InTeamNote(note->note());
  if (const auto* draft = input.TryCommand<v1::DraftPlan>()) return InPlan(draft->plan());
  if (const auto* agree = input.TryCommand<v1::AgreePlan>()) return InPlan(agree->plan());
  if (const auto* issue = input.TryCommand<v1::IssuePlanWithoutAgreement>()) {
    return InIssuedPlan(*issue);
  }
  if (const auto* hold = input.TryCommand<v1::HoldReview>()) {
    return IdTwice("review.outcome_evaluations", hold->review().outcome_evaluations(),
                   [](const auto& evaluation) { return evaluation.outcome_id(); });
  }
  return std::nullopt;
}

std::optional<Problem> InRoles(const SenInput& input) {
  const auto& payload = static_cast<const codec::MessagePayload&>(*input.engine.command.payload);
  for (const v1::PersonRef* person : PeopleIn(payload.message())) {
    if (!Contains(input.policy.roles, person->role())) {
      return Invalid("role", "must be a role of the policy");
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<core::Rejection> CheckContent(const SenInput& input,
                                            const std::vector<core::CommandSpec>& commands) {
  std::optional<Problem> problem = InCommand(input);
  if (!problem) problem = InNeedAreas(input);
  if (!problem) problem = InRoles(input);
  if (!problem) return std::nullopt;
  const std::string fact = absl::StrCat("the field ", problem->field, " ", problem->fact);
  const auto spec =
      std::ranges::find(commands, input.engine.command.payload->type(), &core::CommandSpec::type);
  return core::Rejection{.kind = core::RejectionKind::kMalformed,
                         .violations = {{problem->code, fact}},
                         .message = absl::StrCat("Expected to ", spec->title, ", but ", fact, "."),
                         .metadata = {{"field", problem->field}}};
}

}  // namespace apdr::sen
