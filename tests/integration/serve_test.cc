// What `apdr serve` does about a disk, or a policy, that is not as it should be.
#include <gmock/gmock.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>

#include "tests/integration/case_client.h"

namespace apdr::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kFailStop = 70;

// Changes a bit of the first block of every table file: how far the shards have been folded. The
// row that is read first, the layout, is in the last block: a file this long has many.
void FlipABitIn(const std::string& folder) {
  constexpr std::uintmax_t kManyBlocks = 1U << 15;
  int tables = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".sst") continue;
    ++tables;
    ASSERT_GT(entry.file_size(), kManyBlocks);
    std::fstream table(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    const int byte = table.seekg(8).peek();
    table.seekp(8).put(static_cast<char>(byte ^ 1));
  }
  ASSERT_GT(tables, 0);
}

TEST(Serve, FoldsAReadModelAnewAfterItStoppedBecauseOfDamageInIt) {
  const ScratchFolder folder("damage");
  const std::vector<std::string> flags = {"--shards=1", "--data=" + folder.Path("data")};
  CaseClient client(1);
  // The second start moves what the first wrote from RocksDB's log into a table file.
  for (const int commands : {600, 0}) {
    const auto server = Server::Start(flags, folder.Path("log"));
    ASSERT_NE(server, nullptr);
    for (int i = 0; i < commands; ++i) ASSERT_TRUE(client.SendOne(*server));
    server->process().Signal(SIGTERM);
    ASSERT_EQ(server->process().Wait(), 0);
  }
  ASSERT_NO_FATAL_FAILURE(FlipABitIn(folder.Path("data/readmodel")));
  {
    std::string failure;
    const auto stopped = Server::Start(flags, folder.Path("log"), &failure);
    if (stopped == nullptr) {
      EXPECT_THAT(failure, HasSubstr("exit code 70"));
    } else {
      ASSERT_EQ(stopped->process().Wait(), kFailStop);
    }
  }

  const auto server = Server::Start(flags, folder.Path("log"));

  ASSERT_NE(server, nullptr);
  std::uint64_t position = 0;
  for (const auto& [id, promise] : client.promises())
    position = std::max(position, promise.position);
  grpc::ClientContext context;
  Prepare(context);
  query::v1::GetCaseRequest request;
  request.set_case_id(client.case_id());
  request.set_min_position(position);
  query::v1::GetCaseResponse response;
  const grpc::Status status = server->queries->GetCase(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_GE(response.as_of_position(), position);
  EXPECT_THAT(server->process().ErrorText(), HasSubstr("read_model_made_anew"));
}

TEST(Serve, StopsInOrderWhenItsReadyFileCannotBeWritten) {
  const ScratchFolder folder("ready");
  std::string failure;

  EXPECT_EQ(Server::Start(
                {"--data=" + folder.Path("data"), "--ready-file=" + folder.Path("nowhere/ready")},
                folder.Path("log"), &failure),
            nullptr);

  EXPECT_THAT(failure, HasSubstr("exit code 1\n"));
  EXPECT_THAT(failure, HasSubstr("it cannot be written"));
}

// Starts a server under a profile and stops it; what it said if it did not start.
std::string ServeUnder(const std::string& policy, const ScratchFolder& folder) {
  std::string failure;
  const auto server =
      Server::Start({"--shards=1", "--data=" + folder.Path("data"), "--policy=" + policy},
                    folder.Path("log"), &failure);
  if (server == nullptr) return failure;
  server->process().Signal(SIGTERM);
  EXPECT_EQ(server->process().Wait(), 0);
  return "served";
}

// The profile "ours" of a version, with so many days to assess in, after a comment.
void WriteProfile(const std::string& path, int version, int days, const std::string& comment) {
  ApdrProcess show({"workflow", "policy", "code-2015"}, path + ".log");
  std::ofstream file(path);
  file << comment << "\n";
  while (const auto line = show.ReadLine()) {
    if (line->starts_with("name = \"code-2015\"")) {
      file << "name = \"ours\"\n";
    } else if (line->starts_with("version = ")) {
      file << "version = " << version << "\n";
    } else if (line->starts_with("assess = ")) {
      file << "assess = " << days << "\n";
    } else {
      file << *line << "\n";
    }
  }
  ASSERT_EQ(show.Wait(), 0);
}

TEST(Serve, RefusesAProfileThatIsNotTheOneItDecidedUnderByThatName) {
  const ScratchFolder folder("policy");
  const std::string ours = folder.Path("ours.toml");
  ASSERT_NO_FATAL_FAILURE(WriteProfile(ours, 1, 20, "# The first."));
  EXPECT_EQ(ServeUnder(ours, folder), "served");
  ASSERT_NO_FATAL_FAILURE(WriteProfile(ours, 1, 20, "# The same in other words."));
  EXPECT_EQ(ServeUnder(ours, folder), "served");
  ASSERT_NO_FATAL_FAILURE(WriteProfile(ours, 1, 25, "# Another."));
  const std::string refused = ServeUnder(ours, folder);
  EXPECT_THAT(refused, HasSubstr("Expected the profile ours@1 that events of this store"));
  EXPECT_THAT(refused, HasSubstr("give what was changed a higher version"));
  ASSERT_NO_FATAL_FAILURE(WriteProfile(ours, 2, 25, "# Another."));
  EXPECT_EQ(ServeUnder(ours, folder), "served");
  EXPECT_EQ(ServeUnder("code-2015", folder), "served");
  for (const char* kept : {"ours@1", "ours@2", "code-2015@1"}) {
    EXPECT_TRUE(
        std::filesystem::exists(folder.Path("data/policies/" + std::string(kept) + ".toml")))
        << kept;
  }
}

// Also where no client of ours would send them.
TEST(Serve, AnswersMalformedBytesToEveryMethodWithAnErrorOfTheCatalogue) {
  const ScratchFolder folder("malformed");
  std::ofstream(folder.Path("notify.toml")) << "not_older_than_days = 7\n";
  const auto server =
      Server::Start({"--data=" + folder.Path("data"), "--roles=command,query,notify",
                     "--notify-routes=" + folder.Path("notify.toml")},
                    folder.Path("log"));
  ASSERT_NE(server, nullptr);
  grpc::GenericStub stub(
      grpc::CreateChannel(server->address(), grpc::InsecureChannelCredentials()));
  for (const char* method : {"command.v1.CommandService/Execute",
                             "command.v1.CommandService/Preview",
                             "command.v1.SubscriptionService/Subscribe",
                             "command.v1.SubscriptionService/ListShards",
                             "query.v1.QueryService/GetCase",
                             "query.v1.QueryService/GetChronology",
                             "query.v1.QueryService/ListCases",
                             "query.v1.QueryService/ListDue",
                             "query.v1.QueryService/ListCommands",
                             "query.v1.AuditService/ListEvents",
                             "query.v1.AuditService/CountEvents",
                             "query.v1.DocumentService/GetDocument",
                             "sen.v1.ExportService/ListCensusRows",
                             "sen.v1.ExportService/ListAnnexARows",
                             "sen.v1.ExportService/GetEhcEvidence",
                             "query.v1.DeliveryService/ListDeliveries",
                             "query.v1.DeliveryService/Redeliver",
                             "subscription.v1.DurableSubscriptionService/CreateSubscription",
                             "subscription.v1.DurableSubscriptionService/GetSubscription",
                             "subscription.v1.DurableSubscriptionService/ListSubscriptions",
                             "subscription.v1.DurableSubscriptionService/DeleteSubscription",
                             "subscription.v1.DurableSubscriptionService/Consume",
                             "subscription.v1.DurableSubscriptionService/ListParkedEvents",
                             "subscription.v1.DurableSubscriptionService/RetryParkedEvents",
                             "subscription.v1.DurableSubscriptionService/SkipParkedEvents"}) {
    grpc::Slice slice("\xff\xff\xff\xff", 4);
    const grpc::ByteBuffer bytes(&slice, 1);
    grpc::ByteBuffer answer;
    grpc::ClientContext context;
    Prepare(context);
    grpc::CompletionQueue queue;
    grpc::Status status;
    const auto call =
        stub.PrepareUnaryCall(&context, std::string("/apdr.") + method, bytes, &queue);
    call->StartCall();
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << method;
    EXPECT_THAT(status.error_details(), HasSubstr("REQUEST_MALFORMED")) << method;
  }
}

}  // namespace
}  // namespace apdr::testing
