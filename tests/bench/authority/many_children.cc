#include "tests/bench/authority/many_children.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apdr/event/v1/event.pb.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/check.h"

namespace apdr::testing {
namespace {

namespace v1 = sen::v1;

void AgreePlan(SenOffice& office) {
  office.MoveTo("2025-10-22");
  auto agree = office.Example<v1::AgreePlan>();
  agree.mutable_plan()->set_review_on("2025-12-12");
  office.Do(std::move(agree));
}

void Play(SenOffice& office) {
  office.MoveTo("2025-09-02");
  auto registers = office.Example<v1::RegisterChild>();
  auto& setting = *registers.mutable_registration()->mutable_setting();
  setting.set_scheme(v1::SETTING_SCHEME_URN);
  setting.set_value("100000");
  office.Do(std::move(registers));
  office.Do<v1::LinkParentCarer>();
  office.Do<v1::AssignResponsibleTeacher>();
  office.MoveTo("2025-09-08");
  office.Do<v1::RaiseConcern>();
  office.Do<v1::AdaptTeaching>();
  office.MoveTo("2025-10-03");
  office.Do<v1::ReviewAdaptation>();
  office.Do<v1::StartSenSupport>();
  office.Do<v1::NotifyParent>();
  office.Do<v1::CreateOnePageProfile>();
  office.MoveTo("2025-10-08");
  office.Do<v1::StartAssessment>();
  office.Do<v1::ReviewExistingInformation>();
  office.Do<v1::DecideFurtherAssessment>();
  office.Do<v1::RecordChildViews>();
  office.Do<v1::RecordParentViews>();
  office.Do<v1::RecordProgress>();
  office.Do<v1::CompleteAssessment>();
  office.Do<v1::ConfirmParticipants>();
  const auto state = office.StateOf(SenOffice::Case());
  for (int i = 0; i < sen::CaseOf(state).current().participants_size(); ++i) {
    office.Do<v1::RecordContribution>();
  }
  AgreePlan(office);
  office.Do<v1::SharePlan>();
  office.MoveTo("2025-11-03");
  office.Do<v1::StartSupport>();
}

}  // namespace

ManyChildren::ManyChildren() {
  Play(office_);
  auto history = office_.store.ReadStream(SenOffice::Case(), CaseVersion(1), 1000);
  APDR_CHECK(history.ok());
  history_ = *std::move(history);
  for (const eventstore::StoredCommit& stored : history_) {
    events_each_ += stored.commit.events.size();
  }
}

StreamId ManyChildren::Case(std::uint64_t number) {
  return {TenantId("873"), CaseId(absl::StrFormat("018f0000-0000-7000-9000-%012d", number))};
}

std::string ManyChildren::School(std::uint64_t number) {
  return absl::StrCat("URN:", 100000 + number % kSchools);
}

std::vector<eventstore::Commit> ManyChildren::CommitsOf(std::uint64_t number,
                                                        absl::Time quiet_until) const {
  std::vector<eventstore::Commit> commits;
  commits.reserve(history_.size());
  for (const eventstore::StoredCommit& stored : history_) {
    eventstore::Commit commit = stored.commit;
    commit.stream = Case(number);
    commit.request_id = RequestId(absl::StrCat(commit.request_id.value(), "/", number));
    commit.claims.clear();
    for (std::string& event : commit.events) event = EventOf(number, event);
    const auto is_over = [quiet_until](const eventstore::Timer& timer) {
      return timer.fires_at <= quiet_until;
    };
    std::erase_if(commit.timers_started, is_over);
    commits.push_back(std::move(commit));
  }
  return commits;
}

std::string ManyChildren::EventOf(std::uint64_t number, const std::string& bytes) {
  event::v1::Event event;
  APDR_CHECK(event.ParseFromString(bytes));
  event.set_event_id(absl::StrFormat("018f0000-0000-7%03d-9000-%012d", event.version(), number));
  const StreamId stream = Case(number);
  event.set_tenant_id(stream.tenant.value());
  event.set_case_id(stream.case_id.value());
  event.mutable_actor()->set_setting_id(School(number));
  event.mutable_actor()->set_id(absl::StrFormat("018f0000-0000-7000-a000-%012d", number / 30));
  v1::ChildRegistered registered;
  if (event.data().UnpackTo(&registered)) {
    registered.mutable_registration()->mutable_setting()->set_value(School(number).substr(4));
    event.mutable_data()->set_value(registered.SerializeAsString());
  }
  return event.SerializeAsString();
}

}  // namespace apdr::testing
