#include "engine/codec/placed_event.h"

#include <gtest/gtest.h>

#include <limits>

#include "apdr/event/v1/event.pb.h"

namespace apdr::codec {
namespace {

event::v1::Event AnEvent() {
  event::v1::Event event;
  event.set_event_id("018f0000-0000-7000-8000-000000000001");
  event.set_tenant_id("t1");
  event.set_case_id("018f0000-0000-7000-8000-000000000002");
  event.set_version(std::numeric_limits<std::uint64_t>::max());
  event.mutable_data()->set_type_url("type.googleapis.com/a.B");
  event.set_occurred_on("2026-03-02");
  return event;
}

TEST(PlacedEvent, IsWhatSerialisingTheEventWithItsPlaceGives) {
  event::v1::Event only_data;
  only_data.mutable_data()->set_value("x");
  for (const event::v1::Event& stored : {AnEvent(), only_data, event::v1::Event()}) {
    for (const std::uint32_t shard : {0U, 1U, 1023U, std::numeric_limits<std::uint32_t>::max()}) {
      for (const std::uint64_t position :
           {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 40,
            std::numeric_limits<std::uint64_t>::max()}) {
        event::v1::Event expected = stored;
        expected.set_shard(shard);
        expected.set_position(position);

        const std::string bytes = stored.SerializeAsString();
        const PlacedEvent placed(bytes, Shard(shard), Position(position));

        EXPECT_EQ(placed.ToString(), expected.SerializeAsString());
        EXPECT_EQ(placed.size(), expected.ByteSizeLong());
      }
    }
  }
}

TEST(PlacedEvent, MakesNoEventOfBytesThatAreNone) {
  const std::string cut = AnEvent().SerializeAsString().substr(0, 20);
  event::v1::Event event;
  EXPECT_FALSE(event.ParseFromString(PlacedEvent(cut, Shard(1), Position(1)).ToString()));
}

}  // namespace
}  // namespace apdr::codec
