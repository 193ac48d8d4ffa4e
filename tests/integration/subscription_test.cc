// A durable subscription of real processes over real sockets and disks: members that share the
// shards, one that is killed, a server that is killed, and what failed, retried and skipped from
// the command line.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <sstream>

#include "apdr/subscription/v1/durable_subscription_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "tests/integration/case_client.h"

namespace apdr::testing {
namespace {

using subscription::v1::ConsumeRequest;
using subscription::v1::ConsumeResponse;
using subscription::v1::Delivery;
using subscription::v1::DurableSubscriptionService;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Place = std::pair<std::uint32_t, std::uint64_t>;  // Shard and position.

constexpr int kShards = 4;

Place PlaceOf(const event::v1::Event& event) { return {event.shard(), event.position()}; }

// Of a line that `consume --json` prints.
Place PlaceOfLine(const std::string& line) {
  const nlohmann::json event = nlohmann::json::parse(line)["event"];
  return {event.value("shard", 0U), std::stoull(event["position"].get<std::string>())};
}

// A member in this process.
class Member {
 public:
  Member(const Server& server, const std::string& member_id)
      : stub_(DurableSubscriptionService::NewStub(
            grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()))) {
    Prepare(context_);
    call_ = stub_->Consume(&context_);
    ConsumeRequest join;
    join.mutable_join()->set_subscription("all");
    join.mutable_join()->set_member_id(member_id);
    call_->Write(join);
  }
  ~Member() {
    context_.TryCancel();
    ConsumeResponse ignored;
    while (call_->Read(&ignored)) continue;
    (void)call_->Finish();
  }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  // Reads until so many shards are this member's; what is delivered meanwhile is kept.
  void AwaitShards(int count) {
    while (shards_ != count && Read()) continue;
    EXPECT_EQ(shards_, count);
  }
  // The next delivery, in order; acknowledged by nobody yet.
  Delivery Next() {
    while (waiting_.empty() && Read()) continue;
    if (waiting_.empty()) {
      ADD_FAILURE() << "the call ended";
      return {};
    }
    const Delivery next = waiting_.front();
    waiting_.erase(waiting_.begin());
    return next;
  }
  void Acknowledge(const Delivery& delivery) {
    ConsumeRequest request;
    request.mutable_acknowledge()->set_shard(delivery.event().shard());
    request.mutable_acknowledge()->set_generation(delivery.generation());
    request.mutable_acknowledge()->set_delivery_tag(delivery.delivery_tag());
    call_->Write(request);
  }
  void Park(const Delivery& delivery) {
    ConsumeRequest request;
    request.mutable_nack()->set_shard(delivery.event().shard());
    request.mutable_nack()->set_generation(delivery.generation());
    request.mutable_nack()->set_delivery_tag(delivery.delivery_tag());
    request.mutable_nack()->set_action(subscription::v1::NACK_ACTION_PARK);
    request.mutable_nack()->set_cause("HTTP_422");
    call_->Write(request);
  }
  // Everything there is; `take` answers each delivery.
  template <class Take>
  void ReadUntilCaughtUp(const Take& take) {
    while (true) {
      for (const Delivery& delivery : std::exchange(waiting_, {})) take(delivery);
      if (caught_up_) return;
      if (!Read()) {
        ADD_FAILURE() << "the call ended";
        return;
      }
    }
  }

 private:
  bool Read() {
    ConsumeResponse response;
    if (!call_->Read(&response)) return false;
    if (response.has_assignment()) shards_ = response.assignment().shards_size();
    for (const Delivery& delivery : response.deliveries().deliveries()) {
      waiting_.push_back(delivery);
    }
    caught_up_ = response.has_caught_up();
    return true;
  }

  std::unique_ptr<DurableSubscriptionService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<ConsumeRequest, ConsumeResponse>> call_;
  std::vector<Delivery> waiting_;
  int shards_ = -1;
  bool caught_up_ = false;
};

class SubscriptionProcess : public ::testing::Test {
 protected:
  void SetUp() override {
    for (std::uint64_t number = 1; number <= 8; ++number) clients_.emplace_back(number);
  }

