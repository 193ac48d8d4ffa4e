#include "services/sink/postgres/session.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::sink {
namespace {

// What a statement may take, and what a lost peer may cost on both sides. Commits are durable
// whatever the server's default: what is copied is not sent again.
constexpr char kPrepare[] =
    "SET synchronous_commit = on; SET statement_timeout = '30s'; SET lock_timeout = '10s';"
    "SET idle_in_transaction_session_timeout = '30s'; SET tcp_keepalives_idle = 30;"
    "SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; SET TimeZone = 'UTC';"
    "SET DateStyle = 'ISO, YMD'; SET client_min_messages = warning";

// While it waits a session looks this often whether it is to stop.
constexpr absl::Duration kLookUp = absl::Milliseconds(100);

constexpr std::size_t kCopyBytesAtOnce = 1U << 20;

void DropNotice(void*, const PGresult*) {}

// Time and room, transactions that others stopped, a server that goes or starts.
bool PassesByItself(std::string_view state) {
  constexpr std::array<std::string_view, 6> kClasses = {"08", "40", "53", "55", "57", "58"};
  return state.size() == 5 && std::ranges::find(kClasses, state.substr(0, 2)) != kClasses.end();
}

std::string FirstLineOf(const char* text) {
  const std::string whole(text == nullptr ? "" : text);
  return std::string(absl::StripAsciiWhitespace(whole.substr(0, whole.find('\n'))));
}

absl::Status LostOf(pg_conn* connection) {
  return absl::UnavailableError(absl::StrCat("Expected to reach the PostgreSQL server, but: ",
                                             FirstLineOf(PQerrorMessage(connection))));
}

absl::Status CheckResult(pg_conn* connection, const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN) {
    return absl::OkStatus();
  }
  if (PQstatus(connection) != CONNECTION_OK) return LostOf(connection);
  const char* const code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state(code == nullptr ? "" : code);
  // A message about data quotes it.
  const bool quotes = state.starts_with("22") || state.starts_with("23");
  const std::string message =
      absl::StrCat("Expected the PostgreSQL server to take a statement, but it answers ", state,
                   quotes ? "." : ": ",
                   quotes ? "" : FirstLineOf(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
  return PassesByItself(state) ? absl::UnavailableError(message)
                               : absl::FailedPreconditionError(message);
}

bool IsPlain(const std::string& text) {
  if (text.empty() || absl::AsciiStrToLower(text) == "null") return false;
  return std::ranges::all_of(text, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' ||
           c == ':' || c == '+';
  });
}

void AppendQuoted(const std::string& text, std::string& array) {
  array.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') array.push_back('\\');
    array.push_back(c);
  }
  array.push_back('"');
}

}  // namespace

absl::Status CheckConnection(const std::string& connection) {
  struct OptionsCloser {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  };
  // What it says is wrong may be the password, so it is not repeated.
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, OptionsCloser> options(
      PQconninfoParse(connection.c_str(), &error));
  PQfreemem(error);
  if (options == nullptr) {
    return absl::InvalidArgumentError(
        "Expected a connection string such as 'service=apdr' or 'host=db.example dbname=apdr "
        "user=apdr_sink', but libpq cannot read it.");
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view keyword(option->keyword);
    if (option->val == nullptr || (keyword != "password" && keyword != "sslpassword")) continue;
    return absl::InvalidArgumentError(
        "Expected a connection string without a password, but there is one: put it into a password "
        "file (PGPASSFILE, or passfile=...) or a service file, which only this user may read.");
  }
  return absl::OkStatus();
}

void Session::ResultCloser::operator()(pg_result* result) const { PQclear(result); }

void Session::Closer::operator()(pg_conn* connection) const { PQfinish(connection); }

absl::StatusOr<std::unique_ptr<Session>> Session::Connect(const std::string& connection,
                                                          absl::Duration silence_max,
                                                          const std::atomic<bool>* stopping) {
  // What the connection string says comes last and counts.
  constexpr std::array<const char*, 8> kKeywords = {
      "connect_timeout", "tcp_user_timeout",          "keepalives_idle", "keepalives_interval",
      "client_encoding", "fallback_application_name", "dbname",          nullptr};
  const std::array<const char*, 8> values = {
      "5", "30000", "30", "10", "UTF8", "apdr-sink", connection.c_str(), nullptr};
  std::unique_ptr<Session> session(
      new Session(PQconnectdbParams(kKeywords.data(), values.data(), /*expand_dbname=*/1),
                  silence_max, stopping));
  pg_conn* const made = session->connection_.get();
  if (PQstatus(made) != CONNECTION_OK || PQsetnonblocking(made, 1) != 0) return session->Lost();
  PQsetNoticeReceiver(made, DropNotice, nullptr);
  APDR_RETURN_IF_ERROR(session->Run(kPrepare));
  return session;
}

bool Session::IsAlive() const {
  pg_conn* const connection = connection_.get();
  // A server that goes says so first; behind that stands the end of the connection.
  for (int i = 0; i < 2; ++i) {
    if (PQconsumeInput(connection) != 1) return false;
  }
  return PQstatus(connection) == CONNECTION_OK;
}

