#include "services/exports/columns.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace apdr::exports {
namespace {

using sen::v1::AnnexARow;
using sen::v1::CensusRow;
using sen::v1::EhcEscalation;
using sen::v1::EvidenceItem;

constexpr std::size_t kCensusColumnsOfNeeds = 4;

std::string TypeAt(const CensusRow& row, int place) {
  return place < row.needs_size() ? row.needs(place).sen_type() : std::string();
}

// Empty: not known.
std::string Indicator(bool known, bool has) { return !known ? "" : has ? "true" : "false"; }

std::string RankAt(const CensusRow& row, int place) {
  return place < row.needs_size() ? absl::StrCat(row.needs(place).rank()) : std::string();
}

// What the record of the graduated approach does not hold: other systems fill it.
std::string NotHeld(const AnnexARow&) { return {}; }

std::string RequestSource(sen::v1::EhcRequester requester) {
  switch (requester) {
    case sen::v1::EHC_REQUESTER_PARENT:
      return "parent";
    case sen::v1::EHC_REQUESTER_YOUNG_PERSON:
      return "young-person";
    case sen::v1::EHC_REQUESTER_SETTING:
      return "setting";
    case sen::v1::EHC_REQUESTER_OTHER:
      return "other";
    default:
      return {};
  }
}

std::string Outcome(sen::v1::EhcDecision decision) {
  switch (decision) {
    case sen::v1::EHC_DECISION_ASSESS:
      return "assess";
    case sen::v1::EHC_DECISION_NOT_ASSESS:
      return "not-assess";
    case sen::v1::EHC_DECISION_ISSUE:
      return "issue";
    case sen::v1::EHC_DECISION_NOT_ISSUE:
      return "not-issue";
    default:
      return {};
  }
}

// The columns of needs stand last.
constexpr std::array<Column<CensusRow>, 10> kCensus = {{
    {"UPN", [](const CensusRow& row) { return row.upn(); }},
    {"URN", [](const CensusRow& row) { return row.urn(); }},
    {"LAEstab", [](const CensusRow& row) { return row.laestab(); }},
    {"SENprovision", [](const CensusRow& row) { return CodeOf(row.provision()); }},
    {"SENunitIndicator",
     [](const CensusRow& row) { return Indicator(row.has_sen_unit(), row.sen_unit()); }},
    {"ResourcedProvisionIndicator",
     [](const CensusRow& row) {
       return Indicator(row.has_resourced_provision(), row.resourced_provision());
     }},
    {"SENtype1", [](const CensusRow& row) { return TypeAt(row, 0); }},
    {"SENtypeRank1", [](const CensusRow& row) { return RankAt(row, 0); }},
    {"SENtype2", [](const CensusRow& row) { return TypeAt(row, 1); }},
    {"SENtypeRank2", [](const CensusRow& row) { return RankAt(row, 1); }},
}};

constexpr std::array<Column<AnnexARow>, 17> kAnnexA = {{
    {"Unique ID", [](const AnnexARow& row) { return row.case_id(); }},
    {"UPN", [](const AnnexARow& row) { return row.upn(); }},
    {"ULN", [](const AnnexARow& row) { return row.uln(); }},
    {"Date of birth", [](const AnnexARow& row) { return row.date_of_birth(); }},
    {"Gender", [](const AnnexARow& row) { return row.gender(); }},
    {"Ethnicity", NotHeld},
    {"SEN primary need", [](const AnnexARow& row) { return row.primary_need(); }},
    {"Main education establishment – URN", [](const AnnexARow& row) { return row.urn(); }},
    {"Main education establishment – phase", NotHeld},
    {"Subsidiary education establishment – phase (dual registration)", NotHeld},
    {"Suspensions", NotHeld},
    {"Permanent exclusions", NotHeld},
    {"Absence", NotHeld},
    {"Pupil Premium", NotHeld},
    {"Known to children's social care?", NotHeld},
    {"Which children's social care team?", NotHeld},
    {"Does the child or young person have a disability?", NotHeld},
}};

constexpr std::array<Column<EhcEscalation>, 9> kSen2 = {{
    {"ReceivedDate", [](const EhcEscalation& row) { return row.requested_on(); }},
    {"RequestSource", [](const EhcEscalation& row) { return RequestSource(row.requested_by()); }},
    {"RequestOutcome",
     [](const EhcEscalation& row) { return Outcome(row.request_outcome().decision()); }},
    {"RequestOutcomeDate", [](const EhcEscalation& row) { return row.request_outcome_on(); }},
    {"AssessmentOutcome",
     [](const EhcEscalation& row) { return Outcome(row.assessment_outcome().decision()); }},
    {"AssessmentOutcomeDate", [](const EhcEscalation& row) { return row.assessment_outcome_on(); }},
    {"StartDate", [](const EhcEscalation& row) { return row.plan_started_on(); }},
    {"SENtype1", [](const EhcEscalation& row) { return row.plan().primary_need(); }},
    {"SENtype2", [](const EhcEscalation& row) { return row.plan().secondary_need(); }},
}};

constexpr std::array<Column<EvidenceItem>, 7> kEvidence = {{
    {"Date", [](const EvidenceItem& row) { return row.occurred_on(); }},
    {"Kind", [](const EvidenceItem& row) { return row.kind(); }},
    {"What", [](const EvidenceItem& row) { return row.what(); }},
    {"Role", [](const EvidenceItem& row) { return row.role(); }},
    {"EventID", [](const EvidenceItem& row) { return row.event_id(); }},
    {"SHA256", [](const EvidenceItem& row) { return row.sha256(); }},
    {"Corrected",
     [](const EvidenceItem& row) { return std::string(row.corrected() ? "yes" : ""); }},
}};

}  // namespace

std::span<const Column<CensusRow>> CensusColumns(sen::v1::CensusTerm term) {
  const std::span<const Column<CensusRow>> all = kCensus;
  return term == sen::v1::CENSUS_TERM_SPRING ? all : all.first(all.size() - kCensusColumnsOfNeeds);
}

std::span<const Column<AnnexARow>> AnnexAColumns() { return kAnnexA; }

std::span<const Column<EhcEscalation>> Sen2Columns() { return kSen2; }

std::span<const Column<EvidenceItem>> EvidenceColumns() { return kEvidence; }

}  // namespace apdr::exports
