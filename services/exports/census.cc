#include "services/exports/census.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/base/check.h"

namespace apdr::exports {
namespace {

using sen::v1::CensusRow;
using sen::v1::Need;

constexpr int kNeedsMax = 2;

Date NthThursday(absl::civil_diff_t n, int year, int month) {
  const Date first(year, month, 1);
  return absl::NextWeekday(first - 1, absl::Weekday::thursday) + 7 * (n - 1);
}

void Find(std::string rule, std::string fact, CensusRow& row) {
  sen::v1::CensusFinding& finding = *row.add_findings();
  finding.set_rule(std::move(rule));
  finding.set_fact(std::move(fact));
}

bool RanksAreContiguous(const std::vector<Need>& needs) {
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (needs[i].rank() != i + 1) return false;
  }
  return true;
}

void CheckType(const Census& census, const Need& need, CensusRow& row) {
  if (need.sen_type().empty()) {
    Find("2130", "A rank is given without a type of need.", row);
    return;
  }
  const sen::NeedCode* code = census.policy.FindNeed(need.sen_type());
  if (code == nullptr) {
    Find("NEED_CODE_INVALID", "A type of need is none of the census.", row);
  } else if (census.on < code->valid_from || (code->valid_to && *code->valid_to < census.on)) {
    Find("2115", "A type of need is discontinued, or not live yet.", row);
  } else if (!code->with_ehc_plan && row.provision() == sen::v1::PROVISION_EHC_PLAN) {
    Find("2175", "NSA stands beside an EHC plan, and is for SEN Support alone.", row);
  }
}

void CheckNeeds(const Census& census, const std::vector<Need>& needs, CensusRow& row) {
  if (needs.empty()) {
    Find("2170", "SEN Support or an EHC plan needs at least one type of need.", row);
    return;
  }
  for (const Need& need : needs) CheckType(census, need, row);
  if (needs.size() == 1 && needs.front().rank() > 1) {
    Find("2160", "A single type of need must have rank 1.", row);
  } else if (!RanksAreContiguous(needs)) {
    Find("2140", "Ranks must be 1, 2, 3 and so on, each once.", row);
  }
  if (needs.size() > kNeedsMax) {
    Find("2166", "The record has more than two types of need; the first two are exported.", row);
  }
}

void AddNeeds(const Census& census, const sen::CaseState& record, CensusRow& row) {
  const std::vector<Need> needs = NeedsOn(record, census.on);
  CheckNeeds(census, needs, row);
  for (const Need& need : needs) {
    if (row.needs_size() == kNeedsMax) return;
    sen::v1::CensusNeed& exported = *row.add_needs();
    exported.set_sen_type(need.sen_type());
    exported.set_rank(need.rank());
  }
}

}  // namespace

Date CensusDay(sen::v1::CensusTerm term, int year) {
  APDR_CHECK(term != sen::v1::CENSUS_TERM_UNSPECIFIED);
  if (term == sen::v1::CENSUS_TERM_AUTUMN) return NthThursday(1, year, 10);
  return NthThursday(3, year, term == sen::v1::CENSUS_TERM_SPRING ? 1 : 5);
}

CensusRow MakeCensusRow(const Census& census, const CaseId& case_id, const sen::CaseState& record) {
  CensusRow row;
  row.set_case_id(case_id.value());
  row.set_upn(UpnOf(record));
  row.set_urn(SettingIn(record, sen::v1::SETTING_SCHEME_URN));
  row.set_laestab(SettingIn(record, sen::v1::SETTING_SCHEME_LAESTAB));
  row.set_provision(record.provision());
  if (row.upn().empty()) Find("UPN_MISSING", "The record has no UPN.", row);
  if (record.provision() == sen::v1::PROVISION_UNSPECIFIED) {
    Find("2120", "The record has no provision.", row);
  } else if (record.provision() == sen::v1::PROVISION_NONE) {
    if (record.needs_size() > 0) {
      Find("2125", "The record has needs beside N; they are not exported.", row);
    }
  } else {
    if (record.has_sen_unit()) row.set_sen_unit(record.sen_unit());
    if (record.has_resourced_provision()) {
      row.set_resourced_provision(record.resourced_provision());
    }
    if (census.CollectsTypes()) AddNeeds(census, record, row);
  }
  return row;
}

std::string CodeOf(sen::v1::Provision provision) {
  switch (provision) {
    case sen::v1::PROVISION_NONE:
      return "N";
    case sen::v1::PROVISION_SEN_SUPPORT:
      return "K";
    case sen::v1::PROVISION_EHC_PLAN:
      return "E";
    default:
      return {};
  }
}

std::string IdentifierOf(const sen::CaseState& record, sen::v1::IdentifierType type) {
  for (const sen::v1::Identifier& identifier : record.identifiers()) {
    if (identifier.type() == type) return identifier.value();
  }
  return {};
}

std::string UpnOf(const sen::CaseState& record) {
  std::string permanent = IdentifierOf(record, sen::v1::IDENTIFIER_TYPE_UPN);
  return permanent.empty() ? IdentifierOf(record, sen::v1::IDENTIFIER_TYPE_UPN_TEMPORARY)
                           : permanent;
}

std::string SettingIn(const sen::CaseState& record, sen::v1::SettingScheme scheme) {
  return record.setting().scheme() == scheme ? record.setting().value() : std::string();
}

std::vector<Need> NeedsOn(const sen::CaseState& record, Date on) {
  const std::string day = FormatDate(on);
  std::vector<Need> needs;
  for (const Need& need : record.needs()) {  // Dates sort as their texts do.
    if (need.end_on().empty() || need.end_on() >= day) needs.push_back(need);
  }
  std::ranges::stable_sort(needs, {}, &Need::rank);
  return needs;
}

}  // namespace apdr::exports
