#include "engine/domains/sen_support/assess/professionals.h"

#include <algorithm>

namespace apdr::sen {
namespace {

using state::v1::KnownProfessional;

std::string IdOf(const KnownProfessional& professional) { return professional.person_id(); }

}  // namespace

const KnownProfessional* FindProfessional(const CaseState& record, const std::string& person_id) {
  const auto& known = record.professionals();
  const auto found = std::ranges::find(known, person_id, IdOf);
  return found == known.end() ? nullptr : &*found;
}

KnownProfessional& KnownOrNew(CaseState& record, const std::string& person_id) {
  auto& known = *record.mutable_professionals();
  const auto found = std::ranges::find(known, person_id, IdOf);
  if (found != known.end()) return *found;
  KnownProfessional& added = *record.add_professionals();
  added.set_person_id(person_id);
  return added;
}

bool IsInvolved(const KnownProfessional& professional, Date on) {
  if (!professional.involved()) return false;
  const auto since = ParseDate(professional.since());
  const auto until = ParseDate(professional.until());
  return (!since || *since <= on) && (!until || on <= *until);
}

}  // namespace apdr::sen