  void StartServer(std::vector<std::string> flags = {}) {
    for (const char* flag : {"--shards=4", "--log-level=warning"}) flags.emplace_back(flag);
    flags.push_back("--data=" + folder_.Path("data"));
    server_ = Server::Start(std::move(flags), folder_.Path("log"));
    ASSERT_NE(server_, nullptr);
  }
  void KillServer() {
    server_->process().Signal(SIGKILL);
    EXPECT_EQ(server_->process().Wait(), -SIGKILL);
  }
  // Cases with some events each.
  void RecordSome() {
    for (CaseClient& client : clients_) {
      for (int i = 0; i < 12; ++i) ASSERT_TRUE(client.SendOne(*server_));
    }
  }
  std::set<Place> Log() {
    std::set<Place> places;
    for (const auto& shard : ReadLog(*server_)) {
      for (const event::v1::Event& event : shard) places.insert(PlaceOf(event));
    }
    return places;
  }

  std::unique_ptr<ApdrProcess> StartApdr(std::vector<std::string> arguments) {
    if (arguments.front() != "case") arguments.insert(arguments.begin(), "subscription");
    for (const char* word : {"--tenant", "t1", "--server"}) arguments.emplace_back(word);
    arguments.push_back(server_->address());
    return std::make_unique<ApdrProcess>(arguments, folder_.Path("cli"));
  }
  // What `apdr subscription <arguments>` prints; it must end with this code.
  std::string RunApdr(const std::vector<std::string>& arguments, int code = 0) {
    const auto process = StartApdr(arguments);
    std::string text;
    while (auto line = process->ReadLine()) text += *line + "\n";
    EXPECT_EQ(process->Wait(), code) << text << process->ErrorText();
    return text;
  }

