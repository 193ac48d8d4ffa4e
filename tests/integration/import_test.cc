// Existing records brought into the real server: once, again, broken off and again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <tuple>

#include "nlohmann/json.hpp"
#include "tests/integration/serve_process.h"

namespace apdr::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHeader[] =
    "UPN,Surname,Forename,DOB,NCyearActual,EntryDate,URN,SENprovision,SENtype1,SENtypeRank1,"
    "SENtype2,SENtypeRank2,SENstartDate,SENstartReason,Teacher,ResponsibleSince,SENCO\r\n";
constexpr char kTeacher[] = "01990000-0000-7000-8000-0000000a0001";
constexpr char kSenco[] = "01990000-0000-7000-8000-0000000a0002";

// A UPN with its check letter.
std::string Upn(std::size_t number) {
  const std::string serial = std::to_string(100000000 + number).substr(1);
  const std::string digits = "801" + std::string("2") + serial;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    sum += (i + 2) * static_cast<std::size_t>(digits[i] - '0');
  }
  return std::string("ABCDEFGHJKLMNPQRTUVWXYZ").substr(sum % 23, 1) + digits;
}

std::string WithoutSupport(const std::string& upn, const std::string& surname = "Rahman") {
  return upn + "," + surname + ",Amira,2017-11-03,3,2024-09-03,199001,N,,,,,,,,,\r\n";
}

std::string OnSupport(const std::string& upn, const std::string& type = "SPLD") {
  return upn + ",Rahman,Amira,2017-11-03,3,2024-09-03,199001,K," + type +
         ",1,SLCN,2,2025-01-10,transfer-with-k," + kTeacher + ",2024-09-03," + kSenco + "\r\n";
}

std::string WithEhcPlan(const std::string& upn) {
  return upn + ",Rahman,Amira,2017-11-03,3,2024-09-03,199001,E,ASD,1,,,2025-02-03,,,,\r\n";
}

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;

  // Of a summary.
  [[nodiscard]] std::uint64_t Count(const std::string& name) const {
    const json summary = json::parse(out, nullptr, /*allow_exceptions=*/false);
    if (!summary.is_object() || !summary.contains(name)) return 999999;
    return summary[name].get<std::uint64_t>();
  }
};

class Import : public ::testing::Test {
 protected:
  void SetUp() override {
    server = Server::Start({"--shards=3", "--data=" + folder.Path("data")}, folder.Path("serve"));
    ASSERT_NE(server, nullptr);
    Write("key", std::string(64, 'a') + "\n");
  }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder.Path(name), std::ios::binary) << text;
    return folder.Path(name);
  }

  [[nodiscard]] std::vector<std::string> Arguments(const std::string& kind,
                                                   const std::string& file) const {
    std::vector<std::string> arguments = {"import",
                                          kind,
                                          file,
                                          "--key",
                                          folder.Path("key"),
                                          "--report",
                                          folder.Path("report.csv"),
                                          "--server",
                                          server->address(),
                                          "--tenant",
                                          "t1",
                                          "--json"};
    if (kind == "census") {
      for (const char* more : {"--set", "HomeLA=801", "--set", "SettingType=school"}) {
        arguments.emplace_back(more);
      }
    }
    return arguments;
  }

  Outcome RunToTheEnd(const std::vector<std::string>& arguments) {
    ApdrProcess process(arguments, folder.Path("run_log"));
    Outcome run;
    while (const auto line = process.ReadLine()) run.out += *line + "\n";
    run.code = process.Wait();
    run.err = process.ErrorText();
    return run;
  }
  Outcome ImportCensus(const std::string& lines) {
    return RunToTheEnd(Arguments("census", Write("census.csv", kHeader + lines)));
  }

  [[nodiscard]] std::string TextOf(const std::string& name) const {
    std::ifstream file(folder.Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::string Report() const { return TextOf("report.csv"); }

  // Events of what was imported, by type; those of timers are not of the import.
  std::map<std::string, std::size_t> Events() {
    std::map<std::string, std::size_t> counts;
    for (const auto& shard : ReadLog(*server)) {
      for (const event::v1::Event& event : shard) {
        const std::string& url = event.data().type_url();
        if (event.deadline_fired().empty()) ++counts[url.substr(url.rfind('.') + 1)];
      }
    }
    return counts;
  }

  // Waits until the server is there and its log holds so many events.
  void AwaitEvents(std::uint64_t count) {
    std::uint64_t durable = 0;
    while (durable < count) {
      grpc::ClientContext context;
      Prepare(context);
      context.set_wait_for_ready(true);
      command::v1::ListShardsResponse shards;
      // The connection to a server that was killed breaks with the first call on it.
      if (!server->subscription->ListShards(&context, {}, &shards).ok()) continue;
      durable = 0;
      for (const command::v1::ShardHead& head : shards.shards()) durable += head.position();
    }
  }

  // Waits until the read models hold all that the log does.
  void AwaitReadModels() {
    for (const auto& shard : ReadLog(*server)) {
      if (shard.empty()) continue;
      grpc::ClientContext context;
      Prepare(context);
      query::v1::GetCaseRequest request;
      request.set_case_id(shard.back().case_id());
      request.set_min_position(shard.back().position());
      query::v1::GetCaseResponse response;
      const grpc::Status status = server->queries->GetCase(&context, request, &response);
      ASSERT_TRUE(status.ok()) << status.error_message();
    }
  }

  const ScratchFolder folder{"import"};
  std::unique_ptr<Server> server;
};

TEST_F(Import, PutsChildrenOnRecordOnceHoweverOftenItRuns) {
  const std::string lines = WithoutSupport(Upn(1)) + OnSupport(Upn(2)) + WithEhcPlan(Upn(3));

  const Outcome first = ImportCensus(lines);

  EXPECT_EQ(first.code, 0) << first.err << Report();
  EXPECT_EQ(first.Count("accepted"), 3U) << first.out << Report();
  const std::map<std::string, std::size_t> events = {{"ChildRegistered", 3},
                                                     {"ResponsibleTeacherAssigned", 1},
                                                     {"SenSupportStarted", 1},
                                                     {"EhcPlanIssued", 1}};
  EXPECT_EQ(Events(), events);

  const Outcome again = ImportCensus(lines);

  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.Count("already_there"), 3U) << again.out;
  EXPECT_EQ(again.Count("accepted"), 0U);
  EXPECT_EQ(Events(), events);
}

