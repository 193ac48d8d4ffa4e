#include "services/exports/annex_a.h"

#include <vector>

#include "services/exports/census.h"

namespace apdr::exports {

sen::v1::AnnexARow MakeAnnexARow(const CaseId& case_id, const sen::CaseState& record,
                                 const sen::v1::Registration& registration, Date on) {
  sen::v1::AnnexARow row;
  row.set_case_id(case_id.value());
  row.set_upn(UpnOf(record));
  row.set_uln(IdentifierOf(record, sen::v1::IDENTIFIER_TYPE_ULN));
  row.set_date_of_birth(record.date_of_birth());
  row.set_gender(registration.sex());
  const std::vector<sen::v1::Need> needs = NeedsOn(record, on);
  if (!needs.empty() && needs.front().rank() == 1) row.set_primary_need(needs.front().sen_type());
  row.set_urn(SettingIn(record, sen::v1::SETTING_SCHEME_URN));
  return row;
}

}  // namespace apdr::exports
