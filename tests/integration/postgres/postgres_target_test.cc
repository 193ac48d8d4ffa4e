// The sink against a real PostgreSQL: whatever is killed when, the copy is a fold of the log.
#include "services/sink/postgres/postgres_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "engine/base/random.h"
#include "engine/base/settable_clock.h"
#include "services/sink/postgres/copy_text.h"
#include "services/sink/postgres/migration_texts.h"
#include "services/sink/postgres/migrations.h"
#include "services/views/departures.h"
#include "services/views/overview.h"
#include "services/views/view_followers.h"
#include "services/views/view_table.h"
#include "tests/integration/postgres/postgres_server.h"
#include "tests/support/read_side.h"
#include "tests/support/sen_walks.h"
#include "tests/unit/sink/sink_fixture.h"

namespace apdr::sink {
namespace {

using apdr::testing::MemoryTarget;
using apdr::testing::On;
using apdr::testing::PostgresServer;
using apdr::testing::ReadSide;
using apdr::testing::SenWalks;
using apdr::testing::SinkDisk;
using apdr::testing::SinkProcess;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kDocument[] = "docs/analysts.md";

CopyOptions OptionsOf(std::size_t batch) {
  return {.shard_count = SenWalks::kShards, .batch_records_max = batch, .cached_cases_max = 3};
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// A database of its own, and somebody who looks into it beside the sink.
class PostgresTargetTest : public ::testing::Test {
 protected:
  PostgresTargetTest() : database(PostgresServer::Shared().CreateDatabase()) { Connect(); }

  void Connect() { session = *Session::Connect(PostgresServer::Shared().Connection(database)); }
  Rows Ask(const std::string& statement) {
    auto rows = session->Query(statement, {});
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? *std::move(rows) : Rows();
  }
  void Do(const std::string& statement) {
    const absl::Status status = session->Run(statement);
    EXPECT_TRUE(status.ok()) << status;
  }
  // As if the sink's machine had gone, or somebody pulled its cable.
  void CutSinksOff() {
    (void)Ask(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'apdr-sink' AND pid <> pg_backend_pid()"
        " AND datname = current_database()");
  }
  // A table as COPY would write it.
  std::multiset<std::string> LinesOf(const Table& table) {
    std::multiset<std::string> lines;
    const std::string columns = table.Columns();
    const std::vector<std::string> names = absl::StrSplit(columns, ", ");
    std::vector<std::string> texts;
    for (const std::string& name : names) {
      const bool is_bool = IsBool(table, name);
      texts.push_back(is_bool ? absl::StrCat("CASE WHEN ", name, " THEN 't' WHEN NOT ", name,
                                             " THEN 'f' ELSE '\\N' END")
                              : absl::StrCat("coalesce(", name, "::text, '\\N')"));
    }
    for (const Row& row : Ask(absl::StrCat("SELECT ", absl::StrJoin(texts, " || E'\\t' || "),
                                           " FROM ", table.name))) {
      lines.insert(row.at(0) + "\n");
    }
    return lines;
  }
  static bool IsBool(const Table& table, const std::string& column) {
    const auto* field = table.row->FindFieldByName(column);
    return field != nullptr && field->type() == google::protobuf::FieldDescriptor::TYPE_BOOL;
  }

  // Every table of the database holds what a fold of the log in one go gives.
  void ExpectACopyOf(SenWalks& walks) {
    bus::LogRecordSource log(walks.store);
    MemoryTarget expected;
    SinkDisk disk;
    SinkProcess(walks.workflow, log, expected, disk, OptionsOf(5000)).RunUntilIdle();
    for (const Table& table : CaseTables()) {
      std::multiset<std::string> lines;
      for (const auto& [stream, bytes] : expected.content.cases) {
        sen::state::v1::CaseCopy copy;
        ASSERT_TRUE(copy.ParseFromString(bytes));
        for (int i = 0; i < copy.GetReflection()->FieldSize(copy, table.field); ++i) {
          std::string line;
          AppendLine(stream, i + 1, copy.GetReflection()->GetRepeatedMessage(copy, table.field, i),
                     line);
          lines.insert(line);
        }
      }
      EXPECT_EQ(LinesOf(table), lines) << table.name;
    }
    std::multiset<std::string> events;
    for (const auto& [key, bytes] : expected.content.events) {
      sen::state::v1::CopiedEvent event;
      ASSERT_TRUE(event.ParseFromString(bytes));
      std::string line;
      AppendLine(key.first, 0, event, line);
      events.insert(line);
    }
    EXPECT_EQ(LinesOf(EventTable()), events);
    for (std::uint32_t i = 0; i < SenWalks::kShards; ++i) {
      const Rows rows =
          Ask(absl::StrCat("SELECT position, event_id FROM apdr.progress WHERE shard = ", i));
      EXPECT_EQ(rows.at(0).at(0), absl::StrCat(expected.reached()[i].position.value()));
      EXPECT_EQ(rows.at(0).at(1), expected.reached()[i].event_id);
    }
  }

  const std::string database;
  std::unique_ptr<Session> session;
};

class EveryDatabase : public PostgresTargetTest,
                      public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(EveryDatabase, IsAFoldOfTheLogWhoeverIsKilled) {
  SenWalks walks(GetParam());
  PseudoRandom random(GetParam());
  bus::LogRecordSource log(walks.store);
  SinkDisk disk;
  for (int round = 0; round < 6; ++round) {
    for (int turn = 0; turn < 60; ++turn) walks.Turn();
    if (round == 4) walks.Erase(1);
    // A process of its own, that goes without a word.
    PostgresTarget target(PostgresServer::Shared().Connection(database));
    SinkProcess process(walks.workflow, log, target, disk, OptionsOf(1 + random.Next() % 20));
    for (int step = 0; step < 8; ++step) {
      if (random.Next() % 4 == 0) CutSinksOff();
      (void)process.Step();
    }
    if (round % 3 == 1) disk.model = std::make_unique<readmodel::MemoryReadModel>();
    if (round == 3) {
      PostgresServer::Shared().Crash();
      EXPECT_TRUE(absl::IsUnavailable(process.Step().status()));
      EXPECT_THAT(process.trouble(), Not(IsEmpty()));
      PostgresServer::Shared().Start();
      Connect();
      process.RunUntilIdle();  // By itself, where it was.
    }
  }
  PostgresTarget target(PostgresServer::Shared().Connection(database));
  SinkProcess(walks.workflow, log, target, disk, OptionsOf(50)).RunUntilIdle();
  ExpectACopyOf(walks);
}

INSTANTIATE_TEST_SUITE_P(Seeds, EveryDatabase, ::testing::Range<std::uint64_t>(1, 5));

class OneDatabase : public PostgresTargetTest {
 protected:
  OneDatabase() : OneDatabase(7) {}
  explicit OneDatabase(std::uint64_t seed) : walks(seed) {
    for (int turn = 0; turn < 150; ++turn) walks.Turn();
  }

  // As a new process does, that keeps its session.
  void Copy() {
    target.reset();
    target = std::make_unique<PostgresTarget>(PostgresServer::Shared().Connection(database));
    SinkProcess(walks.workflow, log, *target, disk, OptionsOf(100)).RunUntilIdle();
  }
  std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }
  std::string meaning() { return CopyMeaning(walks.workflow, Identifiers::kLeftOut); }

  SenWalks walks;
  bus::LogRecordSource log{walks.store};
  SinkDisk disk;
  std::unique_ptr<PostgresTarget> target;
};

TEST_F(OneDatabase, KeepsASecondSinkWaitingUntilTheFirstIsGone) {
  Copy();
  PostgresTarget second(PostgresServer::Shared().Connection(database));
  EXPECT_TRUE(absl::IsUnavailable(second.Open(meaning(), SenWalks::kShards)));
  CutSinksOff();
  EXPECT_TRUE(second.Open(meaning(), SenWalks::kShards).ok());
  // The first has not noticed yet; its next transaction dies with its session.
  EXPECT_TRUE(
      absl::IsUnavailable(target->Commit({}, {{Shard(0), {.position = Position(1000000)}}})));
  EXPECT_FALSE(target->is_open());
  ExpectACopyOf(walks);
}

// A pooler that shares sessions takes the lock's meaning away; the positions stand in for it.
TEST_F(OneDatabase, RefusesToTakeFurtherWhatSomebodyElseTookFurther) {
  Copy();
  Do("UPDATE apdr.progress SET position = position + 1");
  EXPECT_TRUE(
      absl::IsUnavailable(target->Commit({}, {{Shard(0), {.position = Position(1000000)}}})));
  EXPECT_FALSE(target->is_open());
}

// Nor what takes no position further: a case that is tried again.
TEST_F(OneDatabase, RefusesToChangeACaseThatSomebodyElseTookFurther) {
  Copy();
  Do("UPDATE apdr.progress SET position = position + 1");
  EXPECT_TRUE(absl::IsUnavailable(
      target->Commit({.cases = {{SenWalks::CaseNumber(0), {}}}, .events = {}, .erased = {}}, {})));
  EXPECT_FALSE(target->is_open());
  EXPECT_NE(Ask("SELECT count(*) FROM apdr.cases WHERE case_id = '" +
                SenWalks::CaseNumber(0).case_id.value() + "'")
                .at(0)
                .at(0),
            "0");
}

TEST_F(OneDatabase, TellsWhichCasesAreStale) {
  Copy();
  EXPECT_THAT(target->stale(), IsEmpty());
  Do("UPDATE apdr.cases SET stale = true WHERE case_id = '" +
     SenWalks::CaseNumber(1).case_id.value() + "'");
  ASSERT_TRUE(target->Open(meaning(), SenWalks::kShards).ok());
  EXPECT_THAT(target->stale(), ElementsAre(SenWalks::CaseNumber(1)));
}

TEST_F(OneDatabase, StopsWithoutWaitingForAServerThatSaysNothing) {
  Copy();
  Do("BEGIN; LOCK TABLE apdr.cases");  // The server would say so after ten seconds.
  target->StopWaiting();
  const absl::Status stopped =
      target->Commit({.cases = {{SenWalks::CaseNumber(0), {}}}, .events = {}, .erased = {}}, {});
  EXPECT_TRUE(absl::IsUnavailable(stopped));
  EXPECT_THAT(MessageOf(stopped), HasSubstr("says nothing for 1s"));
  Do("ROLLBACK");
}

TEST_F(OneDatabase, RefusesASchemaOfANewerProgramAndOneThatWasAltered) {
  Copy();
  Do("INSERT INTO apdr.migrations (number, name, sha256) VALUES (999, '0999_future.sql', 'x')");
  const absl::Status newer = target->Open(meaning(), SenWalks::kShards);
  EXPECT_TRUE(absl::IsFailedPrecondition(newer));
  EXPECT_THAT(MessageOf(newer), HasSubstr("newer apdr"));
  Do("DELETE FROM apdr.migrations WHERE number = 999;"
     "UPDATE apdr.migrations SET sha256 = 'other' WHERE number = 1");
  const absl::Status altered = target->Open(meaning(), SenWalks::kShards);
  EXPECT_TRUE(absl::IsFailedPrecondition(altered));
  EXPECT_THAT(MessageOf(altered), HasSubstr("0001_copy.sql"));
  EXPECT_FALSE(target->is_open());
}

TEST_F(OneDatabase, AppliesALaterMigrationOnceAndAFailedOneNotAtAll) {
  std::vector<EmbeddedText> migrations(Migrations().begin(), Migrations().end());
  ASSERT_TRUE(Migrate(*session, migrations).ok());
  migrations.push_back(
      {.name = "0002_more.sql", .text = "CREATE TABLE apdr.more (a integer); SELECT 1/0;\n"});
  EXPECT_TRUE(absl::IsFailedPrecondition(Migrate(*session, migrations)));
  Connect();
  EXPECT_THAT(Ask("SELECT 1 WHERE to_regclass('apdr.more') IS NOT NULL"), IsEmpty());
  migrations.back().text = "CREATE TABLE apdr.more (a integer);\n";
  EXPECT_TRUE(Migrate(*session, migrations).ok());
  EXPECT_TRUE(Migrate(*session, migrations).ok());
}

TEST_F(OneDatabase, EmptiesACopyOfAnotherMeaning) {
  Copy();
  ASSERT_TRUE(target->Open("something else", 5).ok());
  EXPECT_THAT(target->reached(), ::testing::SizeIs(5));
  EXPECT_EQ(Ask("SELECT count(*) FROM apdr.events").at(0).at(0), "0");
  Copy();
  ExpectACopyOf(walks);
}

// Behind whoever waits for a table alone, all wait who would read it.
TEST_F(OneDatabase, DoesNotWaitForAnalystsToEmptyACopy) {
  Copy();
  for (const char* table : {"apdr.cases", "apdr.events", "apdr.departures"}) {
    Do(absl::StrCat("BEGIN; SELECT count(*) FROM ", table));
    const absl::Status opened = target->Open("something else", SenWalks::kShards);
    EXPECT_TRUE(absl::IsUnavailable(opened)) << opened;
    EXPECT_THAT(MessageOf(opened), HasSubstr("could not obtain lock")) << "it waited";
    Do("COMMIT");
  }
  EXPECT_TRUE(target->Open("something else", SenWalks::kShards).ok());
}

TEST_F(OneDatabase, GivesUpAServerThatSaysNothing) {
  const auto impatient =
      Session::Connect(PostgresServer::Shared().Connection(database), absl::Seconds(1));
  ASSERT_TRUE(impatient.ok()) << impatient.status();
  EXPECT_TRUE(absl::IsUnavailable((*impatient)->Run("SELECT pg_sleep(25)")));
}

TEST_F(OneDatabase, LetsAnAnalystReadAndNothingElse) {
  Copy();
  const std::string text = ReadFile(kDocument);
  const std::string begin = "```sql\n-- Roles\n";
  const std::size_t at = text.find(begin);
  ASSERT_NE(at, std::string::npos);
  Do("DROP ROLE IF EXISTS apdr_analyst");
  Do(text.substr(at + begin.size(), text.find("```", at + 3) - at - begin.size()));
  Do("SET ROLE apdr_analyst");
  (void)Ask("SELECT count(*) FROM apdr.cases JOIN apdr.events USING (tenant_id, case_id)");
  EXPECT_FALSE(session->Run("SELECT * FROM apdr_identifiers.identifiers").ok());
  EXPECT_FALSE(session->Run("DELETE FROM apdr.cases").ok());
  Do("RESET ROLE; DROP OWNED BY apdr_analyst; DROP ROLE apdr_analyst");
}

// Names and types of columns follow from the rows' messages, so a new field needs a migration.
TEST_F(OneDatabase, HasTheColumnsThatAreCopied) {
  Copy();
  std::vector<Table> tables = CaseTables();
  tables.push_back(EventTable());
  for (const Table& table : tables) {
    const std::vector<std::string> name = absl::StrSplit(table.name, '.');
    std::map<std::string, std::string> columns;
    for (const Row& row :
         Ask(absl::StrCat("SELECT column_name, data_type FROM information_schema.columns WHERE "
                          "table_schema = '",
                          name.at(0), "' AND table_name = '", name.at(1), "'"))) {
      columns.emplace(row.at(0), row.at(1));
    }
    const std::string listed = table.Columns();
    const std::vector<std::string> expected = absl::StrSplit(listed, ", ");
    EXPECT_EQ(columns.size(), expected.size()) << table.name;
    for (int i = 0; i < table.row->field_count(); ++i) {
      const auto& field = *table.row->field(i);
      std::string type = "bigint";
      if (field.type() == google::protobuf::FieldDescriptor::TYPE_BOOL) type = "boolean";
      if (field.type() == google::protobuf::FieldDescriptor::TYPE_ENUM) type = "text";
      if (field.message_type() != nullptr) type = "timestamp with time zone";
      if (field.type() == google::protobuf::FieldDescriptor::TYPE_STRING) {
        type = absl::EndsWith(field.name(), "_on") ? "date" : "text";
        if (field.is_repeated()) type = "ARRAY";
      }
      EXPECT_EQ(columns[field.name()], type) << table.name << "." << field.name();
    }
  }
}

// The reference in the document is made of the database's own comments.
TEST_F(OneDatabase, IsDescribedInTheDocumentForAnalysts) {
  Copy();
  std::string reference;
  for (const Row& table :
       Ask("SELECT n.nspname || '.' || c.relname, obj_description(c.oid) FROM pg_class c"
           " JOIN pg_namespace n ON n.oid = c.relnamespace"
           " WHERE n.nspname IN ('apdr', 'apdr_identifiers') AND c.relkind = 'r' ORDER BY c.oid")) {
    EXPECT_THAT(table.at(1), Not(IsEmpty())) << table.at(0) << " has no comment";
    absl::StrAppend(&reference, "### ", table.at(0), "\n\n", table.at(1),
                    ".\n\n| column | type | |\n|---|---|---|\n");
    for (const Row& column : Ask(absl::StrCat(
             "SELECT attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum)"
             " FROM pg_attribute WHERE attrelid = '",
             table.at(0), "'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"))) {
      EXPECT_THAT(column.at(2), Not(IsEmpty()))
          << table.at(0) << "." << column.at(0) << " has no comment";
      absl::StrAppend(&reference, "| ", column.at(0), " | ", column.at(1), " | ", column.at(2),
                      " |\n");
    }
    reference += "\n";
  }
  EXPECT_TRUE(absl::StrContains(ReadFile(kDocument), reference))
      << kDocument << ": expected this reference at its end:\n"
      << reference;
}

// What the document's examples answer, and what the views do.
class Examples : public OneDatabase {
 protected:
  // A walk at whose end a review is overdue and some rules were not followed.
  Examples() : OneDatabase(4) {
    for (int turn = 0; turn < 600; ++turn) walks.Turn();
    Copy();
    bus::EmbeddedConsumer consumer(log);
    const views::ViewFollowers followers(walks.workflow, model, views::ViewTable());
    ReadSide({.workflow = walks.workflow,
              .consumer = consumer,
              .model = model,
              .shard_count = SenWalks::kShards,
              .followers = &followers})
        .RunUntilIdle();
  }

