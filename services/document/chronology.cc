#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/governance.pb.h"
#include "engine/base/date.h"
#include "services/document/details.h"
#include "services/document/document.h"
#include "services/document/words.h"

namespace apdr::document {
namespace {

// "Departed from: <the rule>"; the code where this binary has no such rule.
std::string RuleText(const core::Workflow& workflow, const std::string& code) {
  for (const core::Rule& rule : workflow.definition().rules) {
    if (rule.code == code) return rule.text;
  }
  return code;
}

std::vector<std::string> NotesOf(const Entry& entry, const core::Workflow& workflow) {
  std::vector<std::string> notes;
  const event::v1::Event& event = *entry.event;
  const auto occurred_on = ParseDate(event.occurred_on());
  const Date recorded_on = DateOf(history::RecordedAt(event), workflow.definition().zone);
  if (occurred_on && *occurred_on < recorded_on) {
    notes.push_back(absl::StrCat("Recorded late, on ", DateInWords(FormatDate(recorded_on)), "."));
  }
  for (const event::v1::Departure& departure : event.departures()) {
    notes.push_back(
        absl::StrCat("A rule was not followed: ", RuleText(workflow, departure.rule_code()),
                     "\nReason: ", departure.reason()));
  }
  for (const event::v1::Warning& warning : event.warnings()) {
    notes.push_back(absl::StrCat("Warning: ", warning.message()));
  }
  return notes;
}

// "Entry corrected: Plan agreed of 6 February 2026".
std::string HeadlineOf(const Entry& entry, const CaseRecord& record) {
  std::string headline = EventInWords(entry.event->data().type_url());
  const auto* corrected = dynamic_cast<const sen::v1::RecordCorrected*>(entry.payload.get());
  if (corrected == nullptr) return headline;
  const auto& entries = record.entries();
  const auto target = std::ranges::find_if(entries, [&](const Entry& other) {
    return other.event->event_id() == corrected->correction().target_event_id();
  });
  if (target == entries.end()) return headline;
  return absl::StrCat(headline, ": ", EventInWords(target->event->data().type_url()), " of ",
                      DateInWords(target->event->occurred_on()));
}

}  // namespace

Page ChronologyPage(const Sources& sources) {
  Page page{.layout = {}, .title = sources.titles.chronology, .subject = sources.record.Name()};
  std::vector<const Entry*> entries;
  for (const Entry& entry : sources.record.entries()) entries.push_back(&entry);
  std::ranges::stable_sort(entries, {}, [](const Entry* entry) -> const std::string& {
    return entry->event->occurred_on();
  });
  Section section{.heading = "What happened"};
  section.table = {.caption = "In order of the date on which it happened",
                   .columns = {"Date", "What happened", "Recorded by"},
                   .rows = {}};
  for (const Entry* entry : entries) {
    section.table.rows.push_back(
        {{.text = DateInWords(entry->event->occurred_on())},
         {.text = HeadlineOf(*entry, sources.record),
          .facts = FactsOf(*entry->payload, entry->corrected, Detail::kBrief),
          .notes = NotesOf(*entry, sources.workflow)},
         {.text = RoleInWords(entry->event->actor().role())}});
  }
  page.Add(std::move(section));
  return page;
}

}  // namespace apdr::document
