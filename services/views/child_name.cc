#include "services/views/child_name.h"

#include "apdr/sen/v1/registration.pb.h"

namespace apdr::views {

void FoldName(const Happened& happened, sen::state::v1::ChildName& child) {
  const auto* registered = happened.As<sen::v1::ChildRegistered>();
  if (registered == nullptr) return;
  const sen::v1::Registration& registration = registered->registration();
  child.set_name(registration.preferred_name().empty() ? registration.given_name()
                                                       : registration.preferred_name());
  child.set_family_name(registration.family_name());
  child.set_nc_year(registration.nc_year());
}

}  // namespace apdr::views