absl::Status Session::Lost() const { return LostOf(connection_.get()); }

absl::Duration Session::silence_max() const {
  const bool stopping = stopping_ != nullptr && *stopping_;
  return stopping ? std::min(silence_max_, kStoppingSilenceMax) : silence_max_;
}

// Waits until the socket has something, or takes something.
absl::Status Session::Await(short events) const {
  pollfd socket{.fd = PQsocket(connection_.get()), .events = events, .revents = 0};
  absl::Duration waited;
  for (; waited < silence_max(); waited += kLookUp) {
    const int ready = poll(&socket, 1, static_cast<int>(absl::ToInt64Milliseconds(kLookUp)));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) break;
  }
  return absl::UnavailableError(
      absl::StrCat("Expected an answer of the PostgreSQL server, but it says nothing for ",
                   absl::FormatDuration(waited), "."));
}

// Sends what libpq holds back, and takes what the server says meanwhile.
absl::Status Session::Flush() const {
  for (;;) {
    const int left = PQflush(connection_.get());
    if (left == 0) return absl::OkStatus();
    if (left < 0) return Lost();
    APDR_RETURN_IF_ERROR(Await(POLLIN | POLLOUT));
    if (PQconsumeInput(connection_.get()) != 1) return Lost();
  }
}

// Null: there are no more.
absl::StatusOr<Session::Result> Session::NextResult() const {
  APDR_RETURN_IF_ERROR(Flush());
  while (PQisBusy(connection_.get()) == 1) {
    APDR_RETURN_IF_ERROR(Await(POLLIN));
    if (PQconsumeInput(connection_.get()) != 1) return Lost();
  }
  return Result(PQgetResult(connection_.get()));
}

// The first error of what was sent, or its last result. One that begins a COPY has no end yet.
absl::StatusOr<Session::Result> Session::Finish() const {
  absl::Status status;
  Result last;
  for (;;) {
    APDR_ASSIGN_OR_RETURN(Result result, NextResult());
    if (result == nullptr) break;
    if (status.ok()) status = CheckResult(connection_.get(), result.get());
    last = std::move(result);
    if (PQresultStatus(last.get()) == PGRES_COPY_IN) break;
  }
  APDR_RETURN_IF_ERROR(status);
  if (last == nullptr) return Lost();
  return last;
}

absl::Status Session::Run(const std::string& statements) {
  if (PQsendQuery(connection_.get(), statements.c_str()) != 1) return Lost();
  return Finish().status();
}

absl::StatusOr<Session::Result> Session::Execute(const std::string& statement,
                                                 const Parameters& parameters) const {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) {
    values.push_back(parameter ? parameter->c_str() : nullptr);
  }
  const int sent =
      PQsendQueryParams(connection_.get(), statement.c_str(), static_cast<int>(values.size()),
                        /*paramTypes=*/nullptr, values.data(), /*paramLengths=*/nullptr,
                        /*paramFormats=*/nullptr, /*resultFormat=*/0);
  if (sent != 1) return Lost();
  return Finish();
}

absl::StatusOr<Rows> Session::Query(const std::string& statement, const Parameters& parameters) {
  APDR_ASSIGN_OR_RETURN(const Result result, Execute(statement, parameters));
  Rows rows;
  for (int i = 0; i < PQntuples(result.get()); ++i) {
    Row& row = rows.emplace_back();
    for (int j = 0; j < PQnfields(result.get()); ++j) {
      row.emplace_back(PQgetvalue(result.get(), i, j));
    }
  }
  return rows;
}

absl::StatusOr<std::size_t> Session::Change(const std::string& statement,
                                            const Parameters& parameters) {
  APDR_ASSIGN_OR_RETURN(const Result result, Execute(statement, parameters));
  std::size_t count = 0;
  (void)absl::SimpleAtoi(PQcmdTuples(result.get()), &count);  // Empty: it changes no rows.
  return count;
}

absl::Status Session::Copy(const std::string& statement, std::string_view lines) {
  pg_conn* const connection = connection_.get();
  APDR_RETURN_IF_ERROR(Run(statement));
  for (std::size_t at = 0; at < lines.size(); at += kCopyBytesAtOnce) {
    const std::string_view part = lines.substr(at, kCopyBytesAtOnce);
    if (PQputCopyData(connection, part.data(), static_cast<int>(part.size())) != 1) return Lost();
    APDR_RETURN_IF_ERROR(Flush());
  }
  if (PQputCopyEnd(connection, /*errormsg=*/nullptr) != 1) return Lost();
  return Finish().status();
}

std::string ArrayOf(const std::vector<std::string>& texts) {
  std::string array = "{";
  for (const std::string& text : texts) {
    if (array.size() > 1) array.push_back(',');
    if (IsPlain(text)) {
      array += text;
    } else {
      AppendQuoted(text, array);
    }
  }
  array.push_back('}');
  return array;
}

}  // namespace apdr::sink
