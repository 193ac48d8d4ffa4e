#include "services/bus/kafka/internal/client.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::bus::kafka {
namespace {

constexpr std::size_t kErrorTextBytes = 512;

// Beside the settings of ours that a client is made with.
constexpr std::array<std::string_view, 8> kUntouchable = {
    "bootstrap.servers",
    "metadata.broker.list",
    "group.id",
    "transactional.id",
    "message.max.bytes",
    // To check who answers is not optional with personal records.
    "enable.ssl.certificate.verification",
    "ssl.endpoint.identification.algorithm",
    "plugin.library.paths",
};

const std::vector<std::pair<std::string, std::string>>& Common() {
  static const auto& settings = *new std::vector<std::pair<std::string, std::string>>{
      {"client.id", "apdr"},
      // Small requests must not wait for the acknowledgement of the one before.
      {"socket.nagle.disable", "true"},
      // After an outage nobody should wait the 10 s that are the default.
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "1000"},
      {"topic.metadata.refresh.fast.interval.ms", "100"},
      // How long a topic that no broker knows may be one that was just made.
      {"topic.metadata.propagation.max.ms", "2000"},
  };
  return settings;
}

absl::Status Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, kErrorTextBytes> text{};
  const auto result =
      rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(), text.size());
  if (result == RD_KAFKA_CONF_OK) return absl::OkStatus();
  // Without librdkafka's text and without the value: it may be a password.
  return absl::InvalidArgumentError(absl::StrCat(
      "Expected to set Kafka's \"", name, "\", but ",
      result == RD_KAFKA_CONF_UNKNOWN ? "there is no such setting." : "its value is not valid."));
}

absl::Status SetAll(rd_kafka_conf_t* conf, const KafkaOptions& options,
                    const std::vector<std::pair<std::string, std::string>>& ours) {
  APDR_RETURN_IF_ERROR(Set(conf, "bootstrap.servers", options.bootstrap_servers));
  for (const auto& [name, value] : Common()) APDR_RETURN_IF_ERROR(Set(conf, name, value));
  for (const auto& [name, value] : ours) APDR_RETURN_IF_ERROR(Set(conf, name, value));
  for (const auto& [name, value] : options.settings) {
    const bool is_ours =
        std::ranges::any_of(ours, [&name = name](const auto& it) { return it.first == name; });
    if (is_ours || std::ranges::find(kUntouchable, name) != kUntouchable.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("Expected the configuration to leave Kafka's \"", name,
                       "\" alone, but it sets it: delivery or security depend on it."));
    }
    APDR_RETURN_IF_ERROR(Set(conf, name, value));
  }
  return absl::OkStatus();
}

Hooks& HooksOf(void* opaque) { return *static_cast<Hooks*>(opaque); }

void OnLog(const rd_kafka_t* client, int, const char*, const char* text) {
  const Hooks& hooks = HooksOf(rd_kafka_opaque(client));
  if (hooks.on_log) hooks.on_log(KafkaLogLevel::kInfo, text);
}

void OnError(rd_kafka_t* client, int error, const char* reason, void* opaque) {
  const Hooks& hooks = HooksOf(opaque);
  const bool warning = error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
                       error == RD_KAFKA_RESP_ERR__FATAL ||
                       error == RD_KAFKA_RESP_ERR__AUTHENTICATION;
  if (hooks.on_log) {
    hooks.on_log(warning ? KafkaLogLevel::kWarning : KafkaLogLevel::kInfo, reason);
  }
  if (error != RD_KAFKA_RESP_ERR__FATAL || !hooks.on_fatal) return;
  std::array<char, kErrorTextBytes> text{};
  rd_kafka_fatal_error(client, text.data(), text.size());
  hooks.on_fatal(text.data());
}

void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  HooksOf(opaque).on_delivery(*message);
}

}  // namespace

absl::StatusOr<Owned<rd_kafka_t>> NewClient(
    rd_kafka_type_t type, const KafkaOptions& options,
    const std::vector<std::pair<std::string, std::string>>& ours, Hooks& hooks) {
  if (options.bootstrap_servers.empty()) {
    return absl::InvalidArgumentError("Expected Kafka's bootstrap servers, but there are none.");
  }
  Owned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  APDR_RETURN_IF_ERROR(SetAll(conf.get(), options, ours));
  rd_kafka_conf_set_opaque(conf.get(), &hooks);
  rd_kafka_conf_set_log_cb(conf.get(), OnLog);
  rd_kafka_conf_set_error_cb(conf.get(), OnError);
  if (hooks.on_delivery) rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivery);
  std::array<char, kErrorTextBytes> text{};
  Owned<rd_kafka_t> client(rd_kafka_new(type, conf.get(), text.data(), text.size()));
  if (client == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("Expected to set up a Kafka client, but ", text.data(), "."));
  }
  (void)conf.release();  // The client's now.
  return client;
}

Owned<rd_kafka_topic_t> NewTopic(rd_kafka_t* client, const std::string& name) {
  return Owned<rd_kafka_topic_t>(rd_kafka_topic_new(client, name.c_str(), nullptr));
}

absl::Status Unavailable(std::string_view action, std::string_view reason) {
  return absl::UnavailableError(absl::StrCat("Expected to ", std::string(action),
                                             ", but Kafka says: ", std::string(reason), "."));
}

absl::Status Unavailable(std::string_view action, rd_kafka_resp_err_t error) {
  return Unavailable(action, rd_kafka_err2str(error));
}

bool IsUnknownTopic(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

int Milliseconds(absl::Duration duration) {
  constexpr std::int64_t kMax = 3'600'000;
  return static_cast<int>(std::clamp<std::int64_t>(absl::ToInt64Milliseconds(duration), 0, kMax));
}

}  // namespace apdr::bus::kafka
