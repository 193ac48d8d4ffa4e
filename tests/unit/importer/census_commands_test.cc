#include "services/importer/sen_support/census_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/sha256.h"

namespace apdr::importer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Requests = std::vector<command::v1::ExecuteRequest>;

constexpr char kTeacher[] = "01990000-0000-7000-8000-0000000a0001";
constexpr char kSenco[] = "01990000-0000-7000-8000-0000000a0002";

const ImportKey& Key() {
  static const auto& key = *new ImportKey(std::string(ImportKey::kBytes, 'k'));
  return key;
}

CensusLine AChild(const std::string& provision) {
  CensusLine line;
  line.upn = "Z801299922099";
  line.surname = "Smith";
  line.forename = "Sam";
  line.date_of_birth = "2017-11-03";
  line.nc_year = "3";
  line.entry_date = "2024-09-03";
  line.home_la = "801";
  line.urn = "199001";
  line.setting_type = "school";
  line.provision = provision;
  if (provision == "N") return line;
  line.type1 = "SPLD";
  line.rank1 = "1";
  line.start_date = "2025-01-10";
  if (provision == "E") return line;
  line.start_reason = "transfer-with-k";
  line.teacher = kTeacher;
  line.responsible_since = "2024-09-03";
  line.senco = kSenco;
  return line;
}

Requests Made(const CensusLine& line) {
  auto made = MakeCommands(line, "la-801", Key());
  if (const auto* problem = std::get_if<LineProblem>(&made)) {
    ADD_FAILURE() << problem->code << " " << problem->message;
    return {};
  }
  return std::get<Requests>(std::move(made));
}

LineProblem ProblemOf(const CensusLine& line) {
  auto made = MakeCommands(line, "la-801", Key());
  if (const auto* problem = std::get_if<LineProblem>(&made)) return *problem;
  ADD_FAILURE() << "the line made commands";
  return {};
}

template <class Command>
Command As(const command::v1::ExecuteRequest& request) {
  Command command;
  EXPECT_TRUE(request.command().UnpackTo(&command)) << request.command().type_url();
  return command;
}

TEST(MakeCommands, RegistersAChildWithoutSupport) {
  const Requests requests = Made(AChild("N"));

  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(requests[0].expect_new());
  EXPECT_EQ(requests[0].occurred_on(), "2024-09-03");
  const auto child = As<sen::v1::RegisterChild>(requests[0]).registration();
  EXPECT_EQ(child.given_name(), "Sam");
  EXPECT_EQ(child.family_name(), "Smith");
  EXPECT_EQ(child.joined_on(), "2024-09-03");
  EXPECT_EQ(child.setting().value(), "199001");
  EXPECT_EQ(child.setting().scheme(), sen::v1::SETTING_SCHEME_URN);
  ASSERT_EQ(child.identifiers_size(), 1);
  EXPECT_EQ(child.identifiers(0).value(), "Z801299922099");
}

TEST(MakeCommands, StartsSupportOnTheDayItStartedAndSaysWhatIsNotKnown) {
  const Requests requests = Made(AChild("K"));

  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(As<sen::v1::AssignResponsibleTeacher>(requests[1]).teacher().role(), "teacher");
  const auto start = As<sen::v1::StartSenSupport>(requests[2]).start();
  EXPECT_EQ(requests[2].occurred_on(), "2025-01-10");
  EXPECT_EQ(start.reason(), sen::v1::START_REASON_TRANSFER_WITH_K);
  ASSERT_EQ(start.needs_size(), 1);
  EXPECT_EQ(start.needs(0).sen_type(), "SPLD");
  EXPECT_EQ(start.needs(0).start_on(), "2025-01-10");
  ASSERT_EQ(requests[2].departures_size(), 1);
  EXPECT_EQ(requests[2].departures(0).rule_code(), "PRE_SUPPORT_MISSING");
}

TEST(MakeCommands, RecordsAnEhcPlanWithItsNeedsByRank) {
  CensusLine line = AChild("E");
  line.rank1 = "2";
  line.type2 = "ASD";
  line.rank2 = "1";
  const Requests requests = Made(line);

  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(As<sen::v1::RecordEhcPlan>(requests[1]).plan().primary_need(), "ASD");
  EXPECT_EQ(As<sen::v1::RecordEhcPlan>(requests[1]).plan().secondary_need(), "SPLD");
}