TEST_F(Import, TakesTheCensusThatTheExportGives) {
  const std::vector<std::string> upns = {Upn(1), Upn(2), Upn(3)};
  ASSERT_EQ(ImportCensus(WithoutSupport(upns[0]) + OnSupport(upns[1]) + WithEhcPlan(upns[2])).code,
            0);
  AwaitReadModels();
  const Outcome exported =
      RunToTheEnd({"export", "census", "--census", "spring", "--server", server->address(),
                   "--tenant", "t1", "--output", folder.Path("exported.csv")});
  ASSERT_EQ(exported.code, 0) << exported.err;
  std::ifstream file(folder.Path("exported.csv"), std::ios::binary);
  std::string header;
  ASSERT_TRUE(std::getline(file, header));
  EXPECT_EQ(header,
            "UPN,URN,LAEstab,SENprovision,SENunitIndicator,ResourcedProvisionIndicator,SENtype1,"
            "SENtypeRank1,SENtype2,SENtypeRank2\r");
  header.pop_back();

  // The columns that a census does not have are put behind those it has.
  std::string joined = header +
                       ",Surname,Forename,DOB,NCyearActual,EntryDate,SENstartDate,SENstartReason,"
                       "Teacher,ResponsibleSince,SENCO\r\n";
  std::set<std::string> rows;
  for (std::string row; std::getline(file, row);) {
    row.pop_back();
    rows.insert(row);
    joined += row + ",Rahman,Amira,2017-11-03,3,2024-09-03,";
    if (row.starts_with(upns[0])) joined += ",,,,\r\n";
    if (row.starts_with(upns[1])) {
      joined +=
          std::string("2025-01-10,transfer-with-k,") + kTeacher + ",2024-09-03," + kSenco + "\r\n";
    }
    if (row.starts_with(upns[2])) joined += "2025-02-03,,,,\r\n";
  }
  EXPECT_EQ(rows, (std::set<std::string>{upns[0] + ",199001,,N,,,,,,",
                                         upns[1] + ",199001,,K,,,SPLD,1,SLCN,2",
                                         upns[2] + ",199001,,E,,,ASD,1,,"}));

  const Outcome again = RunToTheEnd(Arguments("census", Write("joined.csv", joined)));

  EXPECT_EQ(again.code, 0) << again.err << Report();
  EXPECT_EQ(again.Count("already_there"), 3U) << again.out;
  // By itself it names nobody, and the importer says what is missing.
  const Outcome alone = RunToTheEnd(Arguments("census", folder.Path("exported.csv")));
  EXPECT_EQ(alone.code, 2);
  EXPECT_THAT(alone.err, HasSubstr("missing: Surname, Forename, DOB"));
}

