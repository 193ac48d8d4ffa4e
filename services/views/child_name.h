#pragma once

#include "apdr/sen/state/v1/view_state.pb.h"
#include "services/views/view.h"

namespace apdr::views {

// Takes the name and year from a registration; of any other event nothing.
void FoldName(const Happened& happened, sen::state::v1::ChildName& child);

// The same fields of a row.
template <class Row>
void PutName(const sen::state::v1::ChildName& child, Row& row) {
  row.set_name(child.name());
  row.set_family_name(child.family_name());
  row.set_nc_year(child.nc_year());
}

template <class Row>
void HideName(Row& row) {
  row.clear_name();
  row.clear_family_name();
}

}  // namespace apdr::views
