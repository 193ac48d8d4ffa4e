#include <CLI/App.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/view_service.grpc.pb.h"
#include "services/apdr/subcommands.h"
#include "services/client/print.h"
#include "services/client/text.h"
#include "services/views/counts.h"
#include "services/views/indicators.h"
#include "services/views/overview.h"
#include "services/views/provision_map.h"

namespace apdr {
namespace {

using sen::v1::ViewService;

constexpr std::uint32_t kPageSize = 1000;
constexpr std::size_t kTextColumns = 60;

struct ViewOptions {
  ClientOptions client;
  std::string setting;
  std::string stage;
  std::string teacher;
  std::string rule;
  std::string from;
  std::string until;
  std::string to;
  bool overdue = false;
  bool in_force = false;
  bool sums = false;
  std::uint32_t limit = 200;
};

// Reads pages until `take` has enough (it returns false) or there are no more. `list` calls the
// method.
template <class Request, class Response, class List, class Take>
std::optional<client::Failure> ReadPages(const ClientOptions& options, Request request, List list,
                                         Take take) {
  const auto stub = ViewService::NewStub(client::OpenChannel(options.server));
  do {
    grpc::ClientContext context;
    client::Prepare(options.identity, client::kCallTimeout, context);
    Response page;
    const grpc::Status status = list(*stub, &context, request, &page);
    if (!status.ok()) return client::ReadFailure(status);
    request.set_page_token(page.next_page_token());
    if (!take(page)) return std::nullopt;
  } while (!request.page_token().empty());
  return std::nullopt;
}

// Prints a list of rows, as a table that `add` fills or as JSON.
template <class Request, class Response, class List, class Add>
int PrintRows(const ViewOptions& options, Request request, List list, client::Table table,
              Add add) {
  request.set_setting_id(options.setting);
  request.set_page_size(std::min(kPageSize, options.limit));
  std::uint32_t rows = 0;
  bool more = false;
  const auto failure =
      ReadPages<Request, Response>(options.client, request, list, [&](const Response& page) {
        for (const auto& row : page.rows()) {
          more = rows == options.limit;
          if (more) return false;
          ++rows;
          if (options.client.json) {
            std::cout << client::ToJson(row);
          } else {
            add(row, table);
          }
        }
        return true;
      });
  if (failure) return Report(*failure, options.client);
  if (options.client.json) return client::kExitOk;
  std::cout << (table.empty() ? "There is nothing.\n" : table.Render());
  if (more) std::cout << "There are more: raise --limit.\n";
  return client::kExitOk;
}

// "small group" of PROVISION_KIND_SMALL_GROUP.
std::string Words(std::string name, std::string_view prefix) {
  if (name.starts_with(prefix)) name.erase(0, prefix.size());
  absl::AsciiStrToLower(&name);
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string Letter(sen::v1::Provision provision) {
  if (provision == sen::v1::PROVISION_SEN_SUPPORT) return "K";
  return provision == sen::v1::PROVISION_EHC_PLAN ? "E" : "N";
}

std::string Pounds(std::uint64_t pence) {
  constexpr std::uint64_t kPenceInAPound = 100;
  return absl::StrFormat("%d.%02d", pence / kPenceInAPound, pence % kPenceInAPound);
}

// "3 x 20 min, 10 weeks".
std::string Often(const sen::v1::Frequency& frequency) {
  return absl::StrCat(frequency.times_per_week(), " x ", frequency.minutes(), " min, ",
                      client::Count(frequency.weeks(), "week"));
}

std::string NameOf(const std::string& name, const std::string& family_name) {
  return client::OneLine(absl::StrCat(name, name.empty() ? "" : " ", family_name), kTextColumns);
}

int Board(const ViewOptions& options) {
  sen::v1::ListBoardRequest request;
  request.set_stage(options.stage);
  request.set_overdue_only(options.overdue);
  request.set_teacher_id(options.teacher);
  return PrintRows<sen::v1::ListBoardRequest, sen::v1::ListBoardResponse>(
      options, request,
      [](ViewService::Stub& stub, auto... call) { return stub.ListBoard(call...); },
      client::Table({"DUE", "", "NEXT", "WHO", "CHILD", "YEAR", "STAGE", "SEN", "REVIEW", "VOICE",
                     "SETTING", "CASE"}),
      [](const sen::v1::BoardRow& row, client::Table& table) {
        table.Add({row.due_on(),
                   row.days_overdue() == 0
                       ? ""
                       : absl::StrCat(client::Count(row.days_overdue(), "day"), " late"),
                   row.next_action(), absl::StrJoin(row.roles(), ", "),
                   NameOf(row.name(), row.family_name()), row.nc_year(),
                   row.cycle() == 0 ? row.stage() : absl::StrCat(row.stage(), " ", row.cycle()),
                   Letter(row.provision()), row.review_on(), row.child_voice() ? "yes" : "",
                   row.setting_id(), row.case_id()});
      });
}

int Class(const ViewOptions& options) {
  sen::v1::ListClassRequest request;
  request.set_teacher_id(options.teacher);
  return PrintRows<sen::v1::ListClassRequest, sen::v1::ListClassResponse>(
      options, request,
      [](ViewService::Stub& stub, auto... call) { return stub.ListClass(call...); },
      client::Table({"CHILD", "YEAR", "SEN", "NEEDS", "IMPORTANT TO ME", "HOW TO SUPPORT",
                     "STRATEGIES", "CASE"}),
      [](const sen::v1::ClassRow& row, client::Table& table) {
        std::vector<std::string> strategies;
        for (const sen::v1::Strategy& strategy : row.strategies()) {
          strategies.push_back(
              absl::StrCat(strategy.title(), " (", Often(strategy.frequency()), ")"));
        }
        table.Add({NameOf(row.name(), row.family_name()), row.nc_year(), Letter(row.provision()),
                   absl::StrJoin(row.needs(), " "),
                   client::OneLine(absl::StrJoin(row.important_to_me(), "; "), kTextColumns),
                   client::OneLine(absl::StrJoin(row.how_to_support(), "; "), kTextColumns),
                   client::OneLine(absl::StrJoin(strategies, "; "), kTextColumns), row.case_id()});
      });
}

// "1 achieved, 2 not achieved".
std::string EffectOf(const sen::v1::Effect& effect) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::uint32_t count, std::string_view what) {
    if (count > 0) parts.push_back(absl::StrCat(count, " ", std::string(what)));
  };
  add(effect.achieved(), "achieved");
  add(effect.being_achieved(), "being achieved");
  add(effect.not_achieved(), "not achieved");
  add(effect.no_longer_relevant(), "no longer relevant");
  return absl::StrJoin(parts, ", ");
}

int ProvisionSums(const ViewOptions& options) {
  sen::v1::ListProvisionSumsRequest request;
  request.set_setting_id(options.setting);
  request.set_in_force_only(options.in_force);
  request.set_page_size(kPageSize);
  std::vector<sen::v1::ProvisionSum> sums;
  const auto failure =
      ReadPages<sen::v1::ListProvisionSumsRequest, sen::v1::ListProvisionSumsResponse>(
          options.client, request,
          [](ViewService::Stub& stub, auto... call) { return stub.ListProvisionSums(call...); },
          [&](const sen::v1::ListProvisionSumsResponse& page) {
            for (const sen::v1::ProvisionSum& sum : page.sums()) {
              const auto found =
                  std::ranges::find(sums, sum.title(), &sen::v1::ProvisionSum::title);
              if (found == sums.end()) {
                sums.push_back(sum);
              } else {
                views::Add(*found, sum);
              }
            }
            return true;
          });
  if (failure) return Report(*failure, options.client);
  std::ranges::sort(sums, {}, &sen::v1::ProvisionSum::title);
  client::Table table({"PROVISION", "CHILDREN NOW", "SESSIONS A WEEK", "MINUTES A WEEK",
                       "DELIVERED", "MISSED", "COST GBP", "OUTCOMES", "OVER 6000"});
  for (const sen::v1::ProvisionSum& sum : sums) {
    if (options.client.json) std::cout << client::ToJson(sum);
    table.Add({client::OneLine(sum.title(), kTextColumns), absl::StrCat(sum.in_force()),
               absl::StrCat(sum.sessions_a_week()), absl::StrCat(sum.minutes_a_week()),
               absl::StrCat(sum.sessions_delivered()), absl::StrCat(sum.not_delivered()),
               Pounds(sum.cost_pence()), EffectOf(sum.effect()),
               absl::StrCat(sum.above_threshold())});
  }
  if (options.client.json) return client::kExitOk;
  std::cout << (table.empty() ? "There is nothing.\n" : table.Render());
  return client::kExitOk;
}

int Provisions(const ViewOptions& options) {
  if (options.sums) return ProvisionSums(options);
  sen::v1::ListProvisionsRequest request;
  request.set_in_force_only(options.in_force);
  return PrintRows<sen::v1::ListProvisionsRequest, sen::v1::ListProvisionsResponse>(
      options, request,
      [](ViewService::Stub& stub, auto... call) { return stub.ListProvisions(call...); },
      client::Table({"PROVISION", "KIND", "LAYER", "WHO", "HOW OFTEN", "NOW", "DELIVERED", "MISSED",
                     "COST GBP", "OUTCOMES", "PLAN", "CASE"}),
      [](const sen::v1::ProvisionRow& row, client::Table& table) {
        table.Add({client::OneLine(row.title(), kTextColumns),
                   Words(sen::v1::ProvisionKind_Name(row.kind()), "PROVISION_KIND_"),
                   Words(sen::v1::ProvisionLayer_Name(row.layer()), "PROVISION_LAYER_"),
                   absl::StrJoin(row.delivered_by(), ", "), Often(row.frequency()),
                   row.in_force() ? "yes" : "", absl::StrCat(row.sessions_delivered()),
                   absl::StrCat(row.not_delivered()),
                   absl::StrCat(Pounds(row.cost_pence()), row.above_threshold() ? " !" : ""),
                   EffectOf(row.effect()), row.plan_id(), row.case_id()});
      });
}

std::string Counted(const views::CodeCounts& counts) {
  std::vector<std::string> parts;
  for (const sen::v1::CodeCount& count : counts) {
    parts.push_back(absl::StrCat(count.code(), " ", count.count()));
  }
  return parts.empty() ? "none" : absl::StrJoin(parts, ", ");
}

std::uint32_t CountOf(const views::CodeCounts& counts, std::string_view code) {
  for (const sen::v1::CodeCount& count : counts) {
    if (count.code() == code) return count.count();
  }
  return 0;
}

// Reads counts by setting to the end; those of a setting that two pages share are added up.
template <class Setting, class Request, class Response, class List>
std::optional<client::Failure> ReadSettings(const ClientOptions& options, Request request,
                                            List list, std::vector<Setting>& settings) {
  request.set_page_size(kPageSize);
  return ReadPages<Request, Response>(options, request, list, [&](const Response& page) {
    for (const Setting& setting : page.settings()) {
      if (settings.empty() || settings.back().setting_id() != setting.setting_id()) {
        settings.push_back(setting);
      } else {
        views::Add(settings.back(), setting);
      }
    }
    return true;
  });
}

void PrintOverview(const std::vector<sen::v1::SettingOverview>& settings) {
  client::Table table(
      {"SETTING", "CHILDREN", "K", "E", "N", "K, NO PLAN", "OVERDUE", "MEETINGS SHORT"});
  sen::v1::SettingOverview all;
  all.set_setting_id("all");
  const auto add = [&table](const sen::v1::SettingOverview& one) {
    table.Add({one.setting_id(), absl::StrCat(one.children()),
               absl::StrCat(CountOf(one.provisions(), "K")),
               absl::StrCat(CountOf(one.provisions(), "E")),
               absl::StrCat(CountOf(one.provisions(), "N")), absl::StrCat(one.without_plan()),
               absl::StrCat(one.children_overdue()), absl::StrCat(one.meeting_shortfalls())});
  };
  for (const sen::v1::SettingOverview& setting : settings) {
    add(setting);
    views::Add(all, setting);
  }
  add(all);
  std::cout << table.Render() << "\nStages: " << Counted(all.stages())
            << "\nNeeds: " << Counted(all.needs())
            << "\nOverdue by timer: " << Counted(all.overdue()) << "\n";
}

int Overview(const ViewOptions& options) {
  sen::v1::ListOverviewRequest request;
  request.set_setting_id(options.setting);
  std::vector<sen::v1::SettingOverview> settings;
  const auto failure = ReadSettings<sen::v1::SettingOverview, sen::v1::ListOverviewRequest,
                                    sen::v1::ListOverviewResponse>(
      options.client, request,
      [](ViewService::Stub& stub, auto... call) { return stub.ListOverview(call...); }, settings);
  if (failure) return Report(*failure, options.client);
  if (!options.client.json) {
    PrintOverview(settings);
    return client::kExitOk;
  }
  for (const sen::v1::SettingOverview& setting : settings) std::cout << client::ToJson(setting);
  return client::kExitOk;
}

int Departures(const ViewOptions& options) {
  sen::v1::ListDeparturesRequest request;
  request.set_rule_code(options.rule);
  request.set_from(options.from);
  request.set_until(options.until);
  return PrintRows<sen::v1::ListDeparturesRequest, sen::v1::ListDeparturesResponse>(
      options, request,
      [](ViewService::Stub& stub, auto... call) { return stub.ListDepartures(call...); },
      client::Table({"DATE", "RULE", "AT", "BY", "SETTING", "CASE", "REASON"}),
      [](const sen::v1::DepartureRow& row, client::Table& table) {
        table.Add({row.occurred_on(), row.rule_code(), client::InWords(row.event_type()),
                   row.decided_by(), row.setting_id(), row.case_id(),
                   client::OneLine(row.reason(), kTextColumns)});
      });
}

int Feed(const ViewOptions& options) {
  sen::v1::ListNoticesRequest request;
  request.set_role(options.to);
  return PrintRows<sen::v1::ListNoticesRequest, sen::v1::ListNoticesResponse>(
      options, request,
      [](ViewService::Stub& stub, auto... call) { return stub.ListNotices(call...); },
      client::Table({"DATE", "WHAT", "TIMER", "DUE", "TO", "SETTING", "CASE"}),
      [](const sen::v1::NoticeRow& row, client::Table& table) {
        table.Add({row.occurred_on(), client::InWords(row.event_type()), row.timer(), row.due_on(),
                   absl::StrJoin(row.to(), ", "), row.setting_id(), row.case_id()});
      });
}

std::string ShareText(const sen::v1::Share& share) {
  if (share.whole() == 0) return "none to count";
  constexpr std::uint64_t kPercent = 100;
  return absl::StrCat(share.part(), " of ", share.whole(), " (",
                      share.part() * kPercent / share.whole(), " %)");
}

std::string Spread(const views::ValueCounts& counts, std::string_view noun) {
  const auto median = views::MedianOf(counts);
  if (!median) return "none to count";
  return absl::StrCat("median ", client::Count(*median, noun), ", from ", counts.begin()->value(),
                      " to ", counts.rbegin()->value());
}

void PrintIndicators(const sen::v1::SettingIndicators& all) {
  client::Table table({"INDICATOR", "VALUE"});
  table.Add({"Reviews held by the agreed date", ShareText(all.reviews_on_time())});
  table.Add({"Days late", Spread(all.days_late(), "day")});
  table.Add({"Plans with the family's agreement", ShareText(all.plans_agreed())});
  table.Add({"Child's voice in the last cycle", ShareText(all.child_voice())});
  table.Add({"SEN Support until planned support started", Spread(all.days_to_support(), "day")});
  table.Add({"Sessions delivered of those planned", ShareText(all.sessions_delivered())});
  for (const sen::v1::CycleOutcomes& cycle : all.outcomes()) {
    table.Add(
        {absl::StrCat("Outcomes achieved in cycle ", cycle.cycle()), ShareText(cycle.achieved())});
  }
  table.Add({"Cycles until support ended", Spread(all.cycles_until_ended(), "cycle")});
  table.Add({"Cycles until an EHC request", Spread(all.cycles_until_escalated(), "cycle")});
  table.Add({"Families with fewer than three meetings this academic year",
             ShareText(all.families_below_three_meetings())});
  table.Add({"Wait for a specialist", Spread(all.specialist_wait_days(), "day")});
  table.Add({"Specialists waited for now", absl::StrCat(all.specialists_awaited())});
  table.Add({"Children on SEN Support with no plan in force", ShareText(all.without_plan())});
  table.Add({"Departures", Counted(all.departures())});
  std::cout << table.Render();
}

int Indicators(const ViewOptions& options) {
  sen::v1::ListIndicatorsRequest request;
  request.set_setting_id(options.setting);
  request.set_from(options.from);
  request.set_until(options.until);
  std::vector<sen::v1::SettingIndicators> settings;
  const auto failure = ReadSettings<sen::v1::SettingIndicators, sen::v1::ListIndicatorsRequest,
                                    sen::v1::ListIndicatorsResponse>(
      options.client, request,
      [](ViewService::Stub& stub, auto... call) { return stub.ListIndicators(call...); }, settings);
  if (failure) return Report(*failure, options.client);
  sen::v1::SettingIndicators all;
  for (const sen::v1::SettingIndicators& setting : settings) {
    if (options.client.json) std::cout << client::ToJson(setting);
    views::Add(all, setting);
  }
  if (!options.client.json) PrintIndicators(all);
  return client::kExitOk;
}

using Run = int (*)(const ViewOptions&);

// A subcommand with what all of them take. The options live as long as the command line.
std::pair<CLI::App*, ViewOptions*> AddOne(CLI::App& parent, Chosen& chosen,
                                          std::pair<const char*, const char*> name, Run run) {
  CLI::App* command = parent.add_subcommand(name.first, name.second);
  const auto options = std::make_shared<ViewOptions>();
  command->add_option("--setting", options->setting, "Of this setting, such as URN:199001");
  AddClientOptions(*command, options->client);
  command->callback([options, run, &chosen] { chosen = [options, run] { return run(*options); }; });
  return {command, options.get()};
}

void AddLimit(CLI::App& command, ViewOptions& options) {
  command.add_option("--limit", options.limit, "At most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
}

void AddPeriod(CLI::App& command, ViewOptions& options) {
  command.add_option("--from", options.from, "From this date on")->check(IsDate());
  command.add_option("--until", options.until, "Up to this date, it included")->check(IsDate());
}

void AddDaily(CLI::App& parent, Chosen& chosen) {
  const auto [board, on_board] = AddOne(
      parent, chosen, {"board", "The SENCO's board: what is next in every case, by date"}, Board);
  board->add_option("--stage", on_board->stage, "Only this stage, such as assess");
  board->add_option("--teacher", on_board->teacher, "Only of this responsible teacher");
  board->add_flag("--overdue", on_board->overdue, "Only what is late");
  AddLimit(*board, *on_board);
  board->footer("Example:\n  apdr view board --setting URN:199001 --overdue");

  const auto [list, in_class] =
      AddOne(parent, chosen, {"class", "A class list with profile and strategies"}, Class);
  list->add_option("--teacher", in_class->teacher, "Only of this responsible teacher");
  AddLimit(*list, *in_class);
  list->footer("Example:\n  apdr view class --setting URN:199001 --role teacher");

  const auto [feed, in_feed] =
      AddOne(parent, chosen, {"feed", "What somebody should know, newest first"}, Feed);
  feed->add_option("--to", in_feed->to, "Addressed to this role, such as senco");
  AddLimit(*feed, *in_feed);
  feed->footer("Example:\n  apdr view feed --setting URN:199001 --to senco --limit 20");
}

void AddAccount(CLI::App& parent, Chosen& chosen) {
  const auto [map, on_map] =
      AddOne(parent, chosen, {"provisions", "The provision map with cost and effect"}, Provisions);
  map->add_flag("--in-force", on_map->in_force, "Only of plans in force");
  map->add_flag("--sums", on_map->sums, "Added up by title");
  AddLimit(*map, *on_map);
  map->footer("Example:\n  apdr view provisions --setting URN:199001 --in-force --sums");

  const auto [overview, in_overview] = AddOne(
      parent, chosen, {"overview", "Counts by setting, need, stage and what is late"}, Overview);
  (void)in_overview;
  overview->footer("Example:\n  apdr view overview --role la-send-officer");

  const auto [departures, of] =
      AddOne(parent, chosen, {"departures", "Where a rule was knowingly not followed"}, Departures);
  departures->add_option("--rule", of->rule, "Of this rule, such as PRE_SUPPORT_MISSING");
  AddPeriod(*departures, *of);
  AddLimit(*departures, *of);
  departures->footer("Example:\n  apdr view departures --setting URN:199001 --from 2025-09-01");

  const auto [indicators, in_period] =
      AddOne(parent, chosen, {"indicators", "The figures that auditors ask for"}, Indicators);
  AddPeriod(*indicators, *in_period);
  indicators->footer(
      "With --json by setting, else all settings together. See docs/views.md.\n\n"
      "Example:\n  apdr view indicators --from 2025-09-01 --until 2026-08-31");
}

}  // namespace

void AddView(CLI::App& app, Chosen& chosen) {
  CLI::App* parent = app.add_subcommand(
      "view", "Boards, lists and figures: board, class, provisions, overview, feed ...");
  parent->require_subcommand(1);
  parent->footer(
      "Names are shown to the roles that may read a profile.\n\n"
      "Examples:\n"
      "  apdr view board --setting URN:199001\n"
      "  apdr view overview --role la-send-officer\n"
      "  apdr view indicators --from 2025-09-01 --until 2026-08-31");
  AddDaily(*parent, chosen);
  AddAccount(*parent, chosen);
}

}  // namespace apdr
