#include "engine/domains/sen_support/profile/profile.h"

#include <string>

namespace apdr::sen {
Payloads Decide(const v1::CreateOnePageProfile& command, const SenInput&) {
  v1::OnePageProfileCreated event;
  *event.mutable_profile() = command.profile();
  return Happened(std::move(event));
}

Payloads Decide(const v1::UpdateOnePageProfile& command, const SenInput&) {
  v1::OnePageProfileUpdated event;
  *event.mutable_profile() = command.profile();
  event.set_reason(command.reason());
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::OnePageProfileCreated&, Date) {
  record.set_has_profile(true);
}

bool ChildHasVoice(const v1::OnePageProfile& profile) {
  return Includes(profile.authored_with(), IsChild) || profile.has_interpreted_by();
}

std::size_t CharactersOf(const v1::OnePageProfile& profile) {
  std::size_t count = 0;
  for (const auto* lines :
       {&profile.appreciate(), &profile.important_to_me(), &profile.how_to_support(),
        &profile.goals(), &profile.strengths_interests(), &profile.worries()}) {
    for (const std::string& line : *lines) count += CharactersIn(line);
  }
  for (const std::string* text :
       {&profile.communication(), &profile.working_well(), &profile.not_working()}) {
    count += CharactersIn(*text);
  }
  return count;
}

}  // namespace apdr::sen