TEST_F(Import, TakesTheExample) {
  std::vector<std::string> arguments = Arguments("census", "deploy/examples/census.csv");
  arguments.resize(arguments.size() - 4);  // It has the columns that the other files do not.

  const Outcome run = RunToTheEnd(arguments);

  EXPECT_EQ(run.code, 0) << run.err << Report();
  EXPECT_EQ(run.Count("accepted"), 3U) << run.out;
}

TEST_F(Import, RefusesAChangedLineAndLeavesTheRecordAsItIs) {
  ASSERT_EQ(ImportCensus(WithoutSupport(Upn(1)) + OnSupport(Upn(2)) + OnSupport(Upn(3))).code, 0);
  const auto before = Events();

  const Outcome run = ImportCensus(WithoutSupport(Upn(1), "Renamed") + WithoutSupport(Upn(2)) +
                                   OnSupport(Upn(3), "ASD") + WithoutSupport(Upn(4)));

  EXPECT_EQ(run.code, 1) << run.err;
  EXPECT_EQ(run.Count("accepted"), 1U) << run.out;
  EXPECT_EQ(run.Count("refused"), 3U) << run.out;
  EXPECT_THAT(Report(), AllOf(HasSubstr(",RegisterChild,IDEMPOTENCY_MISMATCH,"),
                              HasSubstr(",RegisterChild,CASE_EXISTS,"),
                              HasSubstr(",StartSenSupport,IDEMPOTENCY_MISMATCH,")));
  EXPECT_THAT(Report(), Not(HasSubstr("Renamed")));
  auto after = Events();
  EXPECT_EQ(after["ChildRegistered"]--, 4U);
  EXPECT_EQ(after, before);
}

TEST_F(Import, GoesOnWhereALineStoppedOnceItIsCorrected) {
  std::string wrong_letter = Upn(1);
  wrong_letter[0] = wrong_letter[0] == 'A' ? 'B' : 'A';

  const Outcome run = ImportCensus(WithoutSupport(wrong_letter) + OnSupport(Upn(2), "XYZ") +
                                   "\"lost\r\n" + WithEhcPlan(Upn(3)));

  EXPECT_EQ(run.code, 1) << run.err;
  EXPECT_EQ(run.Count("refused"), 3U) << run.out;
  EXPECT_EQ(run.Count("accepted"), 1U) << run.out;
  EXPECT_THAT(Report(), HasSubstr("\r\n2,"));
  EXPECT_THAT(Report(), HasSubstr(",RegisterChild,UPN_CHECK_LETTER,"));
  EXPECT_THAT(Report(), HasSubstr(",StartSenSupport,NEED_CODE_INVALID,"));
  EXPECT_THAT(Report(), HasSubstr("4,,,REQUEST_MALFORMED,"));

  const Outcome corrected =
      ImportCensus(WithoutSupport(Upn(1)) + OnSupport(Upn(2)) + WithEhcPlan(Upn(3)));

  EXPECT_EQ(corrected.code, 0) << corrected.err << Report();
  EXPECT_EQ(corrected.Count("accepted"), 2U) << corrected.out;
  EXPECT_EQ(corrected.Count("already_there"), 1U) << corrected.out;
  EXPECT_EQ(Events(), (std::map<std::string, std::size_t>{{"ChildRegistered", 3},
                                                          {"ResponsibleTeacherAssigned", 1},
                                                          {"SenSupportStarted", 1},
                                                          {"EhcPlanIssued", 1}}));
}

TEST_F(Import, DoublesNothingUnderAnotherKey) {
  ASSERT_EQ(ImportCensus(WithoutSupport(Upn(1))).code, 0);
  std::vector<std::string> arguments = Arguments("census", folder.Path("census.csv"));
  arguments[4] = folder.Path("other_key");
  const Outcome mistyped = RunToTheEnd(arguments);
  EXPECT_EQ(mistyped.code, 2);
  EXPECT_THAT(mistyped.err, HasSubstr("--new-key"));
  arguments.emplace_back("--new-key");

  const Outcome run = RunToTheEnd(arguments);

  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(Report(), HasSubstr(",UPN_DUPLICATE,"));
  EXPECT_EQ(Events()["ChildRegistered"], 1U);
}

TEST_F(Import, ADryRunSendsNothing) {
  std::vector<std::string> arguments =
      Arguments("census", Write("census.csv", kHeader + WithoutSupport(Upn(1)) + "x\r\n"));
  arguments.emplace_back("--dry-run");

  const Outcome run = RunToTheEnd(arguments);

  EXPECT_EQ(run.code, 1) << run.err;
  EXPECT_EQ(run.Count("accepted"), 1U) << run.out;
  EXPECT_EQ(run.Count("refused"), 1U) << run.out;
  EXPECT_TRUE(Events().empty());
}

