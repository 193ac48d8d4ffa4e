#pragma once

#include <string>
#include <vector>

#include "apdr/sen/v1/export_service.pb.h"
#include "engine/base/date.h"
#include "engine/base/vocabulary.h"
#include "engine/domains/sen_support/policy.h"
#include "engine/domains/sen_support/sen_state.h"

// The SEN items of the school census, by their names in the common basic data set.
namespace apdr::exports {

// First Thursday of October, third Thursday of January, third Thursday of May.
// REQUIRES: term is one of these.
[[nodiscard]] Date CensusDay(sen::v1::CensusTerm term, int year);

// One census.
struct Census {
  sen::v1::CensusTerm term = sen::v1::CENSUS_TERM_UNSPECIFIED;
  Date on;
  const sen::Policy& policy;

  // Types of need are collected in spring alone.
  [[nodiscard]] bool CollectsTypes() const { return term == sen::v1::CENSUS_TERM_SPRING; }
};

// The row of a child who is on a roll, as the record has it, with what a census would refuse in it:
// a wrong row is found before the census finds it, not left out.
[[nodiscard]] sen::v1::CensusRow MakeCensusRow(const Census& census, const CaseId& case_id,
                                               const sen::CaseState& record);

// "K".
[[nodiscard]] std::string CodeOf(sen::v1::Provision provision);

// The identifier of a type; empty: there is none.
[[nodiscard]] std::string IdentifierOf(const sen::CaseState& record, sen::v1::IdentifierType type);
// The permanent UPN, else the temporary one.
[[nodiscard]] std::string UpnOf(const sen::CaseState& record);
// The value of a setting named by this scheme, else empty.
[[nodiscard]] std::string SettingIn(const sen::CaseState& record, sen::v1::SettingScheme scheme);

// Needs that stand on a day, by rank.
[[nodiscard]] std::vector<sen::v1::Need> NeedsOn(const sen::CaseState& record, Date on);

}  // namespace apdr::exports
