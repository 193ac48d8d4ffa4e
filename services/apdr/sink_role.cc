#include "services/apdr/sink_role.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/apdr/derived_model.h"
#include "services/host/log.h"
#include "services/projection/projector.h"

namespace apdr {
namespace {

// Woken with every change, an idle sink looks by itself only now and then; else its polls do the
// waiting.
constexpr absl::Duration kLookAnyway = absl::Seconds(1);
constexpr absl::Duration kPollWait = absl::Milliseconds(100);
constexpr absl::Duration kBetweenPolls = absl::Milliseconds(5);
// A transaction costs more than what is in it, and no analyst asks for tenths of a second.
constexpr absl::Duration kSinkPace = absl::Milliseconds(200);
// Copying gives way to everything else in the same process.
constexpr int kSinkNice = 15;

sink::CopyOptions CopyOptionsOf(const ServeOptions& options, bool woken) {
  return {.identifiers =
              options.sink_identifiers ? sink::Identifiers::kCopied : sink::Identifiers::kLeftOut,
          .shard_count = options.shards,
          .poll_wait = woken ? absl::ZeroDuration() : kPollWait};
}

sink::Sink::OpenModel ModelOpener(const ServeOptions& options, const core::Workflow& workflow) {
  const std::string layout = projection::LayoutOf(
      sink::CopyMeaning(workflow, CopyOptionsOf(options, false).identifiers), options.shards);
  return [path = options.data + "/sink",
          layout](sink::Begin begin) -> absl::StatusOr<std::unique_ptr<readmodel::ReadModel>> {
    if (begin == sink::Begin::kAnew) return OpenDerivedModelAnew(path);
    return OpenDerivedModel(path, layout);
  };
}

void LogLacking(const sink::Sink::Lacking& lacking) {
  host::Log(host::LogLevel::kWarning, "sink_copy_lacks",
            {{"cases_set_aside", absl::StrCat(lacking.cases_set_aside)},
             {"records_unreadable", absl::StrCat(lacking.records_unreadable)}});
}

sink::Sink::Listener ListenerOf(std::function<void(bool)> on_change) {
  return {.on_trouble =
              [on_change = std::move(on_change)](const std::string& trouble) {
                if (trouble.empty()) {
                  host::Log(host::LogLevel::kInfo, "sink_goes_on");
                } else {
                  host::Log(host::LogLevel::kWarning, "sink_stands_still", {{"reason", trouble}});
                }
                on_change(trouble.empty());
              },
          .on_lacking = LogLacking};
}

}  // namespace

absl::StatusOr<std::unique_ptr<SinkRole>> SinkRole::Open(const ServeOptions& options,
                                                         const Parts& parts) {
  APDR_RETURN_IF_ERROR(sink::CheckConnection(options.sink_postgres));
  if (options.sink_identifiers) host::Log(host::LogLevel::kWarning, "sink_copies_identifiers");
  return std::unique_ptr<SinkRole>(new SinkRole(options, parts));
}

SinkRole::SinkRole(const ServeOptions& options, const Parts& parts)
    : woken_(parts.woken),
      target_(options.sink_postgres),
      sink_({.workflow = parts.workflow,
             .consumer = parts.consumer,
             .gaps = parts.gaps,
             .target = target_},
            ModelOpener(options, parts.workflow), CopyOptionsOf(options, parts.woken),
            ListenerOf(parts.on_change)) {}

void SinkRole::StartLoops(const host::FailureHook& on_failure) {
  host::LoopOptions options{.name = "sink"};
  options.idle_max = woken_ ? kLookAnyway : kBetweenPolls;
  options.nice = kSinkNice;
  options.pace = kSinkPace;
  loop_ =
      std::make_unique<host::WorkerLoop>(sink_, woken_ ? &wakeup_ : nullptr, options, on_failure);
}

void SinkRole::StopLoops() {
  target_.StopWaiting();
  if (loop_ != nullptr) loop_->Stop();
}

}  // namespace apdr
