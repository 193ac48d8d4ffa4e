#include "apdr/sen/v1/plan.pb.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "services/document/document.h"
#include "services/document/plan_people.h"
#include "services/document/words.h"

namespace apdr::document {
namespace {

// A plan that was put in place, agreed or not.
struct Plan {
  std::uint32_t cycle = 0;
  const Entry* entry = nullptr;
  const sen::v1::PlanContent* content = nullptr;
  const sen::v1::PlanAgreed* agreed = nullptr;                    // One of the two.
  const sen::v1::PlanIssuedWithoutAgreement* disputed = nullptr;  // One of the two.
};

std::vector<Plan> PlansOf(const CaseRecord& record) {
  std::vector<Plan> plans;
  for (const Entry& entry : record.entries()) {
    if (const auto* agreed = dynamic_cast<const sen::v1::PlanAgreed*>(entry.payload.get())) {
      plans.push_back({.cycle = agreed->cycle(),
                       .entry = &entry,
                       .content = &agreed->plan(),
                       .agreed = agreed,
                       .disputed = nullptr});
    }
    if (const auto* disputed =
            dynamic_cast<const sen::v1::PlanIssuedWithoutAgreement*>(entry.payload.get())) {
      plans.push_back({.cycle = disputed->cycle(),
                       .entry = &entry,
                       .content = &disputed->plan(),
                       .agreed = nullptr,
                       .disputed = disputed});
    }
  }
  return plans;
}

std::vector<Fact> AboutPlan(const Plan& plan, const CaseRecord& record) {
  std::vector<Fact> facts;
  const sen::v1::Registration registration = record.Registered();
  AddFact(facts, "Date of birth", DateInWords(registration.date_of_birth()));
  AddFact(facts, "School year when registered", YearInWords(registration.nc_year()));
  AddFact(facts, "Cycle", absl::StrCat(plan.cycle));
  AddFact(facts, plan.agreed != nullptr ? "Agreed on" : "Put in place without agreement on",
          DateInWords(plan.entry->event->occurred_on()));
  AddFact(facts, "Support starts on", DateInWords(plan.content->support_starts_on()));
  AddFact(facts, "Review by", DateInWords(plan.content->review_on()));
  AddFact(facts, "Responsible day by day", RoleInWords(plan.content->responsible_teacher().role()));
  for (Fact& fact : FamilyAndSetting(record, plan.entry->event->version())) {
    facts.push_back(std::move(fact));
  }
  return facts;
}

Section NeedsSection(const Plan& plan, const CaseRecord& record) {
  Section section{.heading = "Needs"};
  for (const auto& [entry, assessed] : record.All<sen::v1::ChildAssessed>()) {
    if (assessed->cycle() != plan.cycle) continue;
    section.facts.clear();
    AddFact(section.facts, "Strengths", assessed->assessment().strengths());
    for (const sen::v1::Need& need : assessed->assessment().needs()) {
      AddFact(section.facts, NeedInWords(need.sen_type()),
              need.narrative().empty() ? "recorded" : need.narrative());
    }
    AddFact(section.facts, "What makes learning harder", assessed->assessment().barriers());
    AddFact(section.facts, "Support needed", assessed->assessment().support_needed());
  }
  return section;
}

std::vector<Section> OutcomeSections(const Plan& plan) {
  std::vector<Section> sections;
  for (const sen::v1::Outcome& outcome : plan.content->outcomes()) {
    Section section{
        .level = 3,
        .heading = absl::StrCat("Outcome ", outcome.outcome_id(), ": ", InWords(outcome.area())),
        .paragraphs = Paragraph(outcome.statement())};
    AddFact(section.facts, "Measured by", outcome.baseline().measure());
    AddFact(section.facts, "Where we start", MeasureInWords(outcome.baseline()));
    AddFact(section.facts, "Where we want to be", MeasureInWords(outcome.target()));
    AddFact(section.facts, "By", DateInWords(outcome.by_date()));
    AddFact(section.facts, "We will know by", outcome.success_criteria());
    AddFact(section.facts, "Led by", RolesInWords(outcome.owners()));
    sections.push_back(std::move(section));
  }
  return sections;
}

std::string PeriodInWords(const sen::v1::PlannedProvision& provision) {
  if (provision.ends_on().empty()) {
    return provision.starts_on().empty()
               ? ""
               : absl::StrCat("From ", DateInWords(provision.starts_on()));
  }
  return absl::StrCat(DateInWords(provision.starts_on()), " to ", DateInWords(provision.ends_on()));
}

Section SupportSection(const Plan& plan) {
  Section section{.heading = "Support"};
  section.table = {
      .caption = "What is given, by whom and how often",
      .columns = {"Support", "For outcomes", "Given by", "How often", "When and where"},
      .rows = {}};
  for (const sen::v1::PlannedProvision& provision : plan.content->provisions()) {
    Cell what{.text = absl::StrCat(provision.provision_id(), ": ", provision.title())};
    AddFact(what.facts, "Kind", InWords(provision.kind()));
    AddFact(what.facts, "Additional or different", provision.additional_or_different());
    AddFact(what.facts, "Based on", provision.evidence_base());
    Cell often{.text = FrequencyInWords(provision.frequency())};
    AddFact(often.facts, "Adults to children", provision.ratio());
    Cell when{.text = PeriodInWords(provision)};
    AddFact(when.facts, "Place", provision.place());
    section.table.rows.push_back({std::move(what),
                                  {.text = absl::StrJoin(provision.outcome_ids(), ", ")},
                                  {.text = RolesInWords(provision.delivered_by())},
                                  std::move(often),
                                  std::move(when)});
  }
  return section;
}

Section ResponsibilitiesSection(const Plan& plan) {
  Section section{.heading = "Who does what"};
  AddFact(section.facts, "Parents", plan.content->responsibilities().parent());
  AddFact(section.facts, "Child or young person", plan.content->responsibilities().child());
  AddFact(section.facts, "School or setting", plan.content->responsibilities().setting());
  return section;
}

Section AgreementSection(const Plan& plan) {
  if (plan.disputed != nullptr) {
    const sen::v1::PlanDisagreement& disagreement = plan.disputed->disagreement();
    Section section{.heading = "This plan was not agreed"};
    AddFact(section.facts, "Who does not agree", RolesInWords(disagreement.who()));
    AddFact(section.facts, "What about", disagreement.points());
    std::vector<std::string> routes;
    for (int i = 0; i < disagreement.routes_offered_size(); ++i) {
      routes.push_back(InWords(disagreement.routes_offered(i)));
    }
    AddFact(section.facts, "Ways to settle it that were offered", absl::StrJoin(routes, "; "));
    AddFact(section.facts, "Put in place by", RoleInWords(disagreement.decided_by().role()));
    return section;
  }
  Section section{.heading = "Agreement"};
  section.table = {.caption = "Who agreed to this plan",
                   .columns = {"Who", "As", "Says", "On", "How"},
                   .rows = {}};
  for (const sen::v1::Agreement& agreement : plan.agreed->agreements()) {
    const std::string& on =
        agreement.on().empty() ? plan.entry->event->occurred_on() : agreement.on();
    section.table.rows.push_back(
        TextRow({Capital(RoleInWords(agreement.person().role())), InWords(agreement.capacity()),
                 InWords(agreement.stance()), DateInWords(on), InWords(agreement.form())}));
  }
  return section;
}

// What came after it, until the next plan.
std::vector<std::string> ChangesOf(const Plan& plan, const CaseRecord& record) {
  std::vector<std::string> changes;
  const std::vector<Plan> plans = PlansOf(record);
  const auto next = std::ranges::find_if(plans, [&](const Plan& other) {
    return other.entry->event->version() > plan.entry->event->version();
  });
  for (const Entry& entry : record.entries()) {
    if (entry.event->version() < plan.entry->event->version()) continue;
    if (next != plans.end() && entry.event->version() > next->entry->event->version()) break;
    const std::string on = DateInWords(entry.event->occurred_on());
    if (const auto* moved = dynamic_cast<const sen::v1::ReviewDateChanged*>(entry.payload.get())) {
      changes.push_back(absl::StrCat(on, ": the review moves from ", DateInWords(moved->from()),
                                     " to ", DateInWords(moved->to()), ". ", moved->reason()));
    }
    if (const auto* adjusted =
            dynamic_cast<const sen::v1::ProvisionAdjusted*>(entry.payload.get())) {
      const sen::v1::ProvisionAdjustment& adjustment = adjusted->adjustment();
      changes.push_back(absl::StrCat(on, ": support ", adjustment.provision_id(), ". ",
                                     adjustment.change(), " ", adjustment.reason()));
    }
  }
  return changes;
}

Section SharedSection(const Plan& plan, const CaseRecord& record) {
  Section section{.heading = "Given to"};
  for (const auto& [entry, shared] : record.All<sen::v1::PlanShared>()) {
    if (shared->plan_id() != plan.content->plan_id()) continue;
    AddFact(section.facts, DateInWords(entry->event->occurred_on()),
            absl::StrCat(RolesInWords(shared->sharing().with()), " (",
                         InWords(shared->sharing().format()), ")"));
  }
  return section;
}

}  // namespace

std::vector<std::uint32_t> PlannedCycles(const CaseRecord& record) {
  std::vector<std::uint32_t> cycles;
  for (const Plan& plan : PlansOf(record)) {
    if (std::ranges::find(cycles, plan.cycle) == cycles.end()) cycles.push_back(plan.cycle);
  }
  return cycles;
}

std::optional<Page> PlanPage(const Sources& sources, std::uint32_t cycle) {
  const std::vector<Plan> plans = PlansOf(sources.record);
  const auto found = std::find_if(plans.rbegin(), plans.rend(), [cycle](const Plan& plan) {
    return cycle == 0 || plan.cycle == cycle;
  });
  if (found == plans.rend()) return std::nullopt;
  const Plan& plan = *found;
  Page page{.layout = {},
            .title = sources.titles.plan,
            .subject = sources.record.Name(),
            .about = AboutPlan(plan, sources.record)};
  page.Add(ViewsSection(sources.record, plan.entry->event->version()));
  page.Add(NeedsSection(plan, sources.record));
  page.AddGroup({.heading = "What we want to achieve"}, OutcomeSections(plan));
  page.Add(SupportSection(plan));
  page.Add(ResponsibilitiesSection(plan));
  page.Add({.heading = "What we expect the support to change",
            .paragraphs = Paragraph(plan.content->expected_impact())});
  page.Add(SaySection(sources.record, plan.entry->event->version()));
  page.Add(AgreementSection(plan));
  page.Add({.heading = "Changes since then", .items = ChangesOf(plan, sources.record)});
  page.Add(SharedSection(plan, sources.record));
  return page;
}

}  // namespace apdr::document