  const ScratchFolder folder_{"subscription"};
  std::unique_ptr<Server> server_;
  std::deque<CaseClient> clients_;  // Which stay where they are.
};

TEST_F(SubscriptionProcess, LosesNothingWhenAMemberAndThenTheServerAreKilled) {
  ASSERT_NO_FATAL_FAILURE(StartServer());
  RunApdr({"create", "all"});
  std::set<Place> printed;  // By the process, which acknowledges what it has printed.
  std::set<Place> taken;    // Acknowledged by the member here.
  {
    const auto process = StartApdr({"consume", "all", "--member", "a", "--json"});
    ASSERT_NO_FATAL_FAILURE(RecordSome());
    for (int i = 0; i < 5; ++i) {
      const auto line = process->ReadLine();
      ASSERT_TRUE(line.has_value()) << process->ErrorText();
      printed.insert(PlaceOfLine(*line));
    }
    Member member(*server_, "b");
    member.AwaitShards(kShards / 2);
    process->Signal(SIGKILL);
    EXPECT_EQ(process->Wait(), -SIGKILL);
    while (auto line = process->ReadLine()) printed.insert(PlaceOfLine(*line));
    member.AwaitShards(kShards);
    ASSERT_NO_FATAL_FAILURE(RecordSome());
    for (int i = 0; i < 3; ++i) {
      const Delivery delivery = member.Next();
      member.Acknowledge(delivery);
      taken.insert(PlaceOf(delivery.event()));
    }
    KillServer();
  }
  ASSERT_NO_FATAL_FAILURE(StartServer());
  Member member(*server_, "b");
  std::map<std::string, std::uint64_t> versions;
  member.ReadUntilCaughtUp([&](const Delivery& delivery) {
    const event::v1::Event& event = delivery.event();
    EXPECT_GT(event.version(), versions[event.case_id()]) << "out of order, or twice";
    versions[event.case_id()] = event.version();
    member.Acknowledge(delivery);
    taken.insert(PlaceOf(event));
  });

  std::set<Place> told = printed;
  told.insert(taken.begin(), taken.end());
  EXPECT_EQ(told, Log());
  EXPECT_GT(told.size(), 40U);
  const auto status = nlohmann::json::parse(RunApdr({"show", "all", "--json"}));
  EXPECT_FALSE(status.contains("lag")) << "there is nothing left to do: " << status["lag"];
}

TEST_F(SubscriptionProcess, ParksOverARestartAndGoesOnWhenItIsRetriedOrSkipped) {
  ASSERT_NO_FATAL_FAILURE(StartServer());
  RunApdr({"create", "all", "--attempts", "2"});
  ASSERT_NO_FATAL_FAILURE(RecordSome());
  std::vector<Delivery> parked;
  std::set<std::string> cases;
  std::set<Place> taken;
  {
    Member member(*server_, "a");
    member.ReadUntilCaughtUp([&](const Delivery& delivery) {
      EXPECT_FALSE(cases.contains(delivery.event().case_id())) << "delivered behind a parked one";
      if (parked.size() < 2 && delivery.event().version() == 2) {
        parked.push_back(delivery);
        cases.insert(delivery.event().case_id());
        return member.Park(delivery);
      }
      member.Acknowledge(delivery);
      taken.insert(PlaceOf(delivery.event()));
    });
  }
  ASSERT_EQ(parked.size(), 2U);
  KillServer();
  ASSERT_NO_FATAL_FAILURE(StartServer());
  const auto place = [&](std::size_t i) {
    const auto [shard, position] = PlaceOf(parked[i].event());
    return std::to_string(shard) + "/" + std::to_string(position);
  };
  const std::string listed = RunApdr({"parked", "all"});
  EXPECT_THAT(listed, HasSubstr(place(0)));
  EXPECT_THAT(listed, HasSubstr("HTTP_422"));
  EXPECT_THAT(RunApdr({"show", "all"}), HasSubstr("Oldest parked"));

  RunApdr({"retry", "all", place(0)});
  EXPECT_THAT(RunApdr({"skip", "all", "--all", "--reason", "was sent by hand"}),
              AllOf(HasSubstr(place(1)), Not(HasSubstr(place(0)))));
  RunApdr({"skip", "all", place(1), "--reason", "was sent by hand"}, /*code=*/1);
  const std::string rest =
      RunApdr({"consume", "all", "--member", "a", "--until-caught-up", "--json"});

  std::istringstream lines(rest);
  std::string line;
  while (std::getline(lines, line)) {
    EXPECT_TRUE(taken.insert(PlaceOfLine(line)).second) << "came again though it was done";
  }
  taken.insert(PlaceOf(parked[1].event()));
  EXPECT_EQ(taken, Log());
  EXPECT_THAT(RunApdr({"parked", "all"}), HasSubstr("Nothing is parked"));
  EXPECT_THAT(RunApdr({"parked", "all", "--skipped"}), HasSubstr("was sent by hand"));
  EXPECT_THAT(RunApdr({"list"}), HasSubstr("all"));
  EXPECT_THAT(RunApdr({"delete", "all"}), HasSubstr("Deleted all."));
  RunApdr({"show", "all"}, /*code=*/1);
}

TEST_F(SubscriptionProcess, LetsProcessesWithoutAMemberIdWorkSideBySide) {
  ASSERT_NO_FATAL_FAILURE(StartServer());
  RunApdr({"create", "all"});
  ASSERT_NO_FATAL_FAILURE(RecordSome());
  const auto first = StartApdr({"consume", "all"});
  ASSERT_TRUE(first->ReadLine().has_value());

  RunApdr({"consume", "all", "--until-caught-up"});

  const auto status = nlohmann::json::parse(RunApdr({"show", "all", "--json"}));
  EXPECT_EQ(status["member_ids"].size(), 1U) << "the first is still there";
  first->Signal(SIGKILL);
  EXPECT_EQ(first->Wait(), -SIGKILL);
}

TEST_F(SubscriptionProcess, FiltersByTypeSettingAndAuthority) {
  ASSERT_NO_FATAL_FAILURE(StartServer({"--demo-clock"}));
  RunApdr({"case", "run", "deploy/examples/amira.json"});
  const std::size_t all = Log().size();
  RunApdr({"create", "here", "--of-setting", "URN:199001", "--of-authority", "801"});
  RunApdr({"create", "elsewhere", "--of-setting", "URN:199002"});
  RunApdr({"create", "plans", "--type", "PlanAgreed", "--of-setting", "URN:199001"});
  RunApdr({"create", "later", "--from", "now"});
  const auto count = [&](const std::string& name) {
    const std::string text = RunApdr({"consume", name, "--until-caught-up"});
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  };
  EXPECT_EQ(count("here"), all);
  EXPECT_EQ(count("elsewhere"), 0U);
  EXPECT_EQ(count("later"), 0U);
  const std::size_t plans = count("plans");
  EXPECT_GT(plans, 0U);
  EXPECT_LT(plans, all);
  EXPECT_EQ(count("plans"), 0U) << "it was acknowledged";
}

}  // namespace
}  // namespace apdr::testing
