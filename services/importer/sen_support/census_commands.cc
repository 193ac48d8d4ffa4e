#include "services/importer/sen_support/census_commands.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/date.h"
#include "engine/domains/sen_support/registration/identifiers.h"

namespace apdr::importer {
namespace {

using Requests = std::vector<command::v1::ExecuteRequest>;
using Problem = std::optional<LineProblem>;

// Ids are made of these words for ever.
constexpr char kIdsOfCensus[] = "apdr.census.v1";

constexpr char kDepartureReason[] =
    "SEN Support was in place before the record was brought in; what came before it is not in it.";

Problem Wrong(std::string code, const std::string& fact) {
  return LineProblem{std::move(code),
                     absl::StrCat("Expected a line of the census, but ", fact, ".")};
}

Problem Needs(const char* column, const std::string& value, const char* why = "") {
  if (!value.empty()) return std::nullopt;
  return Wrong("FIELD_REQUIRED", absl::StrCat("the column ", column, " is empty", why));
}

Problem NeedsDate(const char* column, const std::string& value, const char* why = "") {
  if (auto problem = Needs(column, value, why)) return problem;
  if (ParseDate(value)) return std::nullopt;
  return Wrong("FIELD_INVALID",
               absl::StrCat("the column ", column, " holds no date such as 2017-05-14"));
}

// The value by its word; 0: there is none.
template <class Enum>
Enum FromWord(const std::map<std::string, Enum>& words, const std::string& word) {
  const auto found = words.find(word);
  return found == words.end() ? static_cast<Enum>(0) : found->second;
}

sen::v1::SettingType SettingTypeOf(const std::string& word) {
  static const auto& words = *new std::map<std::string, sen::v1::SettingType>{
      {"school", sen::v1::SETTING_TYPE_SCHOOL},
      {"academy", sen::v1::SETTING_TYPE_ACADEMY},
      {"maintained-nursery", sen::v1::SETTING_TYPE_MAINTAINED_NURSERY},
      {"private-nursery", sen::v1::SETTING_TYPE_PRIVATE_NURSERY},
      {"childminder", sen::v1::SETTING_TYPE_CHILDMINDER},
      {"college", sen::v1::SETTING_TYPE_COLLEGE},
      {"alternative-provision", sen::v1::SETTING_TYPE_ALTERNATIVE_PROVISION}};
  return FromWord(words, word);
}

sen::v1::StartReason StartReasonOf(const std::string& word) {
  static const auto& words = *new std::map<std::string, sen::v1::StartReason>{
      {"concerns-remained", sen::v1::START_REASON_CONCERNS_REMAINED},
      {"known-need-on-entry", sen::v1::START_REASON_KNOWN_NEED_ON_ENTRY},
      {"transfer-with-k", sen::v1::START_REASON_TRANSFER_WITH_K},
      {"urgent-need", sen::v1::START_REASON_URGENT_NEED},
      {"ehc-ceased", sen::v1::START_REASON_EHC_CEASED}};
  return FromWord(words, word);
}

struct Person {
  const char* column;
  const std::string& id;
  const char* role;
};

// The one person named in these columns; nullopt: none. A problem: there are two.
std::variant<std::optional<sen::v1::PersonRef>, LineProblem> OneOf(
    const std::vector<Person>& people) {
  std::optional<sen::v1::PersonRef> named;
  for (const Person& person : people) {
    if (person.id.empty()) continue;
    if (named) {
      return *Wrong("FIELD_INVALID", absl::StrCat("besides the column ", person.column,
                                                  " another names who has that part"));
    }
    named.emplace();
    named->set_person_id(person.id);
    named->set_role(person.role);
  }
  return named;
}

// Reads one line; the first problem ends it.
class Maker {
 public:
  Maker(const CensusLine& line, const std::string& tenant, const ImportKey& key)
      : line_(line), tenant_(tenant), key_(key), upn_(sen::NormalisedIdentifier(line.upn)) {}

  std::variant<Requests, LineProblem> Make() {
    for (const auto step :
         {&Maker::CheckChild, &Maker::CheckProvision, &Maker::ReadPeople, &Maker::ReadNeeds,
          &Maker::AddRegistration, &Maker::AddResponsible, &Maker::AddProvision}) {
      if (Problem problem = (this->*step)()) return *std::move(problem);
    }
    return std::move(requests_);
  }

