#include "engine/domains/sen_support/case_place.h"

#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/domains/sen_support/sen_terms.h"

namespace apdr::sen {

codec::PlaceChange FindPlace(const event::v1::Event& event) {
  v1::ChildRegistered registered;
  if (event.data().Is<v1::ChildRegistered>() && event.data().UnpackTo(&registered)) {
    const v1::Registration& registration = registered.registration();
    return {.setting_id = SettingId(registration.setting()),
            .authority_id = registration.home_la()};
  }
  v1::ChildTransferredIn moved;
  if (event.data().Is<v1::ChildTransferredIn>() && event.data().UnpackTo(&moved)) {
    return {.setting_id = SettingId(moved.acceptance().setting())};
  }
  v1::RecordCorrected corrected;
  if (event.data().Is<v1::RecordCorrected>() && event.data().UnpackTo(&corrected) &&
      corrected.correction().field() == "registration.home_la") {
    return {.authority_id = corrected.correction().new_value()};
  }
  return {};
}

}  // namespace apdr::sen
