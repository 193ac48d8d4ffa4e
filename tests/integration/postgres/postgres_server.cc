#include "tests/integration/postgres/postgres_server.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "services/sink/postgres/session.h"

namespace apdr::testing {
namespace {

namespace fs = std::filesystem;

// "/usr/lib/postgresql/15/bin"; empty: there is none.
std::string NewestPrograms() {
  std::string newest;
  std::error_code absent;
  for (const fs::directory_entry& entry : fs::directory_iterator("/usr/lib/postgresql", absent)) {
    const std::string path = (entry.path() / "bin").string();
    if (fs::exists(path + "/initdb") && path > newest) newest = path;
  }
  return newest;
}

// Sockets have short names, so not below the test's own folder.
std::string MakeFolder() {
  std::string folder = (fs::temp_directory_path() / "apdr_pg_XXXXXX").string();
  APDR_CHECK(mkdtemp(folder.data()) != nullptr);
  return folder;
}

}  // namespace

PostgresServer& PostgresServer::Shared() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() : folder_(MakeFolder()) {
  if (geteuid() == 0) APDR_CHECK(std::system(("chown postgres: " + folder_).c_str()) == 0);
  Run(absl::StrCat("initdb --pgdata=", folder_, "/data --auth=trust --username=postgres --no-sync",
                   " --encoding=UTF8 --locale=C"));
  Start();
}

PostgresServer::~PostgresServer() {
  Crash();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string PostgresServer::Connection(const std::string& database) const {
  return absl::StrCat("host=", folder_, " user=postgres dbname=", database);
}

std::string PostgresServer::CreateDatabase() {
  const auto session = sink::Session::Connect(Connection());
  APDR_CHECK(session.ok());
  const std::string name = absl::StrCat("copy_", ++databases_);
  APDR_CHECK((*session)->Run("CREATE DATABASE " + name).ok());
  return name;
}

void PostgresServer::Start() {
  // What is committed must survive Crash(), which leaves the machine's memory alone.
  Run(absl::StrCat("pg_ctl start --wait --pgdata=", folder_, "/data --log=", folder_,
                   "/log --options=\"-c listen_addresses= -c fsync=off -c unix_socket_directories=",
                   folder_, "\""));
}

void PostgresServer::Crash() {
  Run(absl::StrCat("pg_ctl stop --wait --mode=immediate --pgdata=", folder_, "/data"));
}

void PostgresServer::Run(const std::string& command) const {
  const std::string programs = NewestPrograms();
  APDR_CHECK(!programs.empty());
  const std::string user = geteuid() == 0 ? "runuser -u postgres -- " : "";
  const std::string line = absl::StrCat("cd ", folder_, " && ", user, programs, "/", command, " >>",
                                        folder_, "/said 2>&1");
  APDR_CHECK(std::system(line.c_str()) == 0);
}

}  // namespace apdr::testing
