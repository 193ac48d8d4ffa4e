// `apdr serve --roles=command,query,sink` as a process beside a real PostgreSQL; both are killed.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/sink/postgres/session.h"
#include "tests/contract/bus/own_broker.h"
#include "tests/integration/case_client.h"
#include "tests/integration/postgres/postgres_server.h"

namespace apdr::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Debian has no stubs of grpc.health.v1, so its two messages are written out: a text in field 1,
// and a number in field 1.
constexpr int kServing = 1;
constexpr int kNotServing = 2;

int StatusIn(const grpc::ByteBuffer& response) {
  std::vector<grpc::Slice> slices;
  if (!response.Dump(&slices).ok() || slices.empty() || slices.front().size() < 2) return 0;
  return slices.front().begin()[1];
}

// Watches what health says of a name until that is `wanted`. False: not within a minute.
bool AwaitHealth(const Server& server, const std::string& name, int wanted) {
  grpc::GenericStub stub(grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()));
  const grpc::Slice slice(std::string{'\x0a', static_cast<char>(name.size())} + name);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ClientContext context;
  Prepare(context);
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto is_done = [&] { return queue.Next(&tag, &ok) && ok; };
  const auto call = stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  call->StartCall(nullptr);
  if (!is_done()) return false;
  call->WriteLast(request, grpc::WriteOptions(), nullptr);
  bool there = false;
  if (is_done()) {
    grpc::ByteBuffer response;
    do {
      call->Read(&response, nullptr);
    } while (is_done() && !(there = StatusIn(response) == wanted));
  }
  context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  (void)is_done();
  return there;
}

class SinkProcessTest : public ::testing::Test {
 protected:
  SinkProcessTest() : database(postgres.CreateDatabase()) {
    for (std::uint64_t number = 0; number < 3; ++number) {
      clients.push_back(std::make_unique<CaseClient>(number));
    }
  }

  std::unique_ptr<Server> Serve(const std::string& user = "postgres") {
    return Server::Start(
        {"--data", scratch.Path("data"), "--shards", "2", "--roles", "command,query,sink",
         "--sink-postgres", absl::StrCat(postgres.Connection(database), " user=", user)},
        scratch.Path("log"));
  }
  // What a command prints.
  std::string Printed(const std::vector<std::string>& command) {
    ApdrProcess printer(command, scratch.Path("printer_log"));
    std::string text;
    while (const auto line = printer.ReadLine()) absl::StrAppend(&text, *line, "\n");
    EXPECT_EQ(printer.Wait(), 0);
    return text;
  }
  void Send(Server& server, int commands) {
    for (int i = 0; i < commands; ++i) {
      for (const auto& client : clients) ASSERT_TRUE(client->SendOne(server));
    }
  }
  sink::Rows Ask(const std::string& statement) {
    const auto session = sink::Session::Connect(postgres.Connection(database));
    EXPECT_TRUE(session.ok()) << session.status();
    if (!session.ok()) return {};
    auto rows = (*session)->Query(statement, {});
    return rows.ok() ? *std::move(rows) : sink::Rows();
  }
  // Until the copy has come as far as the log. REQUIRES: the sink has made its tables.
  void AwaitCopyOf(const std::vector<std::vector<event::v1::Event>>& log) {
    std::size_t events = 0;
    for (const auto& shard : log) events += shard.size();
    for (int i = 0; i < 300; ++i) {  // A tenth of a second each, at the least.
      const auto rows = Ask("SELECT sum(position) FROM apdr.progress, pg_sleep(0.1)");
      if (!rows.empty() && rows.at(0).at(0) == absl::StrCat(events)) return;
    }
    FAIL() << "the copy does not catch up: " << server_log();
  }
  // Each event of the log stands in the copy once, and each case as of its last one.
  void ExpectCopyOf(const std::vector<std::vector<event::v1::Event>>& log) {
    std::set<std::string> events;
    std::map<std::string, std::uint64_t> versions;
    for (const auto& shard : log) {
      for (const event::v1::Event& event : shard) {
        events.insert(absl::StrCat(event.shard(), "/", event.position(), "/", event.event_id()));
        versions[event.case_id()] = event.version();
      }
    }
    std::set<std::string> copied;
    for (const auto& row : Ask("SELECT shard, position, event_id FROM apdr.events")) {
      copied.insert(absl::StrCat(row.at(0), "/", row.at(1), "/", row.at(2)));
    }
    EXPECT_EQ(copied, events);
    for (const auto& row : Ask("SELECT case_id, version FROM apdr.cases")) {
      EXPECT_EQ(row.at(1), absl::StrCat(versions[row.at(0)])) << row.at(0);
    }
    EXPECT_EQ(Ask("SELECT count(*) FROM apdr.cases").at(0).at(0), absl::StrCat(versions.size()));
  }
  std::string server_log() const { return "see the server's log at " + scratch.Path("log"); }

  PostgresServer& postgres = PostgresServer::Shared();
  const std::string database;
  ScratchFolder scratch{"sink"};
  std::vector<std::unique_ptr<CaseClient>> clients;
};

TEST_F(SinkProcessTest, CopiesEverythingWhateverIsKilled) {
  auto server = Serve();
  ASSERT_NE(server, nullptr);
  Send(*server, 30);
  server->process().Signal(SIGKILL);
  (void)server->process().Wait();

  server = Serve();
  ASSERT_NE(server, nullptr);
  ASSERT_TRUE(AwaitHealth(*server, "apdr.sink", kServing)) << server_log();
  postgres.Crash();
  ASSERT_TRUE(AwaitHealth(*server, "apdr.sink", kNotServing)) << server_log();
  Send(*server, 20);  // Nobody waits for the database.
  EXPECT_TRUE(AwaitHealth(*server, "apdr.command.v1.CommandService", kServing));
  postgres.Start();
  ASSERT_TRUE(AwaitHealth(*server, "apdr.sink", kServing)) << server_log();
  const auto log = ReadLog(*server);
  AwaitCopyOf(log);
  ExpectCopyOf(log);
  EXPECT_THAT(server->process().ErrorText(), HasSubstr("event=sink_stands_still"));
}