TEST(MakeCommands, MakesTheSameIdsOfTheSameChild) {
  CensusLine again = AChild("K");
  again.upn = " z801299922099";
  EXPECT_EQ(Made(AChild("K"))[2].request_id(), Made(again)[2].request_id());
  EXPECT_EQ(Made(AChild("K"))[0].case_id(), Made(AChild("N"))[0].case_id());
  EXPECT_NE(Made(AChild("K"))[0].request_id(), Made(AChild("N"))[0].request_id());
  CensusLine other = AChild("K");
  other.upn = "U801299922001";
  EXPECT_NE(Made(AChild("K"))[0].case_id(), Made(other)[0].case_id());
}

// What a line becomes is frozen: under other ids the next import would double every child, and with
// other content it would refuse them all.
TEST(MakeCommands, AreFrozen) {
  const Requests requests = Made(AChild("K"));
  EXPECT_EQ(requests[2].case_id(), "5dd3a506-ebf3-8c3f-998a-b8c078b78594");
  EXPECT_EQ(requests[2].request_id(), "48b4375c-1a05-8085-9f89-6524d1e3187d");
  std::string bytes;
  for (const auto& child : {AChild("N"), AChild("K"), AChild("E")}) {
    for (const auto& request : Made(child)) bytes += request.SerializeAsString();
  }
  EXPECT_EQ(Sha256Hex(bytes), "157fada31b9698cead1fb4d09f1f56546ecf6b60676a8e762e9452e16203a22f");
}

TEST(MakeCommands, MakesNothingUpAndNamesTheColumnThatIsEmpty) {
  const std::vector<std::pair<std::string CensusLine::*, const char*>> columns = {
      {&CensusLine::upn, "UPN"},
      {&CensusLine::surname, "Surname"},
      {&CensusLine::forename, "Forename"},
      {&CensusLine::date_of_birth, "DOB"},
      {&CensusLine::nc_year, "NCyearActual"},
      {&CensusLine::entry_date, "EntryDate"},
      {&CensusLine::home_la, "HomeLA"},
      {&CensusLine::urn, "URN"},
      {&CensusLine::setting_type, "SettingType"},
      {&CensusLine::provision, "SENprovision"},
      {&CensusLine::start_date, "SENstartDate"},
      {&CensusLine::start_reason, "SENstartReason"},
      {&CensusLine::teacher, "Teacher"},
      {&CensusLine::responsible_since, "ResponsibleSince"},
      {&CensusLine::senco, "SENCO"}};
  for (const auto& [member, name] : columns) {
    CensusLine line = AChild("K");
    (line.*member).clear();
    const LineProblem problem = ProblemOf(line);
    EXPECT_EQ(problem.code, "FIELD_REQUIRED") << name;
    EXPECT_THAT(problem.message, HasSubstr(name));
  }
}

TEST(MakeCommands, RefusesWhatCannotBeRead) {
  const std::vector<std::pair<std::string CensusLine::*, const char*>> cells = {
      {&CensusLine::date_of_birth, "03/11/2017"},
      {&CensusLine::entry_date, "x"},
      {&CensusLine::setting_type, "circus"},
      {&CensusLine::provision, "S"},
      {&CensusLine::sen_unit, "yes"},
      {&CensusLine::rank1, "first"},
      {&CensusLine::start_reason, "why"},
      {&CensusLine::keyworker, kTeacher},
      {&CensusLine::named_person, kSenco}};
  for (const auto& [member, value] : cells) {
    CensusLine line = AChild("K");
    line.*member = value;
    EXPECT_EQ(ProblemOf(line).code, "FIELD_INVALID") << value;
    // A date of birth is nobody's business.
    EXPECT_THAT(ProblemOf(line).message, Not(HasSubstr("2017-11"))) << value;
    EXPECT_THAT(ProblemOf(line).message, Not(HasSubstr("03/11")));
  }
  CensusLine none = AChild("N");
  none.type1 = "SPLD";
  EXPECT_THAT(ProblemOf(none).message, HasSubstr("N stands beside a type of need"));
}

TEST(MakeCommands, NamesASettingByItsLaestabWhereThereIsNoUrn) {
  CensusLine line = AChild("N");
  line.urn.clear();
  line.laestab = "8012000";

  const auto setting = As<sen::v1::RegisterChild>(Made(line)[0]).registration().setting();

  EXPECT_EQ(setting.scheme(), sen::v1::SETTING_SCHEME_LAESTAB);
  EXPECT_EQ(setting.value(), "8012000");
}

}  // namespace
}  // namespace apdr::importer
