#include "tests/integration/serve_process.h"

#include <fcntl.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/base/check.h"

namespace apdr::testing {

ScratchFolder::ScratchFolder(const std::string& name)
    : path_(std::filesystem::path(::testing::TempDir()) /
            ("apdr_" + name + "_" + std::to_string(getpid()))) {
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ApdrProcess::ApdrProcess(const std::vector<std::string>& arguments, std::string log)
    : log_(std::move(log)) {
  std::vector<std::string> words = {APDR_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::array<int, 2> ends{};
  APDR_CHECK(pipe2(ends.data(), O_CLOEXEC) == 0);
  const int log_file = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  APDR_CHECK(log_file >= 0);
  // vfork's promise suits a process with threads: nothing but exec happens in between.
  pid_ = fork();
  APDR_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(log_file, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  close(log_file);
  out_ = ends[0];
}

ApdrProcess::~ApdrProcess() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    Wait();
  }
  close(out_);
}

std::optional<std::string> ApdrProcess::ReadLine() {
  while (true) {
    const std::size_t end = unread_.find('\n');
    if (end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    std::array<char, 4096> bytes{};
    const ssize_t count = read(out_, bytes.data(), bytes.size());
    if (count <= 0) return std::nullopt;
    unread_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

void ApdrProcess::Signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

int ApdrProcess::Wait() {
  int status = 0;
  APDR_CHECK(waitpid(pid_, &status, 0) == pid_);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string ApdrProcess::ErrorText() const {
  std::ifstream in(log_);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::unique_ptr<Server> Server::Start(std::vector<std::string> flags, const std::string& log,
                                      std::string* failure) {
  std::vector<std::string> arguments = {"serve", "--listen", "127.0.0.1:0"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  auto server = std::make_unique<Server>();
  server->process_ = std::make_unique<ApdrProcess>(arguments, log);
  // "apdr serves command, query on 127.0.0.1:40123 (8 shards, embedded bus)"
  const std::optional<std::string> line = server->process_->ReadLine();
  const std::size_t on = line ? line->find(" on ") : std::string::npos;
  if (on == std::string::npos) {
    const int code = server->process_->Wait();
    const std::string said =
        "exit code " + std::to_string(code) + "\n" + server->process_->ErrorText();
    if (failure == nullptr) ADD_FAILURE() << "apdr serve ended: " << said;
    if (failure != nullptr) *failure = said;
    return nullptr;
  }
  server->address_ = line->substr(on + 4, line->find(' ', on + 4) - on - 4);
  const auto channel = grpc::CreateChannel(server->address_, grpc::InsecureChannelCredentials());
  server->commands = command::v1::CommandService::NewStub(channel);
  server->subscription = command::v1::SubscriptionService::NewStub(channel);
  server->queries = query::v1::QueryService::NewStub(channel);
  server->audit = query::v1::AuditService::NewStub(channel);
  return server;
}

void Prepare(grpc::ClientContext& context, const std::string& role) {
  context.AddMetadata("apdr-tenant", "t1");
  context.AddMetadata("apdr-actor", "p-1");
  context.AddMetadata("apdr-role", role);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
}

std::vector<std::vector<event::v1::Event>> ReadLog(Server& server) {
  std::vector<std::vector<event::v1::Event>> log;
  command::v1::ListShardsResponse shards;
  {
    grpc::ClientContext context;
    Prepare(context);
    EXPECT_TRUE(server.subscription->ListShards(&context, {}, &shards).ok());
  }
  for (const command::v1::ShardHead& head : shards.shards()) {
    grpc::ClientContext context;
    Prepare(context);
    command::v1::SubscribeRequest request;
    request.set_shard(head.shard());
    const auto reader = server.subscription->Subscribe(&context, request);
    std::vector<event::v1::Event>& events = log.emplace_back();
    command::v1::SubscribeResponse batch;
    while (reader->Read(&batch)) {
      for (const event::v1::Event& event : batch.events()) events.push_back(event);
      if (batch.caught_up()) break;
    }
    EXPECT_EQ(events.size(), head.position()) << "shard " << head.shard();
    context.TryCancel();
    while (reader->Read(&batch)) continue;
    (void)reader->Finish();
  }
  return log;
}

std::string KafkaAddress() {
  const char* address = std::getenv("APDR_TEST_KAFKA");
  return address == nullptr ? "" : address;
}

}  // namespace apdr::testing
