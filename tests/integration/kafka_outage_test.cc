// The command process and a broker of its own that comes and goes. Skipped where there is no
// broker: see deploy/kafka/with_broker.sh.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/contract/bus/own_broker.h"
#include "tests/integration/case_client.h"
#include "tests/integration/topic_reader.h"

namespace apdr::testing {
namespace {

using ::testing::IsEmpty;

class KafkaOutageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Only by hand, without deploy/kafka/with_broker.sh: deploy/test.sh always brings a broker.
    if (KafkaAddress().empty()) GTEST_SKIP() << "APDR_TEST_KAFKA is not set: nothing tested";
    broker_ = std::make_unique<bus::OwnBroker>();
  }

  [[nodiscard]] std::unique_ptr<Server> StartCommand() const {
    return Server::Start({"--roles=command", "--shards=3", "--log-level=warning",
                          "--data=" + folder_.Path("data"), "--kafka=" + broker_->address()},
                         folder_.Path("command.log"));
  }

  // So many commands of each client.
  void Send(Server& server, int count) {
    for (int i = 0; i < count; ++i) {
      for (CaseClient& client : clients_) ASSERT_TRUE(client.SendOne(server));
    }
  }

  // The topic holds the whole log in order, and nobody was promised what is not there.
  void ExpectNothingIsMissing(Server& server) {
    const auto log = ReadLog(server);
    std::vector<const CaseClient*> clients;
    for (const CaseClient& client : clients_) clients.push_back(&client);
    EXPECT_THAT(CheckPromises(log, clients), IsEmpty());
    ExpectTopicIsLog(ReadTopic(broker_->address(), log), log);
  }

  const ScratchFolder folder_{"kafka_outage"};
  std::unique_ptr<bus::OwnBroker> broker_;
  CaseClient clients_[4] = {CaseClient(1), CaseClient(2), CaseClient(3), CaseClient(4)};
};

TEST_F(KafkaOutageTest, CommandsGoOnWhileTheBrokerIsDeadAndTheTopicHasThemAllLater) {
  const auto server = StartCommand();
  ASSERT_NE(server, nullptr);
  Send(*server, 30);

  broker_->Kill();
  const absl::Time killed = absl::Now();
  Send(*server, 30);
  EXPECT_LT(absl::Now() - killed, absl::Seconds(10)) << "commands waited for Kafka";
  broker_->Run();
  Send(*server, 5);

  ExpectNothingIsMissing(*server);
  server->process().Signal(SIGTERM);
  EXPECT_EQ(server->process().Wait(), 0);
}

TEST_F(KafkaOutageTest, ABrokerThatComesAfterTheCommandProcessGetsTopicsAndTheWholeLog) {
  broker_->Kill();
  const auto server = StartCommand();
  ASSERT_NE(server, nullptr);
  Send(*server, 10);

  broker_->Run();
  Send(*server, 5);

  ExpectNothingIsMissing(*server);
  server->process().Signal(SIGTERM);
  EXPECT_EQ(server->process().Wait(), 0);
}

TEST_F(KafkaOutageTest, ABrokerThatLostWhatItHadAcknowledgedGetsItAgain) {
  const auto server = StartCommand();
  ASSERT_NE(server, nullptr);
  Send(*server, 20);
  ExpectNothingIsMissing(*server);

  broker_->Kill();
  broker_->LoseRecords(std::string(bus::kEventsTopic));
  broker_->Run();
  Send(*server, 5);

  // A process that knows the topic and nothing else answers for every case to its newest event.
  const auto log = ReadLog(*server);
  const auto query =
      Server::Start({"--roles=query", "--shards=3", "--log-level=warning",
                     "--data=" + folder_.Path("query"), "--kafka=" + broker_->address()},
                    folder_.Path("query.log"));
  ASSERT_NE(query, nullptr);
  for (const CaseClient& client : clients_) AwaitCase(*query, client, log);
}

}  // namespace
}  // namespace apdr::testing