  // The SQL under a heading of the document, on a day.
  Rows Example(const std::string& heading) {
    const std::string text = ReadFile(kDocument);
    const std::size_t section = text.find(absl::StrCat("### ", heading, "\n"));
    EXPECT_NE(section, std::string::npos) << heading;
    if (section == std::string::npos) return {};
    const std::size_t begin = text.find("```sql\n", section) + 7;
    return Ask(absl::StrReplaceAll(text.substr(begin, text.find("```", begin) - begin),
                                   {{"current_date", "date '2027-06-01'"}, {"la-801", "t1"}}));
  }

  sen::v1::ListOverviewResponse Overview() {
    const auto reply = views::ListOverview(reading(), caller, {});
    EXPECT_TRUE(std::holds_alternative<sen::v1::ListOverviewResponse>(reply));
    return std::get<sen::v1::ListOverviewResponse>(reply);
  }
  views::Reading reading() {
    return {.model = model,
            .workflow = walks.workflow,
            .clock = clock,
            .shard_count = SenWalks::kShards};
  }

  readmodel::MemoryReadModel model;
  apdr::SettableClock clock{HourOf(On("2027-06-01"), 12, walks.workflow.definition().zone)};
  const host::Caller caller{.tenant = TenantId("t1"),
                            .actor_id = "p-1",
                            .role = "la-send-officer",
                            .setting_id = "",
                            .on_behalf_of = "",
                            .traceparent = ""};
};

using Counts = std::map<std::string, std::string>;

TEST_F(Examples, CountOverdueReviewsAsTheOverviewDoes) {
  Counts expected;
  const sen::v1::ListOverviewResponse overview = Overview();
  for (const auto& setting : overview.settings()) {
    for (const auto& overdue : setting.overdue()) {
      if (overdue.code() == "T08") expected[setting.setting_id()] = absl::StrCat(overdue.count());
    }
  }
  Counts counted;
  for (const Row& row : Example("Overdue reviews by setting")) counted[row.at(0)] = row.at(1);
  EXPECT_EQ(counted, expected);
  EXPECT_THAT(counted, Not(IsEmpty()));
}

TEST_F(Examples, CountChildrenByNeedAsTheOverviewDoes) {
  std::map<std::string, int> expected;
  const sen::v1::ListOverviewResponse overview = Overview();
  for (const auto& setting : overview.settings()) {
    for (const auto& need : setting.needs()) {
      expected[need.code()] += static_cast<int>(need.count());
    }
  }
  std::map<std::string, int> counted;
  for (const Row& row : Example("Children by need and stage")) {
    counted[row.at(0)] += std::stoi(row.at(2));
  }
  EXPECT_EQ(counted, expected);
  EXPECT_THAT(counted, Not(IsEmpty()));
}

TEST_F(Examples, CountDeparturesAsTheListDoes) {
  std::map<std::string, int> expected;
  const auto reply = views::ListDepartures(reading(), caller, {});
  for (const auto& row : std::get<sen::v1::ListDeparturesResponse>(reply).rows()) {
    ++expected[row.rule_code()];
  }
  std::map<std::string, int> counted;
  for (const Row& row : Example("Departures by rule")) counted[row.at(0)] = std::stoi(row.at(1));
  EXPECT_EQ(counted, expected);
  EXPECT_THAT(counted, Not(IsEmpty()));
}

TEST_F(Examples, MeasureTheTimeFromConcernToPlan) {
  const Rows rows = Example("Days from the first concern to the first plan");
  EXPECT_THAT(rows, Not(IsEmpty()));
  for (const Row& row : rows) EXPECT_GE(std::stod(row.at(2)), 0) << row.at(0);
}

}  // namespace
}  // namespace apdr::sink
