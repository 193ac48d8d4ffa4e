#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "services/sink/sink.h"
#include "tests/support/memory_target.h"

namespace apdr::testing {

// A read model that outlives the processes that open it.
class LentModel final : public readmodel::ReadModel {
 public:
  explicit LentModel(readmodel::ReadModel& rows) : rows_(rows) {}

  [[nodiscard]] absl::Status Apply(const readmodel::Write& write) override {
    return rows_.Apply(write);
  }
  [[nodiscard]] absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key) const override {
    return rows_.Get(key);
  }
  [[nodiscard]] absl::StatusOr<std::vector<readmodel::Row>> Scan(
      const readmodel::Range& range) const override {
    return rows_.Scan(range);
  }
  [[nodiscard]] absl::StatusOr<readmodel::Progress> ReadProgress(Shard shard) const override {
    return rows_.ReadProgress(shard);
  }

 private:
  readmodel::ReadModel& rows_;
};

// What a sink process keeps on its disk.
struct SinkDisk {
  std::unique_ptr<readmodel::ReadModel> model = std::make_unique<readmodel::MemoryReadModel>();
  int made_anew = 0;
};

// A sink process that copies a log, of one shard or several, into a target.
class SinkProcess {
 public:
  SinkProcess(const core::Workflow& workflow, bus::RecordSource& log, sink::Target& target,
              SinkDisk& disk, const sink::CopyOptions& options)
      : SinkProcess(workflow,
                    {.consumer = std::make_unique<bus::EmbeddedConsumer>(log), .gaps = &log},
                    target, disk, options) {}
  // One that has no way to the log, as over Kafka.
  SinkProcess(const core::Workflow& workflow, std::unique_ptr<bus::Consumer> consumer,
              sink::Target& target, SinkDisk& disk, const sink::CopyOptions& options)
      : SinkProcess(workflow, {.consumer = std::move(consumer), .gaps = nullptr}, target, disk,
                    options) {}

 private:
  struct Feed {
    std::unique_ptr<bus::Consumer> consumer;
    bus::RecordSource* gaps;
  };
  SinkProcess(const core::Workflow& workflow, Feed feed, sink::Target& target, SinkDisk& disk,
              const sink::CopyOptions& options)
      : consumer_(std::move(feed.consumer)),
        sink_({.workflow = workflow, .consumer = *consumer_, .gaps = feed.gaps, .target = target},
              [&disk](sink::Begin begin) -> absl::StatusOr<std::unique_ptr<readmodel::ReadModel>> {
                if (begin == sink::Begin::kAnew) {
                  disk.model = std::make_unique<readmodel::MemoryReadModel>();
                  ++disk.made_anew;
                }
                return std::make_unique<LentModel>(*disk.model);
              },
              options,
              {.on_trouble = [this](const std::string& trouble) { trouble_ = trouble; },
               .on_lacking = [this](const sink::Sink::Lacking& lacking) { lacking_ = lacking; }}) {}

 public:
  absl::StatusOr<StepResult> Step() { return sink_.Step(); }
  void RunUntilIdle() {
    for (int i = 0; i < 10000; ++i) {
      const auto step = sink_.Step();
      ASSERT_TRUE(step.ok()) << step.status();
      if (*step == StepResult::kIdle) return;
    }
    FAIL() << "still not idle after 10000 steps";
  }

  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  // As told last.
  [[nodiscard]] const sink::Sink::Lacking& lacking() const { return lacking_; }

 private:
  const std::unique_ptr<bus::Consumer> consumer_;
  std::string trouble_;
  sink::Sink::Lacking lacking_;
  sink::Sink sink_;
};

}  // namespace apdr::testing
