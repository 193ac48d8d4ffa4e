// The command process, a real broker and a query process. Skipped, and said so, without a broker:
// see deploy/kafka/with_broker.sh.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <signal.h>

#include <functional>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/bus/kafka/kafka_topic.h"
#include "tests/integration/case_client.h"
#include "tests/integration/topic_reader.h"

namespace apdr::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint32_t kShards = 3;

// Deletes both topics and waits until the broker knows them no more.
void DeleteTopics(const std::string& broker) {
  char text[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  ASSERT_EQ(rd_kafka_conf_set(conf, "bootstrap.servers", broker.c_str(), text, sizeof text),
            RD_KAFKA_CONF_OK);
  rd_kafka_t* admin = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
  ASSERT_NE(admin, nullptr) << text;
  rd_kafka_queue_t* queue = rd_kafka_queue_new(admin);
  const std::set<std::string, std::less<>> names = {std::string(bus::kEventsTopic),
                                                    std::string(bus::kNoticesTopic)};
  std::vector<rd_kafka_DeleteTopic_t*> topics;
  for (const std::string& name : names) topics.push_back(rd_kafka_DeleteTopic_new(name.c_str()));
  rd_kafka_DeleteTopics(admin, topics.data(), topics.size(), nullptr, queue);
  if (rd_kafka_event_t* done = rd_kafka_queue_poll(queue, 30000)) rd_kafka_event_destroy(done);
  rd_kafka_DeleteTopic_destroy_array(topics.data(), topics.size());
  bool there = true;
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (there && absl::Now() < deadline) {
    const rd_kafka_metadata_t* metadata = nullptr;
    ASSERT_EQ(rd_kafka_metadata(admin, 1, nullptr, &metadata, 30000), RD_KAFKA_RESP_ERR_NO_ERROR);
    there = false;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
      there = there || names.contains(metadata->topics[i].topic);
    }
    rd_kafka_metadata_destroy(metadata);
  }
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(admin);
  ASSERT_FALSE(there) << "the topics are still there";
}

class KafkaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    kafka_ = KafkaAddress();
    // Only by hand, without deploy/kafka/with_broker.sh: deploy/test.sh always brings a broker.
    if (kafka_.empty()) GTEST_SKIP() << "APDR_TEST_KAFKA is not set: no broker, nothing tested";
    DeleteTopics(kafka_);
  }

  [[nodiscard]] std::unique_ptr<Server> StartCommand(const std::string& kafka) const {
    return Server::Start(
        {"--roles=command", absl::StrCat("--shards=", kShards), "--log-level=warning",
         "--data=" + folder_.Path("data"), "--kafka=" + kafka},
        folder_.Path("command.log"));
  }
  [[nodiscard]] std::unique_ptr<Server> StartQuery() const {
    return Server::Start(
        {"--roles=query", absl::StrCat("--shards=", kShards), "--log-level=warning",
         "--data=" + folder_.Path("query"), "--kafka=" + kafka_},
        folder_.Path("query.log"));
  }

  const ScratchFolder folder_{"kafka"};
  std::string kafka_;
};

// Answers to the questions a user asks, with nothing that depends on the instant they are asked.
std::vector<std::string> AskEverything(Server& server,
                                       const std::vector<std::unique_ptr<CaseClient>>& clients,
                                       const std::vector<std::vector<event::v1::Event>>& log) {
  std::vector<std::string> answers;
  const auto keep = [&](const grpc::Status& status, const google::protobuf::Message& message) {
    answers.push_back(status.ok() ? message.DebugString() : status.error_message());
  };
  for (const auto& client : clients) {
    query::v1::GetCaseRequest request;
    request.set_case_id(client->case_id());
    for (const auto& shard : log) {
      for (const event::v1::Event& event : shard) {
        if (event.case_id() == client->case_id()) request.set_min_position(shard.size());
      }
    }
    grpc::ClientContext context;
    Prepare(context);
    query::v1::GetCaseResponse response;
    keep(server.queries->GetCase(&context, request, &response), response);
    grpc::ClientContext chronology_context;
    Prepare(chronology_context);
    query::v1::GetChronologyRequest chronology;
    chronology.set_case_id(client->case_id());
    chronology.set_page_size(1000);
    query::v1::GetChronologyResponse events;
    keep(server.queries->GetChronology(&chronology_context, chronology, &events), events);
  }
  grpc::ClientContext cases_context;
  Prepare(cases_context);
  query::v1::ListCasesResponse cases;
  keep(server.queries->ListCases(&cases_context, {}, &cases), cases);
  grpc::ClientContext due_context;
  Prepare(due_context);
  query::v1::ListDueResponse due;
  keep(server.queries->ListDue(&due_context, {}, &due), due);
  grpc::ClientContext audit_context;
  Prepare(audit_context);
  query::v1::ListEventsRequest audit;
  audit.set_page_size(1000);
  query::v1::ListEventsResponse rows;
  keep(server.audit->ListEvents(&audit_context, audit, &rows), rows);
  return answers;
}

