#include "tests/unit/document/record_builder.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/base/check.h"

namespace apdr::document {
namespace {

CaseRecord ReadOrDie(const history::CaseHistory& history, Readers readers) {
  auto record = CaseRecord::Read(history, history, readers);
  APDR_CHECK(record.ok());
  return *std::move(record);
}

std::string Line(const Fact& fact) { return absl::StrCat(fact.name, ": ", fact.value, "\n"); }

std::string TextOf(const Cell& cell) {
  std::string text = cell.text;
  for (const Fact& fact : cell.facts) absl::StrAppend(&text, " / ", fact.name, ": ", fact.value);
  for (const std::string& note : cell.notes) absl::StrAppend(&text, " ! ", note);
  return text;
}

}  // namespace

RecordBuilder::RecordBuilder() : module_(sen::Code2015()), workflow_(module_) {
  history_.view.set_case_id("018f0000-0000-7000-8000-000000000001");
}

event::v1::Event& RecordBuilder::AddEvent(std::string_view on) {
  event::v1::Event event;
  event.set_version(history_.events.size() + 1);
  event.set_event_id(absl::StrFormat("018f0000-0000-7000-9000-%012d", event.version()));
  event.set_occurred_on(std::string(on));
  event.mutable_actor()->set_role("senco");
  event.set_policy("code-2015@1");
  if (const auto date = ParseDate(on)) {
    const absl::Time noon = HourOf(*date, 12, workflow_.definition().zone);
    event.mutable_recorded_time()->set_seconds(absl::ToUnixSeconds(noon));
  }
  history_.view.set_version(event.version());
  history_.events.push_back(std::move(event));
  return history_.events.back();
}

Made::Made(const RecordBuilder& builder, Readers readers)
    : workflow_(builder.workflow()), record_(ReadOrDie(builder.history(), readers)) {}

std::string TextOf(const Page& page) {
  std::string text;
  for (const Fact& fact : page.about) text += Line(fact);
  for (const Section& section : page.sections) {
    absl::StrAppend(&text, "[", section.level, "] ", section.heading, "\n");
    for (const std::string& paragraph : section.paragraphs) absl::StrAppend(&text, paragraph, "\n");
    for (const Fact& fact : section.facts) text += Line(fact);
    for (const std::string& item : section.items) absl::StrAppend(&text, "- ", item, "\n");
    for (const auto& row : section.table.rows) {
      std::vector<std::string> cells;
      for (const Cell& cell : row) cells.push_back(TextOf(cell));
      absl::StrAppend(&text, absl::StrJoin(cells, " | "), "\n");
    }
  }
  return text;
}

sen::v1::ChildRegistered ARegistration(std::string given_name, std::string family_name) {
  sen::v1::ChildRegistered registered;
  registered.mutable_registration()->set_given_name(std::move(given_name));
  registered.mutable_registration()->set_family_name(std::move(family_name));
  return registered;
}

}  // namespace apdr::document
