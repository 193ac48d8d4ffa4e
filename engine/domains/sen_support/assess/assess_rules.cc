#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/profile.pb.h"
#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/assess/professionals.h"
#include "engine/domains/sen_support/assess/specialist.h"
#include "engine/domains/sen_support/profile/profile.h"

namespace apdr::sen {

// A young person decides whether the parents take part (chapter 8), so their views are not owed.
std::optional<Breach> ParentViewsMissing(const SenInput& input) {
  if (input.record.current().parent_views_settled() || input.ChildIsYoungPerson()) {
    return std::nullopt;
  }
  return Broken("this cycle has neither the parents' views nor two tries to have them");
}

std::optional<Breach> ChildViewsMissing(const SenInput& input) {
  const v1::OnePageProfile* profile = nullptr;
  if (const auto* create = input.TryCommand<v1::CreateOnePageProfile>()) {
    profile = &create->profile();
  } else if (const auto* update = input.TryCommand<v1::UpdateOnePageProfile>()) {
    profile = &update->profile();
  }
  if (profile != nullptr) {
    if (ChildHasVoice(*profile)) return std::nullopt;
    return Broken("the child is not among the authors and nobody is named who gave a voice");
  }
  if (input.record.current().child_views_settled()) return std::nullopt;
  return Broken("this cycle has neither the child's views nor two tries to have them");
}

std::optional<Breach> NoEvidence(const SenInput& input) {
  if (input.record.current().evidence() > 0) return std::nullopt;
  return Broken("this cycle has neither an assessment nor progress on record");
}

std::optional<Breach> ProfessionalNotConsulted(const SenInput& input) {
  int missing = 0;
  for (const auto& professional : input.record.professionals()) {
    const bool consulted = professional.consulted_in_cycle() == NextCycle(input.record);
    if (IsInvolved(professional, input.on()) && !consulted) ++missing;
  }
  if (missing == 0) return std::nullopt;
  return Broken(absl::StrCat("in this cycle nobody has asked ", missing,
                             " of the professionals who work with the child"),
                {{"professionals", absl::StrCat(missing)}});
}

std::optional<Breach> InformationNotReviewed(const SenInput& input) {
  const auto& current = input.record.current();
  const bool by_senco = current.information_reviewed_by_senco() || !input.NeedsSenco();
  if (current.information_reviewed_by_teacher() && by_senco) return std::nullopt;
  const std::string missing = current.information_reviewed_by_teacher()
                                  ? "the SENCO or named person"
                              : by_senco ? "the teacher, keyworker or tutor"
                                         : "teacher and SENCO";
  return Broken(
      absl::StrCat("the information already gathered has not been looked at by ", missing));
}

std::optional<Breach> FurtherAssessmentUndecided(const SenInput& input) {
  if (const auto* decide = input.TryCommand<v1::DecideFurtherAssessment>()) {
    if (!decide->decision().has_needed()) {
      return Broken(
          "the decision says neither that further assessment is needed nor that it is not");
    }
    if (!decide->decision().rationale().empty()) return std::nullopt;
    return Broken("the decision gives no reason");
  }
  if (input.record.current().further_assessment_decided()) return std::nullopt;
  return Broken("nobody has decided whether further assessment is needed");
}

// A professional whom the case does not know yet is brought in only if the parents agree, and an
// agreement of a later day is none. Whom they have agreed to ask is agreed.
std::optional<Breach> NoParentalAgreement(const SenInput& input) {
  if (input.TryCommand<v1::RequestSpecialist>() != nullptr) return SpecialistNotAgreed(input);
  const v1::PersonRef* person = nullptr;
  bool agreed = false;
  if (const auto* advice = input.TryCommand<v1::RecordProfessionalInput>()) {
    person = &advice->input().professional();
    const std::optional<Date> agreed_on = ParseDate(advice->input().parent_agreed_on());
    const auto& disciplines = input.record.agreed_disciplines();
    agreed = (agreed_on && *agreed_on <= input.on()) ||
             std::ranges::find(disciplines, advice->input().discipline()) != disciplines.end();
  } else {
    person = &input.command<v1::RecordAssessment>().assessment().assessed_by();
    if (person->role() != "professional") return std::nullopt;
    agreed = !input.record.agreed_disciplines().empty();
  }
  if (agreed || FindProfessional(input.record, person->person_id()) != nullptr) {
    return std::nullopt;
  }
  return Broken("the professional is new to the case and no agreement of the parents is recorded");
}

}  // namespace apdr::sen
