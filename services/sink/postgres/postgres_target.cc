#include "services/sink/postgres/postgres_target.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "services/sink/postgres/copy_text.h"
#include "services/sink/postgres/migration_texts.h"
#include "services/sink/postgres/migrations.h"

namespace apdr::sink {
namespace {

using google::protobuf::Message;

// "apdr" in ASCII: the lock of whoever copies into a database. Stored for ever; never change it.
constexpr char kLockKey[] = "1634755698";

// Deletes from a table the cases of $1 (tenants) and $2 (cases).
std::string DeleteFrom(const std::string& table) {
  return absl::StrCat("DELETE FROM ", table,
                      " t USING unnest($1::text[], $2::text[]) AS c (tenant_id, case_id)"
                      " WHERE t.tenant_id = c.tenant_id AND t.case_id = c.case_id");
}

// Of streams, $1 and $2 of the above.
class StreamArrays {
 public:
  void Add(const StreamId& stream) {
    tenants_.push_back(stream.tenant.value());
    cases_.push_back(stream.case_id.value());
  }
  [[nodiscard]] bool empty() const { return cases_.empty(); }
  [[nodiscard]] Parameters Take() const { return {ArrayOf(tenants_), ArrayOf(cases_)}; }

 private:
  std::vector<std::string> tenants_;
  std::vector<std::string> cases_;
};

absl::Status Delete(Session& session, const Table& table, const StreamArrays& streams) {
  if (streams.empty()) return absl::OkStatus();
  return session.Change(DeleteFrom(table.name), streams.Take()).status();
}

absl::Status CopyInto(Session& session, const Table& table, const std::string& lines) {
  if (lines.empty()) return absl::OkStatus();
  return session.Copy(absl::StrCat("COPY ", table.name, " (", table.Columns(), ") FROM STDIN"),
                      lines);
}

// Puts the changed rows of a table in the place of all that are there of their cases.
absl::Status ReplaceIn(Session& session, const Table& table, const Changes& changes) {
  StreamArrays streams;
  std::string lines;
  for (const auto& [stream, change] : changes.cases) {
    if (change.unchanged.contains(table.field->number())) continue;
    streams.Add(stream);
    const auto& reflection = *change.copy.GetReflection();
    for (int i = 0; i < reflection.FieldSize(change.copy, table.field); ++i) {
      AppendLine(stream, i + 1, reflection.GetRepeatedMessage(change.copy, table.field, i), lines);
    }
  }
  for (const StreamId& stream : changes.erased) streams.Add(stream);
  APDR_RETURN_IF_ERROR(Delete(session, table, streams));
  return CopyInto(session, table, lines);
}

absl::Status CopyEvents(Session& session, const Changes& changes) {
  StreamArrays erased;
  for (const StreamId& stream : changes.erased) erased.Add(stream);
  APDR_RETURN_IF_ERROR(Delete(session, EventTable(), erased));
  std::string lines;
  for (const auto& [stream, event] : changes.events) AppendLine(stream, 0, event, lines);
  return CopyInto(session, EventTable(), lines);
}

// Whoever waits for a table that others read makes all wait who would read it next. So a migration
// waits a moment only for each, and is tried again.
constexpr char kWaitAMoment[] = "SET lock_timeout = '500ms'";
constexpr char kWaitForRows[] = "SET lock_timeout = '10s'";

// Waits for a predecessor whose session the server is about to end.
absl::Status TakeLock(Session& session) {
  const absl::Status taken = session.Run(absl::StrCat(
      "SET lock_timeout = '1s'; SELECT pg_advisory_lock(", kLockKey, "); ", kWaitAMoment));
  if (taken.ok() || !session.IsAlive()) return taken;
  return absl::UnavailableError(
      "Expected to be the only one that copies into this database, but another process does.");
}

// A copy of another meaning is emptied, once nobody reads any of it: it takes all tables at once or
// none, and waits for nobody.
absl::Status AgreeOnMeaning(Session& session, const std::string& meaning,
                            std::uint32_t shard_count) {
  const Parameters wanted = {meaning, absl::StrCat(shard_count)};
  APDR_ASSIGN_OR_RETURN(
      const Rows same,
      session.Query("SELECT 1 FROM apdr.copies WHERE meaning = $1 AND shard_count = $2::integer",
                    wanted));
  if (!same.empty()) return absl::OkStatus();
  std::vector<std::string> tables = {"apdr.copies", "apdr.progress", EventTable().name};
  for (const Table& table : CaseTables()) tables.push_back(table.name);
  const std::string all = absl::StrJoin(tables, ", ");
  APDR_RETURN_IF_ERROR(session.Run(
      absl::StrCat("BEGIN; LOCK TABLE ", all, " IN ACCESS EXCLUSIVE MODE NOWAIT; TRUNCATE ", all)));
  APDR_RETURN_IF_ERROR(
      session
          .Change("INSERT INTO apdr.progress (shard, position)"
                  " SELECT shard, 0 FROM generate_series(0, $1::integer - 1) AS shard",
                  {absl::StrCat(shard_count)})
          .status());
  APDR_RETURN_IF_ERROR(
      session
          .Change("INSERT INTO apdr.copies (meaning, shard_count) VALUES ($1, $2::integer)", wanted)
          .status());
  return session.Run("COMMIT");
}

absl::StatusOr<std::vector<Reached>> ReadReached(Session& session, std::uint32_t shard_count) {
  APDR_ASSIGN_OR_RETURN(
      const Rows rows,
      session.Query(
          "SELECT position, event_id, (extract(epoch FROM recorded_time) * 1000000)::bigint"
          " FROM apdr.progress ORDER BY shard",
          {}));
  std::vector<Reached> reached;
  for (const Row& row : rows) {
    std::uint64_t position = 0;
    std::int64_t micros = 0;
    (void)absl::SimpleAtoi(row.at(0), &position);
    const bool timed = absl::SimpleAtoi(row.at(2), &micros);
    reached.push_back({.position = Position(position),
                       .event_id = row.at(1),
                       .recorded_at = timed ? absl::FromUnixMicros(micros) : absl::InfinitePast()});
  }
  if (reached.size() == shard_count) return reached;
  return absl::FailedPreconditionError(absl::StrCat(
      "Expected apdr.progress to have ", shard_count, " rows, but it has ", reached.size(),
      ": somebody changed it. Drop the schemas apdr and apdr_identifiers and let the "
      "copy be made anew."));
}

absl::StatusOr<std::set<StreamId>> ReadStale(Session& session) {
  APDR_ASSIGN_OR_RETURN(const Rows rows,
                        session.Query("SELECT tenant_id, case_id FROM apdr.cases WHERE stale", {}));
  std::set<StreamId> stale;
  for (const Row& row : rows) stale.insert({TenantId(row.at(0)), CaseId(row.at(1))});
  return stale;
}

// REQUIRES: CheckReached() in the same transaction.
absl::Status TakeFurther(Session& session, const std::map<Shard, Reached>& reached) {
  std::vector<std::string> shards;
  std::vector<std::string> positions;
  std::vector<std::string> event_ids;
  std::vector<std::string> times;
  for (const auto& [shard, further] : reached) {
    shards.push_back(absl::StrCat(shard.value()));
    positions.push_back(absl::StrCat(further.position.value()));
    event_ids.push_back(further.event_id);
    times.push_back(
        absl::FormatTime("%Y-%m-%d %H:%M:%E*S+00", further.recorded_at, absl::UTCTimeZone()));
  }
  return session
      .Change(
          "UPDATE apdr.progress p SET position = n.position,"
          " event_id = nullif(n.event_id, ''),"
          " recorded_time = CASE WHEN n.event_id <> '' THEN n.recorded_time::timestamptz END,"
          " written_time = now()"
          " FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[])"
          " AS n (shard, position, event_id, recorded_time) WHERE p.shard = n.shard",
          {ArrayOf(shards), ArrayOf(positions), ArrayOf(event_ids), ArrayOf(times)})
      .status();
}

}  // namespace

PostgresTarget::PostgresTarget(std::string connection) : connection_(std::move(connection)) {}

absl::Status PostgresTarget::Open(std::string_view meaning, std::uint32_t shard_count) {
  session_.reset();
  APDR_ASSIGN_OR_RETURN(auto session, Session::Connect(connection_, kSilenceMax, &stopping_));
  APDR_RETURN_IF_ERROR(TakeLock(*session));
  APDR_RETURN_IF_ERROR(Migrate(*session, Migrations()));
  APDR_RETURN_IF_ERROR(AgreeOnMeaning(*session, std::string(meaning), shard_count));
  APDR_RETURN_IF_ERROR(session->Run(kWaitForRows));
  APDR_ASSIGN_OR_RETURN(reached_, ReadReached(*session, shard_count));
  APDR_ASSIGN_OR_RETURN(stale_, ReadStale(*session));
  session_ = std::move(session);
  return absl::OkStatus();
}

absl::Status PostgresTarget::Commit(const Changes& changes,
                                    const std::map<Shard, Reached>& reached) {
  APDR_CHECK(session_ != nullptr);
  for (const auto& [shard, further] : reached) {
    APDR_CHECK(shard.value() < reached_.size());
    APDR_CHECK(further.position > reached_[shard.value()].position);
  }
  const absl::Status status = CommitTo(*session_, changes, reached);
  if (!status.ok()) {
    session_.reset();  // Rolls back what was not committed.
    return status;
  }
  for (const auto& [shard, further] : reached) reached_[shard.value()] = further;
  return absl::OkStatus();
}

absl::Status PostgresTarget::CommitTo(Session& session, const Changes& changes,
                                      const std::map<Shard, Reached>& reached) const {
  APDR_RETURN_IF_ERROR(session.Run("BEGIN"));
  APDR_RETURN_IF_ERROR(CheckReached(session));
  if (!reached.empty()) APDR_RETURN_IF_ERROR(TakeFurther(session, reached));
  for (const Table& table : CaseTables()) {
    APDR_RETURN_IF_ERROR(ReplaceIn(session, table, changes));
  }
  APDR_RETURN_IF_ERROR(CopyEvents(session, changes));
  return session.Run("COMMIT");
}

// Fails where somebody else took the copy further; from here on nobody does.
absl::Status PostgresTarget::CheckReached(Session& session) const {
  APDR_ASSIGN_OR_RETURN(
      const Rows rows,
      session.Query("SELECT position FROM apdr.progress ORDER BY shard FOR UPDATE", {}));
  const bool same = std::ranges::equal(rows, reached_, [](const Row& row, const Reached& reached) {
    return row.at(0) == absl::StrCat(reached.position.value());
  });
  if (same) return absl::OkStatus();
  return absl::UnavailableError(
      "Expected the copy to be where this process left it, but another one took it further.");
}

}  // namespace apdr::sink