TEST_F(KafkaTest, TwoProcessesAnswerAsOneProcessDoes) {
  std::vector<std::unique_ptr<CaseClient>> clients;
  std::vector<std::vector<event::v1::Event>> log;
  std::vector<std::string> embedded;
  {
    const auto one = Server::Start({absl::StrCat("--shards=", kShards), "--log-level=warning",
                                    "--data=" + folder_.Path("data")},
                                   folder_.Path("one.log"));
    ASSERT_NE(one, nullptr);
    for (std::uint64_t number = 0; number < 6; ++number) {
      clients.push_back(std::make_unique<CaseClient>(number));
      for (int i = 0; i < 40; ++i) ASSERT_TRUE(clients.back()->SendOne(*one));
    }
    log = ReadLog(*one);
    embedded = AskEverything(*one, clients, log);
    one->process().Signal(SIGTERM);
    EXPECT_EQ(one->process().Wait(), 0);
  }
  const auto command = StartCommand(kafka_);
  const auto query = StartQuery();
  ASSERT_TRUE(command != nullptr && query != nullptr);

  const std::vector<std::string> over_kafka = AskEverything(*query, clients, log);

  ASSERT_EQ(over_kafka.size(), embedded.size());
  for (std::size_t i = 0; i < embedded.size(); ++i) EXPECT_EQ(over_kafka[i], embedded[i]);
  ExpectTopicIsLog(ReadTopic(kafka_, log), log);
}

TEST_F(KafkaTest, ACommandProcessKilledUnderLoadLeavesTheTopicWholeAndInOrder) {
  std::vector<std::unique_ptr<CaseClient>> clients;
  for (std::uint64_t number = 0; number < 4; ++number) {
    clients.push_back(std::make_unique<CaseClient>(number));
  }
  for (int kill = 0; kill < 3; ++kill) {
    const auto server = StartCommand(kafka_);
    ASSERT_NE(server, nullptr);
    {
      std::vector<std::jthread> threads;
      for (const auto& client : clients) {
        threads.emplace_back([&, client = client.get()] {
          // The first to send its fiftieth command pulls the plug on all.
          for (int i = 0; i < 50; ++i) {
            if (!client->SendOne(*server)) return;
          }
          server->process().Signal(SIGKILL);
        });
      }
    }
    server->process().Wait();
  }
  const auto server = StartCommand(kafka_);
  ASSERT_NE(server, nullptr);
  std::vector<const CaseClient*> all;
  for (const auto& client : clients) {
    ASSERT_TRUE(client->SendOne(*server));
    all.push_back(client.get());
  }

  const auto log = ReadLog(*server);
  EXPECT_THAT(CheckPromises(log, all), IsEmpty());
  ExpectTopicIsLog(ReadTopic(kafka_, log), log);
}

TEST_F(KafkaTest, BeingAwayDoesNotStopCommandsAndIsCaughtUpLater) {
  CaseClient client(1);
  {
    const auto server = StartCommand("127.0.0.1:1");  // Nobody listens there.
    ASSERT_NE(server, nullptr);
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(client.SendOne(*server));
    server->process().Signal(SIGTERM);
    EXPECT_EQ(server->process().Wait(), 0);
  }
  EXPECT_THAT(client.complaints(), IsEmpty());
  const auto server = StartCommand(kafka_);
  ASSERT_NE(server, nullptr);

  const auto log = ReadLog(*server);
  EXPECT_THAT(CheckPromises(log, {&client}), IsEmpty());
  ExpectTopicIsLog(ReadTopic(kafka_, log), log);
}

TEST_F(KafkaTest, ATopicThatDoesNotFitIsRefusedAtTheStart) {
  bus::KafkaOptions options{.bootstrap_servers = kafka_};
  bus::TopicRules rules = bus::EventsTopicRules(options, kShards + 1);
  rules.absent = bus::AbsentTopic::kCreate;
  ASSERT_TRUE(bus::EnsureTopic(options, rules).ok());
  std::string failure;

  const auto server = Server::Start({"--roles=command", absl::StrCat("--shards=", kShards),
                                     "--data=" + folder_.Path("data"), "--kafka=" + kafka_},
                                    folder_.Path("log"), &failure);

  EXPECT_EQ(server, nullptr);
  EXPECT_THAT(failure, HasSubstr("exit code 1"));
  EXPECT_THAT(failure, HasSubstr("partitions"));
}

TEST_F(KafkaTest, AQueryProcessWithAnotherShardCountIsRefusedAtTheStart) {
  const auto command = StartCommand(kafka_);
  ASSERT_NE(command, nullptr);
  std::string failure;

  const auto query = Server::Start({"--roles=query", absl::StrCat("--shards=", kShards - 1),
                                    "--data=" + folder_.Path("query"), "--kafka=" + kafka_},
                                   folder_.Path("log"), &failure);

  EXPECT_EQ(query, nullptr);
  EXPECT_THAT(failure, HasSubstr("exit code 1\n"));
  EXPECT_THAT(failure, HasSubstr(absl::StrCat("partitions=", kShards - 1, " (it has ", kShards)));
}

TEST_F(KafkaTest, AQueryProcessWaitsForTheTopicThatTheCommandProcessMakes) {
  const auto query = StartQuery();
  ASSERT_NE(query, nullptr);
  const auto command = StartCommand(kafka_);
  ASSERT_NE(command, nullptr);
  CaseClient client(1);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.SendOne(*command));
  const auto log = ReadLog(*command);

  AwaitCase(*query, client, log);
}

}  // namespace
}  // namespace apdr::testing
