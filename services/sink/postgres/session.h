#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

struct pg_conn;
struct pg_result;

namespace apdr::sink {

using Row = std::vector<std::string>;  // NULL is an empty text.
using Rows = std::vector<Row>;
// Of a statement: $1, $2 ...; nullopt is NULL.
using Parameters = std::vector<std::optional<std::string>>;

// kInvalidArgument unless `connection` is a connection string or URI of libpq's without a password
// in it: command lines and files of flags are read by too many.
[[nodiscard]] absl::Status CheckConnection(const std::string& connection);

// How long a server may say nothing at all in a call. Longer than a statement may take there, so
// that the server's own word comes first.
inline constexpr absl::Duration kSilenceMax = absl::Seconds(35);
inline constexpr absl::Duration kStoppingSilenceMax = absl::Seconds(1);

// A session with a PostgreSQL server. One thread at a time. Calls wait for the server, which ends a
// statement after half a minute; of one that hangs they hear nothing, and give it up after
// kSilenceMax. Connecting waits five seconds for each address.
//
// Errors: kUnavailable when the server is away, busy or shutting down; kFailedPrecondition when it
// refuses (privileges, schema): somebody must do something. A failed session, of whatever error,
// is of no more use: its transaction is rolled back when it goes. Messages hold no values of rows.
class Session {
 public:
  // Once `stopping` (borrowed; may be null) is set, by whatever thread, the silence may last but
  // kStoppingSilenceMax.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Session>> Connect(
      const std::string& connection, absl::Duration silence_max = kSilenceMax,
      const std::atomic<bool>* stopping = nullptr);

  // Whether the connection still stands, as far as can be known without asking the server: it sees
  // a server that went in order, and one that crashed. Never waits.
  [[nodiscard]] bool IsAlive() const;

  // One statement or several; their rows are dropped.
  [[nodiscard]] absl::Status Run(const std::string& statements);
  [[nodiscard]] absl::StatusOr<Rows> Query(const std::string& statement,
                                           const Parameters& parameters);
  // Returns how many rows the statement changed.
  [[nodiscard]] absl::StatusOr<std::size_t> Change(const std::string& statement,
                                                   const Parameters& parameters);
  // `statement` is a COPY ... FROM STDIN, `lines` its text.
  [[nodiscard]] absl::Status Copy(const std::string& statement, std::string_view lines);

 private:
  struct Closer {
    void operator()(pg_conn* connection) const;
  };
  struct ResultCloser {
    void operator()(pg_result* result) const;
  };
  using Result = std::unique_ptr<pg_result, ResultCloser>;

  Session(pg_conn* connection, absl::Duration silence_max, const std::atomic<bool>* stopping)
      : connection_(connection), silence_max_(silence_max), stopping_(stopping) {}

  [[nodiscard]] absl::Duration silence_max() const;
  [[nodiscard]] absl::Status Await(short events) const;
  [[nodiscard]] absl::Status Flush() const;
  [[nodiscard]] absl::StatusOr<Result> NextResult() const;
  [[nodiscard]] absl::StatusOr<Result> Finish() const;
  [[nodiscard]] absl::StatusOr<Result> Execute(const std::string& statement,
                                               const Parameters& parameters) const;
  [[nodiscard]] absl::Status Lost() const;

  const std::unique_ptr<pg_conn, Closer> connection_;
  const absl::Duration silence_max_;
  const std::atomic<bool>* const stopping_;
};

// A text as a value in an array's text: what has more than plain characters is quoted.
[[nodiscard]] std::string ArrayOf(const std::vector<std::string>& texts);

}  // namespace apdr::sink
