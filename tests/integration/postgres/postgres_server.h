#pragma once

#include <string>

namespace apdr::testing {

// A PostgreSQL server of the test's own: a new cluster in a folder of its own, on a socket there
// and no port. Debian's, the newest that is installed; as the user postgres where the test is root,
// because PostgreSQL refuses root. Stopped and deleted when it goes.
class PostgresServer {
 public:
  // One for all tests of the process, each with a database of its own.
  static PostgresServer& Shared();

  // Aborts when there is none: then `deploy/install.sh --test` has not been run.
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Connection string of its superuser, for a database.
  [[nodiscard]] std::string Connection(const std::string& database = "postgres") const;
  // A new, empty database: its name.
  std::string CreateDatabase();

  void Start();
  // At once, as if its machine had gone.
  void Crash();

 private:
  void Run(const std::string& command) const;

  std::string folder_;
  int databases_ = 0;
};

}  // namespace apdr::testing