 private:
  Problem CheckChild() {
    for (const auto& [column, value] : std::initializer_list<std::pair<const char*, std::string>>{
             {"UPN", line_.upn},
             {"Surname", line_.surname},
             {"Forename", line_.forename},
             {"NCyearActual", line_.nc_year},
             {"HomeLA", line_.home_la},
             {"SettingType", line_.setting_type},
             {"SENprovision", line_.provision}}) {
      if (Problem problem = Needs(column, value)) return problem;
    }
    if (Problem problem = NeedsDate("DOB", line_.date_of_birth)) return problem;
    if (Problem problem = NeedsDate("EntryDate", line_.entry_date)) return problem;
    if (line_.urn.empty() && line_.laestab.empty()) {
      return Wrong("FIELD_REQUIRED", "the columns URN and LAEstab are empty");
    }
    if (SettingTypeOf(line_.setting_type) == sen::v1::SETTING_TYPE_UNSPECIFIED) {
      return Wrong("FIELD_INVALID",
                   "the column SettingType is none of school, academy, maintained-nursery, "
                   "private-nursery, childminder, college, alternative-provision");
    }
    return std::nullopt;
  }

  Problem CheckProvision() {
    if (line_.provision == "N") {
      if (line_.type1.empty() && line_.type2.empty()) return std::nullopt;
      return Wrong("FIELD_INVALID", "the provision N stands beside a type of need");
    }
    if (line_.provision != "K" && line_.provision != "E") {
      return Wrong("FIELD_INVALID",
                   "the column SENprovision is none of N, K and E; S, A and P are discontinued");
    }
    constexpr char kWhy[] = ", which the provisions K and E need";
    return NeedsDate("SENstartDate", line_.start_date, kWhy);
  }

  Problem ReadPeople() {
    auto responsible = OneOf({{"Teacher", line_.teacher, "teacher"},
                              {"Keyworker", line_.keyworker, "keyworker"},
                              {"Tutor", line_.tutor, "tutor"}});
    if (auto* problem = std::get_if<LineProblem>(&responsible)) return std::move(*problem);
    auto senco = OneOf(
        {{"SENCO", line_.senco, "senco"}, {"NamedPerson", line_.named_person, "named-person"}});
    if (auto* problem = std::get_if<LineProblem>(&senco)) return std::move(*problem);
    responsible_ = std::get<0>(std::move(responsible));
    senco_ = std::get<0>(std::move(senco));
    if (responsible_) return NeedsDate("ResponsibleSince", line_.responsible_since);
    if (line_.provision != "K") return std::nullopt;
    return Wrong("FIELD_REQUIRED",
                 "the columns Teacher, Keyworker and Tutor are empty, of which the provision K "
                 "needs one");
  }

  Problem ReadNeeds() {
    for (const auto& [type, rank] :
         {std::pair(line_.type1, line_.rank1), std::pair(line_.type2, line_.rank2)}) {
      if (type.empty() && rank.empty()) continue;
      sen::v1::Need& need = needs_.emplace_back();
      need.set_sen_type(type);
      need.set_start_on(line_.start_date);
      std::uint32_t number = 0;
      if (!absl::SimpleAtoi(rank, &number)) {
        return Wrong("FIELD_INVALID", "a type of need has no rank such as 1");
      }
      need.set_rank(number);
    }
    return std::nullopt;
  }

  Problem AddRegistration() {
    sen::v1::RegisterChild command;
    sen::v1::Registration& child = *command.mutable_registration();
    child.set_given_name(line_.forename);
    child.set_family_name(line_.surname);
    child.set_date_of_birth(line_.date_of_birth);
    AddIdentifier(sen::v1::IDENTIFIER_TYPE_UPN, upn_, child);
    if (!line_.uln.empty()) AddIdentifier(sen::v1::IDENTIFIER_TYPE_ULN, line_.uln, child);
    child.set_home_la(line_.home_la);
    child.mutable_setting()->set_scheme(line_.urn.empty() ? sen::v1::SETTING_SCHEME_LAESTAB
                                                          : sen::v1::SETTING_SCHEME_URN);
    child.mutable_setting()->set_value(line_.urn.empty() ? line_.laestab : line_.urn);
    child.mutable_setting()->set_type(SettingTypeOf(line_.setting_type));
    child.set_nc_year(line_.nc_year);
    child.set_joined_on(line_.entry_date);
    child.set_sex(line_.sex);
    child.set_home_language(line_.language);
    for (const std::string* cell : {&line_.sen_unit, &line_.resourced_provision}) {
      if (cell->empty() || *cell == "true" || *cell == "false") continue;
      return Wrong("FIELD_INVALID",
                   "the columns SENunitIndicator and ResourcedProvisionIndicator hold true, false "
                   "or nothing");
    }
    if (!line_.sen_unit.empty()) child.set_sen_unit(line_.sen_unit == "true");
    if (!line_.resourced_provision.empty()) {
      child.set_resourced_provision(line_.resourced_provision == "true");
    }
    Add("register", line_.entry_date, command).set_expect_new(true);
    return std::nullopt;
  }

