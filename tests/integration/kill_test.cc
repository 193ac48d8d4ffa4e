// The real process, killed and stopped under load: nothing acknowledged is lost, nothing happens
// twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "tests/integration/case_client.h"

namespace apdr::testing {
namespace {

using ::testing::IsEmpty;

constexpr std::size_t kClients = 8;
constexpr int kKills = 12;

// Eight clients, each in a thread of its own, until the server is gone.
class Load {
 public:
  Load() {
    for (std::uint64_t number = 0; number < kClients; ++number) {
      clients_.push_back(std::make_unique<CaseClient>(number));
    }
  }

  // Runs until `answers` more were given, then does `stop`, then waits for all clients to notice.
  template <class Stop>
  void RunUntil(Server& server, std::uint64_t answers, const Stop& stop) {
    const std::uint64_t target = answers_.load() + answers;
    {
      std::vector<std::jthread> threads;
      for (const auto& client : clients_) {
        threads.emplace_back([&, client = client.get()] {
          while (client->SendOne(server)) Count();
        });
      }
      AwaitAnswers(target);
      stop();
    }
  }

  [[nodiscard]] std::vector<const CaseClient*> clients() const {
    std::vector<const CaseClient*> clients;
    for (const auto& client : clients_) clients.push_back(client.get());
    return clients;
  }
  // Learns the outcome of every request that has none.
  void Resolve(Server& server) {
    for (const auto& client : clients_) ASSERT_TRUE(client->SendOne(server));
  }
  [[nodiscard]] std::size_t promised() const {
    std::size_t count = 0;
    for (const auto& client : clients_) count += client->promises().size();
    return count;
  }
  [[nodiscard]] std::size_t retried() const {
    std::size_t count = 0;
    for (const auto& client : clients_) count += client->retried();
    return count;
  }

 private:
  void Count() {
    const absl::MutexLock lock(&mutex_);
    answers_.fetch_add(1);
  }
  void AwaitAnswers(std::uint64_t target) {
    const auto reached = [&] { return answers_.load() >= target; };
    const absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&reached));
  }

  std::vector<std::unique_ptr<CaseClient>> clients_;
  absl::Mutex mutex_;
  std::atomic<std::uint64_t> answers_ = 0;
};

std::vector<std::string> CommandFlags(const ScratchFolder& folder) {
  return {"--roles=command,query", "--shards=3", "--log-level=warning",
          "--data=" + folder.Path("data")};
}

TEST(Killed, LosesNothingAcknowledgedAndDoesNothingTwice) {
  const ScratchFolder folder("killed");
  PseudoRandom random(42);
  Load load;
  for (int kill = 0; kill < kKills; ++kill) {
    const auto server = Server::Start(CommandFlags(folder), folder.Path("log"));
    ASSERT_NE(server, nullptr);
    load.RunUntil(*server, 20 + random.Next() % 300, [&] { server->process().Signal(SIGKILL); });
    EXPECT_EQ(server->process().Wait(), -SIGKILL);
  }
  const auto server = Server::Start(CommandFlags(folder), folder.Path("log"));
  ASSERT_NE(server, nullptr);
  load.Resolve(*server);

  EXPECT_THAT(CheckPromises(ReadLog(*server), load.clients()), IsEmpty());
  EXPECT_GT(load.promised(), 100U);
  EXPECT_GT(load.retried(), 0U) << "no kill ever met a request under way";
  RecordProperty("promised", static_cast<int>(load.promised()));
  std::cout << kKills << " kills, " << load.promised() << " acknowledged requests, "
            << load.retried() << " retried after an unknown outcome\n";
}

TEST(Stopped, DrainsUnderLoadAndExitsWithZero) {
  const ScratchFolder folder("stopped");
  Load load;
  {
    const auto server = Server::Start(CommandFlags(folder), folder.Path("log"));
    ASSERT_NE(server, nullptr);
    load.RunUntil(*server, 200, [&] { server->process().Signal(SIGTERM); });
    EXPECT_EQ(server->process().Wait(), 0) << server->process().ErrorText();
  }
  const auto server = Server::Start(CommandFlags(folder), folder.Path("log"));
  ASSERT_NE(server, nullptr);
  load.Resolve(*server);

  EXPECT_THAT(CheckPromises(ReadLog(*server), load.clients()), IsEmpty());
}

TEST(Started, TwiceOnOneFolderIsRefusedAndLeavesTheFirstUnharmed) {
  const ScratchFolder folder("twice");
  const auto first = Server::Start(CommandFlags(folder), folder.Path("log"));
  ASSERT_NE(first, nullptr);
  std::string failure;

  EXPECT_EQ(Server::Start(CommandFlags(folder), folder.Path("log2"), &failure), nullptr);

  EXPECT_THAT(failure, ::testing::HasSubstr("Expected to"));
  CaseClient client(1);
  EXPECT_TRUE(client.SendOne(*first));
}

TEST(CheckPromisesTest, FindsWhatIsMissingAndWhatIsTwice) {
  event::v1::Event event;
  event.set_event_id("e1");
  event.set_case_id("c1");
  event.set_request_id("r1");
  event.set_version(1);
  event.set_position(1);
  EXPECT_THAT(CheckPromises({{event}}, {}), IsEmpty());
  event::v1::Event again = event;
  again.set_position(2);
  EXPECT_THAT(CheckPromises({{event, again}}, {}), ::testing::Not(IsEmpty()));
  again.set_version(2);
  again.set_event_id("e2");
  again.set_position(3);
  EXPECT_THAT(CheckPromises({{event, again}}, {}), ::testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace apdr::testing
