#pragma once

#include <string>
#include <vector>

#include "apdr/event/v1/event.pb.h"
#include "services/bus/bus.h"

namespace apdr::testing {

// Everything on the events topic, by shard, once the heads of `log` are there.
[[nodiscard]] std::vector<std::vector<bus::Record>> ReadTopic(
    const std::string& broker, const std::vector<std::vector<event::v1::Event>>& log);

// In order, at least once, nothing else.
void ExpectTopicIsLog(const std::vector<std::vector<bus::Record>>& topic,
                      const std::vector<std::vector<event::v1::Event>>& log);

}  // namespace apdr::testing
