#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/settable_clock.h"
#include "engine/domains/sen_support/examples.h"
#include "services/exports/export_reader.h"
#include "tests/support/read_side.h"
#include "tests/support/sen_desk.h"

namespace apdr::testing {

// A permanent UPN of authority 801, with its check letter.
[[nodiscard]] inline std::string UpnNumber(int number) {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";
  const std::string digits = absl::StrFormat("8012999%05d", number);
  std::size_t sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    sum += (i + 2) * static_cast<std::size_t>(digits[i] - '0');
  }
  return kLetters[sum % kLetters.size()] + digits;
}

// Cases that are folded and exported. The clock stands on 30 June 2026.
class ExportFixture : public SenDesk {
 protected:
  void Register(int number, const std::function<void(sen::v1::Registration&)>& edit = {}) {
    Send<sen::v1::RegisterChild>(
        Case(number), "2025-09-02", {.edit = [&](sen::v1::RegisterChild& command) {
          sen::v1::Identifier& upn = *command.mutable_registration()->add_identifiers();
          upn.set_type(sen::v1::IDENTIFIER_TYPE_UPN);
          upn.set_value(UpnNumber(number));
          if (edit) edit(*command.mutable_registration());
        }});
    Send<sen::v1::LinkParentCarer>(Case(number), "2025-09-02");
    Send<sen::v1::AssignResponsibleTeacher>(Case(number), "2025-09-02");
  }

  // On SEN Support since 6 October 2025.
  void StartSupport(int number, const std::vector<sen::v1::Need>& needs) {
    Send<sen::v1::RaiseConcern>(Case(number), "2025-09-08");
    Send<sen::v1::AdaptTeaching>(Case(number), "2025-09-09");
    Send<sen::v1::ReviewAdaptation>(Case(number), "2025-10-03");
    Send<sen::v1::StartSenSupport>(Case(number), "2025-10-06",
                                   {.edit = [&](sen::v1::StartSenSupport& command) {
                                     command.mutable_start()->clear_needs();
                                     for (const sen::v1::Need& need : needs) {
                                       *command.mutable_start()->add_needs() = need;
                                     }
                                   }});
  }
  void StartSupport(int number) { StartSupport(number, {sen::examples::NeedOf("SPLD", 1)}); }

  // Assessed on 15 October, plan agreed on 22 October 2025.
  void AgreePlan(int number) {
    Send<sen::v1::NotifyParent>(number, "2025-10-07");
    AssessAndAgreePlan(number);
  }

  // Everything sent so far is in the read model.
  void Fold() { side.RunUntilIdle(); }

  ReadSide side{{.workflow = workflow,
                 .consumer = consumer,
                 .model = model,
                 .gaps = nullptr,
                 .shard_count = kShards,
                 .batch_records_max = 100,
                 .cached_cases_max = 100}};
  SettableClock clock{HourOf(On("2026-06-30"), 12, module.definition().zone)};
  exports::ExportReader reader{{.model = model,
                                .workflow = workflow,
                                .policy = module.policy(),
                                .clock = clock,
                                .shard_count = kShards}};
};

}  // namespace apdr::testing
