#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "services/subscription/member_stream.h"

namespace apdr::testing {

// A member as the dispatcher sees it, played by a test. One thread.
class PlayedMember final : public subscription::MemberStream {
 public:
  using Request = subscription::v1::ConsumeRequest;
  using Response = subscription::v1::ConsumeResponse;

  explicit PlayedMember(host::Caller caller) : caller_(std::move(caller)) {}

  [[nodiscard]] const host::Caller& caller() const override { return caller_; }
  [[nodiscard]] std::vector<Request> Take() override {
    std::vector<Request> taken = std::exchange(inbox, {});
    if (on_take) on_take(taken);
    return taken;
  }
  [[nodiscard]] bool Ended() const override { return ended; }
  [[nodiscard]] bool CanSend() const override { return !ended && can_send; }
  void Send(const Response& response) override {
    APDR_CHECK(CanSend());
    if (on_send) on_send(response);
    if (response.has_assignment()) assignment = response.assignment();
    for (const auto& delivery : response.deliveries().deliveries()) {
      deliveries.push_back(delivery);
    }
    if (response.has_refusal()) refusals.push_back(response.refusal());
    caught_up = response.has_caught_up();
  }
  void Close(const host::ErrorReply& reason) override {
    if (ended) return;
    error = reason;
    ended = true;
    if (on_close) on_close();
  }

  void Join(const std::string& name, const std::string& member_id) {
    Request request;
    request.mutable_join()->set_subscription(name);
    request.mutable_join()->set_member_id(member_id);
    inbox.push_back(std::move(request));
  }
  void Acknowledge(const subscription::v1::Delivery& delivery) {
    Request request;
    request.mutable_acknowledge()->set_shard(delivery.event().shard());
    request.mutable_acknowledge()->set_generation(delivery.generation());
    request.mutable_acknowledge()->set_delivery_tag(delivery.delivery_tag());
    inbox.push_back(std::move(request));
  }
  void Nack(const subscription::v1::Delivery& delivery, subscription::v1::NackAction action,
            const std::string& cause = "HTTP_503") {
    Request request;
    request.mutable_nack()->set_shard(delivery.event().shard());
    request.mutable_nack()->set_generation(delivery.generation());
    request.mutable_nack()->set_delivery_tag(delivery.delivery_tag());
    request.mutable_nack()->set_action(action);
    request.mutable_nack()->set_cause(cause);
    inbox.push_back(std::move(request));
  }

  std::vector<Request> inbox;
  bool ended = false;
  bool can_send = true;
  std::optional<host::ErrorReply> error;
  subscription::v1::Assignment assignment;
  std::vector<subscription::v1::Delivery> deliveries;
  std::vector<subscription::v1::Refusal> refusals;
  bool caught_up = false;  // The last that was heard.
  std::function<void(const std::vector<Request>&)> on_take;
  std::function<void(const Response&)> on_send;
  std::function<void()> on_close;

 private:
  const host::Caller caller_;
};

// The positions that a member got, in order.
inline std::vector<std::uint64_t> Positions(const PlayedMember& member) {
  std::vector<std::uint64_t> positions;
  for (const auto& delivery : member.deliveries) positions.push_back(delivery.event().position());
  return positions;
}

// Why its call was closed; "none": it was not.
inline std::string ReasonOf(const PlayedMember& member) {
  return member.error ? member.error->reason : "none";
}

}  // namespace apdr::testing
