#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "apdr/event/v1/event.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/settable_clock.h"
#include "engine/domains/sen_support/case_place.h"
#include "services/bus/bus.h"
#include "services/bus/record/event_record.h"
#include "services/notify/channel.h"
#include "services/notify/notifier.h"
#include "services/notify/routes_file.h"
#include "services/notify/times.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "tests/unit/notify/routes_of_tests.h"

namespace apdr::testing {

// A bus that the test puts records on; every consumer reads them from the beginning.
class RecordsConsumer final : public bus::Consumer {
 public:
  explicit RecordsConsumer(const std::vector<bus::Record>& records) : records_(records) {}

  absl::Status Assign(Shard, const bus::Resume& from) override {
    next_ = from.position.value();
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<bus::Received>> Poll(std::size_t limit, absl::Duration) override {
    std::vector<bus::Received> received;
    while (next_ < records_.size() && received.size() < limit) {
      received.push_back({.record = records_[next_++], .token = ""});
    }
    return received;
  }
  absl::StatusOr<Position> Head(Shard) override { return Position(records_.size()); }

 private:
  const std::vector<bus::Record>& records_;
  std::size_t next_ = 0;
};

// The other side as the test wants it. Keeps what it was sent.
class ScriptedChannel final : public notify::Channel {
 public:
  struct Sent {
    std::string delivery_id;
    std::string recipient;
    std::string subject;
    std::string text;
    bool may_have_arrived = false;
  };

  notify::SendResult Send(const notify::Message& message) override {
    sent.push_back({.delivery_id = message.delivery.delivery_id(),
                    .recipient = message.recipient.name,
                    .subject = message.subject,
                    .text = message.text,
                    .may_have_arrived = message.may_have_arrived});
    if (answers.empty()) return {.outcome = query::v1::ATTEMPT_OUTCOME_DELIVERED};
    notify::SendResult answer = answers.front();
    answers.pop_front();
    return answer;
  }

  std::deque<notify::SendResult> answers;  // Then everything is taken.
  std::vector<Sent> sent;
};

inline constexpr char kCase[] = "018f2222-0000-7000-8000-000000000001";

// A notifier with everything around it, which a restart makes anew. The read model, the bus and the
// other side outlive it.
class NotifyWorld {
 public:
  explicit NotifyWorld(const std::string& routes) : clock_(kStart), recorded_clock_(kStart) {
    UseRoutes(routes);
  }

  void UseRoutes(const std::string& text) {
    auto parsed = notify::ParseRoutes(text, "notify.toml", EventTypes());
    if (!parsed.ok()) ADD_FAILURE() << parsed.status();
    routes_ = *std::move(parsed);
    Restart();
  }

  void Restart() {
    notifier_.reset();
    consumer_ = std::make_unique<RecordsConsumer>(records_);
    notifier_ = std::make_unique<notify::Notifier>(notify::Notifier::Parts{
        .consumer = *consumer_,
        .gaps = nullptr,
        .model = model,
        .routes = routes_,
        .recorded_clock = recorded_clock_,
        .clock = clock_,
        .find_place = sen::FindPlace,
        .webhooks = &webhooks,
        .govuk = &govuk,
        .mail = &mail,
        .on_failure = [this](const query::v1::Delivery& one) { failures.push_back(one); }});
  }

  // An event as the log holds it; the next in the shard.
  template <class M>
  event::v1::Event AnEvent(const M& data, absl::Time recorded = kStart) {
    event::v1::Event event;
    event.set_event_id(absl::StrCat("018f2222-0000-7000-8000-0000000010", records_.size() + 10));
    event.set_tenant_id("t1");
    event.set_case_id(kCase);
    event.set_version(records_.size() + 1);
    event.set_position(records_.size() + 1);
    event.mutable_data()->PackFrom(data);
    event.set_occurred_on("2026-02-09");
    *event.mutable_recorded_time() = notify::ToTimestamp(recorded);
    return event;
  }
  void Publish(const event::v1::Event& event) { records_.push_back(bus::MakeEventRecord(event)); }

  void Register() {
    sen::v1::ChildRegistered registered;
    registered.mutable_registration()->set_home_la("801");
    registered.mutable_registration()->set_given_name("Amira");
    registered.mutable_registration()->mutable_setting()->set_scheme(sen::v1::SETTING_SCHEME_URN);
    registered.mutable_registration()->mutable_setting()->set_value("199001");
    Publish(AnEvent(registered));
  }
  event::v1::Event AnOverdueReview(std::uint32_t level, const std::vector<std::string>& to) {
    sen::v1::ReviewOverdue overdue;
    overdue.set_due_on("2026-02-06");
    overdue.set_level(level);
    for (const std::string& role : to) overdue.add_to(role);
    event::v1::Event event = AnEvent(overdue);
    event.set_deadline_fired(absl::StrCat("T08:2026-02-06:", level));
    return event;
  }
  void PublishOverdue(std::uint32_t level = 1, const std::vector<std::string>& to = {"senco"}) {
    Publish(AnOverdueReview(level, to));
  }

  void RunUntilIdle() {
    for (int i = 0; i < 10000; ++i) {
      const auto step = notifier_->Step();
      ASSERT_TRUE(step.ok()) << step.status();
      if (*step == StepResult::kIdle) return;
    }
    FAIL() << "still not idle after 10000 steps";
  }
  void Advance(absl::Duration time) { clock_.AdvanceTo(clock_.Now() + time); }
  // Lets as much time go by, a minute at a time.
  void RunFor(absl::Duration time) {
    for (const absl::Time end = clock_.Now() + time; clock_.Now() < end;) {
      Advance(absl::Minutes(1));
      RunUntilIdle();
    }
  }

  std::vector<query::v1::Delivery> Deliveries() {
    std::vector<query::v1::Delivery> all;
    const auto span =
        notify::DeliveriesOf(TenantId("t1"), absl::UnixEpoch(), absl::FromUnixSeconds(4000000000));
    const auto rows = model.Scan({.begin = span.begin, .end = span.end, .limit = 10000});
    for (const readmodel::Row& row : *rows) {
      all.push_back(*notify::ReadListed(model, row.value));
    }
    return all;
  }

  notify::Notifier& notifier() { return *notifier_; }
  const notify::Routes& routes() const { return routes_; }
  SettableClock& clock() { return clock_; }
  SettableClock& recorded_clock() { return recorded_clock_; }
  const std::vector<bus::Record>& records() const { return records_; }

  static constexpr absl::Time kStart = absl::FromUnixSeconds(1770619200);  // 2026-02-09 06:40 UTC.

  readmodel::MemoryReadModel model;
  ScriptedChannel webhooks;
  ScriptedChannel govuk;
  ScriptedChannel mail;
  std::vector<query::v1::Delivery> failures;

 private:
  SettableClock clock_;
  SettableClock recorded_clock_;
  std::vector<bus::Record> records_;
  notify::Routes routes_;
  std::unique_ptr<RecordsConsumer> consumer_;
  std::unique_ptr<notify::Notifier> notifier_;
};

}  // namespace apdr::testing
