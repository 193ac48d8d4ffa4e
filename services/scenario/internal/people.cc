#include "services/scenario/internal/people.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/domains/sen_support/examples.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

namespace examples = sen::examples;

constexpr std::string_view kAbbreviations[] = {"TCH", "KEY", "TUT", "SEN", "TA", "HEAD",
                                               "PAR", "CHI", "YP",  "EXT", "LA", "COV"};

// "TCH2" is a TCH.
std::string_view BaseOf(std::string_view abbreviation) {
  while (!abbreviation.empty() &&
         absl::ascii_isdigit(static_cast<unsigned char>(abbreviation.back()))) {
    abbreviation.remove_suffix(1);
  }
  return abbreviation;
}

bool IsAbbreviation(std::string_view words) {
  return std::ranges::find(kAbbreviations, words) != std::end(kAbbreviations);
}

sen::v1::PersonRef Someone(std::string_view case_id, std::string_view words,
                           std::string_view role) {
  sen::v1::PersonRef person;
  person.set_person_id(examples::PersonId(case_id, words));
  person.set_role(std::string(role));
  return person;
}

}  // namespace

absl::StatusOr<sen::v1::PersonRef> PersonNamed(std::string_view case_id, std::string_view words,
                                               const sen::Policy& policy) {
  if (IsAbbreviation(words)) return examples::Person(case_id, words);
  if (IsAbbreviation(BaseOf(words)))
    return Someone(case_id, words, examples::RoleOf(BaseOf(words)));
  const std::string plain = Normalised(words);
  if (plain == "coverteacher") return examples::Person(case_id, "COV");
  if (plain == "pupil" || plain == "student") return examples::Person(case_id, "CHI");
  if (plain == "parents") return examples::Person(case_id, "PAR");
  for (const std::string_view abbreviation : kAbbreviations) {
    if (Normalised(examples::RoleOf(abbreviation)) == plain) {
      return examples::Person(case_id, abbreviation);
    }
  }
  for (const std::string& discipline : policy.disciplines) {
    if (Normalised(discipline) == plain) return Someone(case_id, discipline, "professional");
  }
  for (const std::string& role : policy.roles) {
    if (plain.ends_with(Normalised(role))) return Someone(case_id, plain, role);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "Expected a person such as TCH, PAR or SLT, but found '", std::string(words), "'."));
}

core::Actor ActorNamed(std::string_view case_id, const std::string& abbreviation,
                       const std::string& setting_id) {
  const std::string_view base = BaseOf(abbreviation);
  if (base == "SYS") return {.id = "apdr", .role = "system", .setting_id = {}, .on_behalf_of = {}};
  static constexpr std::string_view kOutside[] = {"PAR", "CHI", "YP", "EXT", "LA"};
  const bool outside = std::ranges::find(kOutside, base) != std::end(kOutside);
  return {.id = examples::PersonId(case_id, abbreviation),
          .role = std::string(examples::RoleOf(base)),
          .setting_id = outside ? std::string() : setting_id,
          .on_behalf_of = {}};
}

std::string WhoMay(const core::CommandSpec& command, const std::string& abbreviation) {
  const auto may = [&](std::string_view who) {
    return command.roles.empty() ||
           std::ranges::find(command.roles, examples::RoleOf(BaseOf(who))) != command.roles.end();
  };
  if (may(abbreviation)) return abbreviation;
  const auto* found = std::ranges::find_if(kAbbreviations, may);
  return found == std::end(kAbbreviations) ? abbreviation : std::string(*found);
}

}  // namespace apdr::scenario
