#include "services/timer/demo_clock_service.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/support/server_callback.h>

#include <optional>
#include <utility>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "apdr/command/v1/demo_clock_service.grpc.pb.h"
#include "engine/base/date.h"
#include "engine/base/status_macros.h"
#include "services/host/error_reply.h"
#include "services/timer/timer_worker.h"

namespace apdr::timer {
namespace {

constexpr int kWorkingHour = 9;  // A school day has begun; deadlines have fired at 6.

class DemoClockServiceImpl final : public command::v1::DemoClockService::CallbackService {
 public:
  DemoClockServiceImpl(SettableClock& clock, absl::TimeZone zone, eventstore::EventStore& store,
                       command::CommandHandler& handler)
      : clock_(clock), zone_(zone), store_(store), handler_(handler) {}

  grpc::ServerUnaryReactor* AdvanceClock(grpc::CallbackServerContext* context,
                                         const command::v1::AdvanceClockRequest* request,
                                         command::v1::AdvanceClockResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const std::optional<Date> date = ParseDate(request->date());
    if (!date) {
      reactor->Finish(host::ToGrpcStatus(
          host::MakeError(error::v1::ERROR_CODE_FIELD_INVALID,
                          "Expected to move the clock, but date must be a date such as 2026-02-06.",
                          {{"field", "date"}})));
      return reactor;
    }
    const absl::Status advanced = AdvanceTo(HourOf(*date, kWorkingHour, zone_), response);
    reactor->Finish(advanced.ok() ? grpc::Status::OK
                                  : host::ToGrpcStatus(host::FromStatus(advanced)));
    return reactor;
  }

 private:
  absl::Status AdvanceTo(absl::Time target, command::v1::AdvanceClockResponse* response) {
    const absl::MutexLock lock(&mutex_);  // One mover at a time.
    std::uint32_t fired = 0;
    std::size_t passed_over = 0;  // They stay in the index and have nothing to report.
    while (true) {
      APDR_ASSIGN_OR_RETURN(const auto due, store_.DueTimers(target, passed_over + 1));
      if (due.size() <= passed_over) break;
      clock_.AdvanceTo(due[passed_over].timer.fires_at);
      APDR_ASSIGN_OR_RETURN(const bool reported, Report(due[passed_over]));
      reported ? ++fired : ++passed_over;
    }
    clock_.AdvanceTo(target);
    *response->mutable_now() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(clock_.Now()));
    response->set_fired(fired);
    return absl::OkStatus();
  }

  // Whether that made an event.
  absl::StatusOr<bool> Report(const eventstore::DueTimer& due) {
    absl::Notification done;
    absl::StatusOr<bool> reported = false;
    handler_.Submit(MakeDeadlineRequest(due), [&](const command::Outcome& outcome) {
      if (const auto* failed = std::get_if<absl::Status>(&outcome)) {
        reported = *failed;
      } else if (const auto* accepted = std::get_if<command::Accepted>(&outcome)) {
        reported = !accepted->events.empty();
      }
      done.Notify();
    });
    done.WaitForNotification();
    return reported;
  }

  SettableClock& clock_;
  const absl::TimeZone zone_;
  eventstore::EventStore& store_;
  command::CommandHandler& handler_;
  absl::Mutex mutex_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeDemoClockService(SettableClock& clock, absl::TimeZone zone,
                                                    eventstore::EventStore& store,
                                                    command::CommandHandler& handler) {
  return std::make_unique<DemoClockServiceImpl>(clock, zone, store, handler);
}

}  // namespace apdr::timer
