#include "engine/domains/sen_support/case_place.h"

#include <gtest/gtest.h>

#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"

namespace apdr::sen {
namespace {

template <class M>
codec::PlaceChange Find(const M& data) {
  event::v1::Event event;
  event.mutable_data()->PackFrom(data);
  return FindPlace(event);
}

void SetUrn(v1::Setting& setting, const std::string& value) {
  setting.set_scheme(v1::SETTING_SCHEME_URN);
  setting.set_value(value);
}

TEST(FindPlace, KnowsRegistrationTransferAndCorrection) {
  v1::ChildRegistered registered;
  SetUrn(*registered.mutable_registration()->mutable_setting(), "199001");
  registered.mutable_registration()->set_home_la("801");
  EXPECT_EQ(Find(registered).setting_id, "URN:199001");
  EXPECT_EQ(Find(registered).authority_id, "801");

  v1::ChildTransferredIn moved;
  SetUrn(*moved.mutable_acceptance()->mutable_setting(), "199002");
  EXPECT_EQ(Find(moved).setting_id, "URN:199002");
  EXPECT_EQ(Find(moved).authority_id, std::nullopt);

  v1::RecordCorrected corrected;
  corrected.mutable_correction()->set_field("registration.home_la");
  corrected.mutable_correction()->set_new_value("802");
  EXPECT_EQ(Find(corrected).authority_id, "802");
}

TEST(FindPlace, LearnsNothingFromAnythingElse) {
  v1::RecordCorrected corrected;
  corrected.mutable_correction()->set_field("registration.given_name");
  EXPECT_EQ(Find(corrected).authority_id, std::nullopt);
  EXPECT_EQ(Find(v1::PlanAgreed()).setting_id, std::nullopt);
}

}  // namespace
}  // namespace apdr::sen
