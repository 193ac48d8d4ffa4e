#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/settable_clock.h"
#include "engine/domains/sen_support/examples.h"
#include "services/views/reading.h"
#include "services/views/view_followers.h"
#include "services/views/view_table.h"
#include "tests/support/read_side.h"
#include "tests/support/sen_desk.h"

namespace apdr::testing {

// Cases that are folded into the views and read. The clock stands on 30 January 2026.
class ViewFixture : public SenDesk {
 protected:
  static constexpr char kSchool[] = "URN:199001";

  // As Amira Khan, known as Ami, of year 4.
  void Register(int number = 1) {
    Send<sen::v1::RegisterChild>(number, "2025-09-02", {.edit = [](auto& command) {
                                   auto& registration = *command.mutable_registration();
                                   registration.set_given_name("Amira");
                                   registration.set_family_name("Khan");
                                   registration.set_preferred_name("Ami");
                                   registration.set_nc_year("4");
                                   auto& setting = *registration.mutable_setting();
                                   setting.set_scheme(sen::v1::SETTING_SCHEME_URN);
                                   setting.set_value("199001");
                                 }});
    Send<sen::v1::LinkParentCarer>(number, "2025-09-02");
    Send<sen::v1::AssignResponsibleTeacher>(number, "2025-09-02");
  }

  // On SEN Support since 6 October 2025.
  void StartSenSupport(int number = 1) {
    Register(number);
    Send<sen::v1::RaiseConcern>(number, "2025-09-08");
    Send<sen::v1::AdaptTeaching>(number, "2025-09-09");
    Send<sen::v1::ReviewAdaptation>(number, "2025-10-03");
    Send<sen::v1::StartSenSupport>(number, "2025-10-06");
    Send<sen::v1::NotifyParent>(number, "2025-10-07");
  }

  // A plan agreed on 22 October 2025, to be reviewed on 12 December.
  void AgreePlan(int number = 1, const std::function<void(sen::v1::PlanContent&)>& edit = {}) {
    Send<sen::v1::CreateOnePageProfile>(number, "2025-10-07");
    AssessAndAgreePlan(number, edit);
  }

  // Two sessions of P1 given, one missed; reviewed three days late.
  void HoldReview(int number = 1) {
    Send<sen::v1::SharePlan>(number, "2025-10-23");
    Send<sen::v1::StartSupport>(number, "2025-11-03");
    for (const char* on : {"2025-11-04", "2025-11-05"}) {
      Send<sen::v1::RecordDelivery>(number, on, {.edit = [](auto& command) {
                                      command.mutable_delivery()->set_provision_id("P1");
                                      command.mutable_delivery()->set_minutes(20);
                                    }});
    }
    Send<sen::v1::RecordNonDelivery>(number, "2025-11-06", {.edit = [](auto& command) {
                                       command.mutable_non_delivery()->set_provision_id("P1");
                                     }});
    Send<sen::v1::HoldReview>(number, "2025-12-15");
  }

  // To another school, which takes the case over on 12 January 2026.
  void Move(int number = 1) {
    Send<sen::v1::TransferChild>(number, "2026-01-07");
    Send<sen::v1::SendTransferPackage>(number, "2026-01-08");
    Send<sen::v1::AcceptTransfer>(number, "2026-01-12");
  }

  // What a person puts right in the registration.
  void CorrectRegistration(int number, const std::string& field, const std::string& value) {
    const auto commits = store.ReadStream(Case(number), CaseVersion(1), 1);
    ASSERT_TRUE(commits.ok());
    event::v1::Event first;
    ASSERT_TRUE(first.ParseFromString(commits->front().commit.events.front()));
    sen::v1::RecordCorrected corrected;
    corrected.mutable_correction()->set_target_event_id(first.event_id());
    corrected.mutable_correction()->set_field(field);
    corrected.mutable_correction()->set_new_value(value);
    Append(number, "2026-01-20", corrected);
  }

  void Erase(int number) { Append(number, "2026-01-20", sen::v1::RecordErased()); }

  // Everything sent so far is in the read model.
  void Fold() { side.RunUntilIdle(); }

  views::ViewFollowers followers{workflow, model, views::ViewTable()};
  ReadSide side{{.workflow = workflow,
                 .consumer = consumer,
                 .model = model,
                 .gaps = nullptr,
                 .shard_count = kShards,
                 .batch_records_max = 100,
                 .cached_cases_max = 100,
                 .followers = &followers}};
  SettableClock clock{HourOf(On("2026-01-30"), 12, module.definition().zone)};
  const views::Reading reading{
      .model = model, .workflow = workflow, .clock = clock, .shard_count = kShards};
};

}  // namespace apdr::testing