  Problem AddResponsible() {
    if (!responsible_) return std::nullopt;
    sen::v1::AssignResponsibleTeacher command;
    *command.mutable_teacher() = *responsible_;
    Add("responsible", line_.responsible_since, command);
    return std::nullopt;
  }

  Problem AddProvision() {
    if (line_.provision == "K") return AddSupport();
    return line_.provision == "E" ? AddEhcPlan() : std::nullopt;
  }

  Problem AddSupport() {
    if (Problem problem =
            Needs("SENstartReason", line_.start_reason, ", which the provision K needs")) {
      return problem;
    }
    sen::v1::StartSenSupport command;
    sen::v1::SenSupportStart& start = *command.mutable_start();
    start.set_reason(StartReasonOf(line_.start_reason));
    if (start.reason() == sen::v1::START_REASON_UNSPECIFIED) {
      return Wrong("FIELD_INVALID",
                   "the column SENstartReason is none of concerns-remained, known-need-on-entry, "
                   "transfer-with-k, urgent-need, ehc-ceased");
    }
    if (!senco_) {
      return Wrong("FIELD_REQUIRED",
                   "the columns SENCO and NamedPerson are empty, of which the provision K needs "
                   "one");
    }
    *start.add_decided_by() = *responsible_;
    *start.add_decided_by() = *senco_;
    for (const sen::v1::Need& need : needs_) *start.add_needs() = need;
    command::v1::ExecuteRequest& request = Add("start", line_.start_date, command);
    event::v1::Departure& departure = *request.add_departures();
    departure.set_rule_code("PRE_SUPPORT_MISSING");
    departure.set_reason(kDepartureReason);
    return std::nullopt;
  }

  Problem AddEhcPlan() {
    sen::v1::RecordEhcPlan command;
    for (const sen::v1::Need& need : needs_) {
      if (need.rank() == 1) {
        command.mutable_plan()->set_primary_need(need.sen_type());
      } else if (need.rank() == 2) {
        command.mutable_plan()->set_secondary_need(need.sen_type());
      } else {
        return Wrong("FIELD_INVALID",
                     "a type of need beside the provision E has a rank that is "
                     "neither 1 nor 2");
      }
    }
    command.mutable_plan();  // It is there, if only to say that nothing is known of its needs.
    Add("plan", line_.start_date, command);
    return std::nullopt;
  }

  static void AddIdentifier(sen::v1::IdentifierType type, const std::string& value,
                            sen::v1::Registration& child) {
    sen::v1::Identifier& identifier = *child.add_identifiers();
    identifier.set_type(type);
    identifier.set_value(value);
  }

  command::v1::ExecuteRequest& Add(const char* step, const std::string& occurred_on,
                                   const google::protobuf::Message& command) {
    command::v1::ExecuteRequest& request = requests_.emplace_back();
    request.set_request_id(key_.Uuid({kIdsOfCensus, tenant_, upn_, line_.provision, step}));
    request.set_case_id(CaseOf(line_, tenant_, key_));
    request.set_occurred_on(occurred_on);
    request.mutable_command()->PackFrom(command);
    return request;
  }

  const CensusLine& line_;
  const std::string& tenant_;
  const ImportKey& key_;
  const std::string upn_;
  std::optional<sen::v1::PersonRef> responsible_;
  std::optional<sen::v1::PersonRef> senco_;
  std::vector<sen::v1::Need> needs_;
  Requests requests_;
};

}  // namespace

std::variant<Requests, LineProblem> MakeCommands(const CensusLine& line, const std::string& tenant,
                                                 const ImportKey& key) {
  return Maker(line, tenant, key).Make();
}

std::string CaseOf(const CensusLine& line, const std::string& tenant, const ImportKey& key) {
  const std::string upn = sen::NormalisedIdentifier(line.upn);
  return upn.empty() ? std::string() : key.Uuid({kIdsOfCensus, tenant, upn});
}

}  // namespace apdr::importer