// For a database in which the sink may not create schemas: what docs/analysts.md says to run there.
TEST_F(SinkProcessTest, TakesTheSchemaThatItPrints) {
  const std::string script = Printed({"sink", "schema"});
  EXPECT_EQ(Printed({"sink", "schema", "--after", "1"}).find("0001_copy.sql"), std::string::npos);
  const auto keeper = sink::Session::Connect(postgres.Connection(database));
  ASSERT_TRUE(keeper.ok()) << keeper.status();
  const absl::Status made =
      (*keeper)->Run(absl::StrCat("CREATE ROLE apdr_sink LOGIN; GRANT CREATE ON DATABASE ",
                                  database, " TO apdr_sink; SET ROLE apdr_sink"));
  ASSERT_TRUE(made.ok()) << made;
  ASSERT_TRUE((*keeper)->Run(script).ok());
  ASSERT_TRUE(
      (*keeper)
          ->Run(absl::StrCat("RESET ROLE; REVOKE CREATE ON DATABASE ", database, " FROM apdr_sink"))
          .ok());
  const std::string before = Ask("SELECT applied_time FROM apdr.migrations").at(0).at(0);

  auto server = Serve("apdr_sink");
  ASSERT_NE(server, nullptr);
  ASSERT_TRUE(AwaitHealth(*server, "apdr.sink", kServing)) << server_log();
  EXPECT_EQ(Ask("SELECT applied_time FROM apdr.migrations").at(0).at(0), before);
  Send(*server, 5);
  const auto log = ReadLog(*server);
  AwaitCopyOf(log);
  ExpectCopyOf(log);
}

TEST_F(SinkProcessTest, StartsAndStopsInOrderWithoutADatabase) {
  auto server = Server::Start({"--data", scratch.Path("data"), "--roles", "command,sink",
                               "--sink-postgres", "host=" + scratch.Path("nobody")},
                              scratch.Path("log"));
  ASSERT_NE(server, nullptr);
  server->process().Signal(SIGTERM);
  EXPECT_EQ(server->process().Wait(), 0);
}

TEST_F(SinkProcessTest, FillsAnEmptyDatabase) {
  auto server = Serve();
  ASSERT_NE(server, nullptr);
  ASSERT_TRUE(AwaitHealth(*server, "apdr.sink", kServing)) << server_log();
  Send(*server, 20);
  const auto log = ReadLog(*server);
  AwaitCopyOf(log);
  server->process().Signal(SIGKILL);
  (void)server->process().Wait();
  (void)Ask("DROP SCHEMA apdr CASCADE");
  (void)Ask("DROP SCHEMA apdr_identifiers CASCADE");

  server = Serve();
  ASSERT_NE(server, nullptr);
  ASSERT_TRUE(AwaitHealth(*server, "apdr.sink", kServing)) << server_log();
  AwaitCopyOf(log);
  ExpectCopyOf(log);
}

// As it is meant to run: beside the others, over Kafka.
TEST_F(SinkProcessTest, CopiesFromKafkaAsAProcessOfItsOwn) {
  // Only by hand, without deploy/kafka/with_broker.sh, which also fetches the broker.
  if (KafkaAddress().empty()) GTEST_SKIP() << "APDR_TEST_KAFKA is not set: no broker";
  const bus::OwnBroker kafka;
  const auto command = Server::Start({"--data", scratch.Path("data"), "--shards", "2", "--roles",
                                      "command", "--kafka", kafka.address()},
                                     scratch.Path("log"));
  ASSERT_NE(command, nullptr);
  const auto serve_sink = [&] {
    return Server::Start(
        {"--data", scratch.Path("sink"), "--shards", "2", "--roles", "sink", "--kafka",
         kafka.address(), "--sink-postgres", postgres.Connection(database)},
        scratch.Path("sink_log"));
  };
  auto sink = serve_sink();
  ASSERT_NE(sink, nullptr);
  Send(*command, 20);
  sink->process().Signal(SIGKILL);
  (void)sink->process().Wait();
  Send(*command, 10);
  sink = serve_sink();
  ASSERT_NE(sink, nullptr);
  ASSERT_TRUE(AwaitHealth(*sink, "apdr.sink", kServing)) << server_log();
  const auto log = ReadLog(*command);
  AwaitCopyOf(log);
  ExpectCopyOf(log);
}

TEST_F(SinkProcessTest, RefusesAPasswordOnTheCommandLine) {
  std::string failure;
  EXPECT_EQ(Server::Start({"--data", scratch.Path("data"), "--roles", "command,sink",
                           "--sink-postgres", "host=db.example password=hunter2"},
                          scratch.Path("log"), &failure),
            nullptr);
  EXPECT_THAT(failure, HasSubstr("exit code 2"));
  EXPECT_THAT(failure, HasSubstr("PGPASSFILE"));
  EXPECT_THAT(failure, Not(HasSubstr("hunter2")));
}

TEST_F(SinkProcessTest, AsksWhereToCopyTo) {
  std::string failure;
  EXPECT_EQ(Server::Start({"--data", scratch.Path("data"), "--roles", "command,sink"},
                          scratch.Path("log"), &failure),
            nullptr);
  EXPECT_THAT(failure, HasSubstr("--sink-postgres"));
}

}  // namespace
}  // namespace apdr::testing