TEST_F(Import, KilledInTheMiddleAndRunAgainLosesAndDoublesNothing) {
  constexpr std::size_t kChildren = 6000;
  std::string lines;
  for (std::size_t number = 0; number < kChildren; ++number) {
    lines += number % 3 == 0 ? OnSupport(Upn(number)) : WithoutSupport(Upn(number));
  }
  const auto arguments = Arguments("census", Write("census.csv", kHeader + lines));
  for (const std::size_t events : {1U, 1500U, 4000U}) {
    ApdrProcess process(arguments, folder.Path("killed_log"));
    AwaitEvents(events);
    process.Signal(SIGKILL);
    EXPECT_EQ(process.Wait(), -SIGKILL) << "it was done before it could be killed";
  }

  const Outcome run = RunToTheEnd(arguments);

  EXPECT_EQ(run.code, 0) << run.err << Report();
  EXPECT_EQ(run.Count("accepted") + run.Count("already_there"), kChildren) << run.out;
  EXPECT_GT(run.Count("accepted"), 0U);
  EXPECT_GT(run.Count("already_there"), 0U);
  EXPECT_EQ(Events(), (std::map<std::string, std::size_t>{{"ChildRegistered", kChildren},
                                                          {"ResponsibleTeacherAssigned", 2000},
                                                          {"SenSupportStarted", 2000}}));
}

TEST_F(Import, WaitsForAServerThatIsKilledAndComesBack) {
  constexpr std::size_t kChildren = 6000;
  std::string lines;
  for (std::size_t number = 0; number < kChildren; ++number) lines += WithoutSupport(Upn(number));
  const std::string address = server->address();
  ApdrProcess import(Arguments("census", Write("census.csv", kHeader + lines)),
                     folder.Path("import_log"));
  AwaitEvents(1500);  // More than are under way at once: it knows the server.
  server->process().Signal(SIGKILL);
  ASSERT_EQ(server->process().Wait(), -SIGKILL);
  ApdrProcess back({"serve", "--listen", address, "--shards=3", "--data=" + folder.Path("data")},
                   folder.Path("serve_again"));
  ASSERT_TRUE(back.ReadLine().has_value()) << back.ErrorText();

  Outcome run;
  while (const auto line = import.ReadLine()) run.out += *line + "\n";
  run.code = import.Wait();

  EXPECT_EQ(run.code, 0) << import.ErrorText() << Report();
  EXPECT_EQ(run.Count("accepted") + run.Count("already_there"), kChildren) << run.out;
  AwaitEvents(kChildren);
  EXPECT_EQ(Events(), (std::map<std::string, std::size_t>{{"ChildRegistered", kChildren}}));
}

TEST_F(Import, RefusesACallerThatNoMetadataCanHold) {
  for (const char* option : {"--actor=Zo\xc3\xab", "--role=head teacher", "--setting=a\nb"}) {
    std::vector<std::string> arguments =
        Arguments("census", Write("census.csv", kHeader + WithoutSupport(Upn(1))));
    arguments.emplace_back(option);

    const Outcome run = RunToTheEnd(arguments);

    EXPECT_EQ(run.code, 2) << option;
    EXPECT_THAT(run.err, HasSubstr("must be 1 to 64 of")) << option;
  }
}

TEST_F(Import, WritesNoReportOverWhatItReads) {
  const std::string lines = kHeader + WithoutSupport(Upn(1));
  const std::string key = std::string(64, 'a') + "\n";
  const auto run_with = [&](const std::string& file, const std::string& secret,
                            const std::string& report) {
    std::vector<std::string> arguments = Arguments("census", Write(file, lines));
    arguments[4] = Write(secret, key);
    arguments[6] = folder.Path(report);
    return RunToTheEnd(arguments);
  };
  for (const auto& [file, secret, report] :
       {std::tuple("a.csv", "key", "a.csv"), std::tuple("b.csv", "key", "./b.csv"),
        std::tuple("c.csv.part", "key", "c.csv"), std::tuple("d.csv", "key.csv", "key.csv"),
        std::tuple("e.csv", "f.csv.part", "f.csv")}) {
    const Outcome run = run_with(file, secret, report);

    EXPECT_EQ(run.code, 2) << report;
    EXPECT_THAT(run.err, HasSubstr("Expected the report to be a file of its own")) << report;
    EXPECT_EQ(TextOf(file), lines);
    EXPECT_EQ(TextOf(secret), key);
  }
  EXPECT_TRUE(Events().empty());
}

