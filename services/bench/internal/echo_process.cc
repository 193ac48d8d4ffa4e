#include "services/bench/internal/echo_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"

namespace apdr::bench {
namespace {

constexpr int kRead = 0;
constexpr int kWrite = 1;

absl::Status Failed(const char* step) {
  return absl::UnavailableError(
      absl::StrCat("Expected to start the echo server, but ", step, " failed."));
}

// The first line that the process writes; empty if it ends without one.
std::string ReadLine(int descriptor) {
  std::string line;
  char c = 0;
  while (true) {
    const ssize_t got = read(descriptor, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    if (c == '\n') return line;
    line.push_back(c);
  }
}

absl::StatusOr<pid_t> Spawn(std::vector<std::string> words, int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int failed =
      posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return Failed("posix_spawn");
  return pid;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EchoProcess>> EchoProcess::Start(EchoSizes sizes) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (pipe2(to.data(), O_CLOEXEC) != 0) return Failed("pipe");
  if (pipe2(from.data(), O_CLOEXEC) != 0) {
    close(to[kRead]);
    close(to[kWrite]);
    return Failed("pipe");
  }
  const auto pid = Spawn(
      {"apdr", "bench", "--serve-echo", absl::StrCat("--echo-unary-bytes=", sizes.unary_bytes),
       absl::StrCat("--echo-stream-bytes=", sizes.stream_bytes)},
      to[kRead], from[kWrite]);
  close(to[kRead]);
  close(from[kWrite]);
  if (!pid.ok()) {
    close(to[kWrite]);
    close(from[kRead]);
    return pid.status();
  }
  auto process = std::unique_ptr<EchoProcess>(new EchoProcess(*pid, to[kWrite]));
  const std::string port = ReadLine(from[kRead]);
  close(from[kRead]);
  if (port.empty()) return Failed("listening");
  process->address_ = absl::StrCat("127.0.0.1:", port);
  return process;
}

EchoProcess::~EchoProcess() {
  close(input_);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

double CpuSeconds(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');  // The name may hold blanks.
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  constexpr int kFieldsBefore = 11;  // Between the name and utime.
  std::string skipped;
  for (int i = 0; i < kFieldsBefore; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace apdr::bench