// As of <(zcat ...): it has a name, but no path.
TEST_F(Import, ReadsAPipeAndWritesAReport) {
  const std::string lines = kHeader + WithoutSupport(Upn(1));
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  ASSERT_EQ(write(ends[1], lines.data(), lines.size()), static_cast<ssize_t>(lines.size()));
  close(ends[1]);
  const Outcome run = RunToTheEnd(Arguments("census", "/dev/fd/" + std::to_string(ends[0])));
  close(ends[0]);
  EXPECT_EQ(run.code, 0) << run.err << Report();
  EXPECT_EQ(run.Count("accepted"), 1U) << run.out;
}

TEST_F(Import, SaysThatNoServerIsThere) {
  std::vector<std::string> arguments =
      Arguments("census", Write("census.csv", kHeader + WithoutSupport(Upn(1))));
  arguments[8] = "127.0.0.1:1";

  const Outcome run = RunToTheEnd(arguments);

  EXPECT_EQ(run.code, 3) << run.err;
  EXPECT_THAT(run.err, HasSubstr("Expected to reach an apdr server at 127.0.0.1:1"));

  // The key is there now, so the same command would be refused.
  std::erase(arguments, "--json");
  EXPECT_THAT(RunToTheEnd(arguments).err, HasSubstr("Run the same command again to go on"));
  arguments[4] = folder.Path("new_key");
  arguments.emplace_back("--new-key");
  const Outcome first = RunToTheEnd(arguments);
  EXPECT_EQ(first.code, 3) << first.err;
  EXPECT_THAT(first.err, HasSubstr("Run the same command again, without --new-key, to go on"));
}

// The example's steps as lines, each with one command and a request id.
std::string HistoryOf(const std::string& case_id, const std::string& upn) {
  std::ifstream file("deploy/examples/amira.json");
  const json script = json::parse(file);
  std::string lines;
  for (const json& step : script["steps"]) {
    json commands = step.contains("commands") ? step["commands"] : json::array();
    if (step.contains("command")) commands.push_back(step["command"]);
    for (json& command : commands) {
      if (command["@type"] == "RegisterChild") {
        command["registration"]["identifiers"][0]["value"] = upn;
      }
      lines += json{{"case_id", case_id},
                    {"date", step["date"]},
                    {"actor", step["actor"]},
                    {"departures", step.value("departures", json::array())},
                    {"command", command}}
                   .dump() +
               "\n";
    }
  }
  return lines;
}

TEST_F(Import, TakesWholeHistoriesInTheOrderOfTheirLines) {
  // Two cases line by line in turn, and a third whose second line is wrong.
  const std::string one = HistoryOf("01990000-0000-7000-8000-0000000ca001", Upn(1));
  std::istringstream first(one);
  std::istringstream second(HistoryOf("01990000-0000-7000-8000-0000000ca002", Upn(2)));
  std::istringstream third(HistoryOf("01990000-0000-7000-8000-0000000ca003", Upn(3)));
  const auto steps = static_cast<std::size_t>(std::ranges::count(one, '\n'));
  std::string lines;
  std::string line;
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::istringstream* history : {&first, &second, &third}) {
      ASSERT_TRUE(std::getline(*history, line));
      if (history == &third && step == 1) line.replace(line.find("\"date\""), 6, "\"dart\"");
      lines += line + "\n";
    }
  }
  const auto arguments = Arguments("commands", Write("history.jsonl", lines));

  const Outcome run = RunToTheEnd(arguments);

  EXPECT_EQ(run.code, 1) << run.err;
  EXPECT_EQ(run.Count("accepted"), 2 * steps + 1) << run.out << Report();
  EXPECT_EQ(run.Count("refused"), steps - 1) << run.out;
  EXPECT_THAT(Report(), HasSubstr(",REQUEST_MALFORMED,"));
  EXPECT_THAT(Report(), HasSubstr(",HELD_BACK,"));
  const auto events = Events();
  EXPECT_EQ(events.at("ChildRegistered"), 3U);
  EXPECT_EQ(events.at("SenSupportEnded"), 2U);

  const Outcome again = RunToTheEnd(arguments);

  EXPECT_EQ(again.Count("already_there"), 2 * steps + 1) << again.out << Report();
  EXPECT_EQ(Events(), events);
}

}  // namespace
}  // namespace apdr::testing
