#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "services/document/details.h"
#include "services/document/document.h"
#include "services/document/words.h"

namespace apdr::document {
namespace {

// A whole document as a part of the bundle, its headings one level lower.
void AddPart(Page& bundle, Page part, std::string heading, std::string id) {
  bundle.Add({.heading = std::move(heading),
              .id = std::move(id),
              .paragraphs = Paragraph(part.subject),
              .facts = std::move(part.about)});
  for (Section& section : part.sections) {
    section.level = std::min(section.level + 1, 4);
    bundle.sections.push_back(std::move(section));
  }
}

// A section for every event of these kinds, in order of version, in full.
template <class... Payloads>
std::vector<Section> EntriesOf(const CaseRecord& record) {
  std::vector<Section> sections;
  for (const Entry& entry : record.entries()) {
    if (!((dynamic_cast<const Payloads*>(entry.payload.get()) != nullptr) || ...)) continue;
    sections.push_back({.level = 3,
                        .heading = absl::StrCat(DateInWords(entry.event->occurred_on()), ": ",
                                                EventInWords(entry.event->data().type_url())),
                        .facts = FactsOf(*entry.payload, entry.corrected, Detail::kFull)});
  }
  return sections;
}

// Early discussion, meetings, and reviews in which the family took part: who was there.
std::vector<Section> MeetingsOf(const CaseRecord& record) {
  Section section{.level = 3, .heading = "Who met when"};
  section.table = {.caption = "Meetings with the parents",
                   .columns = {"Date", "Meeting", "Who was there"},
                   .rows = {}};
  const auto add = [&](const Entry& entry, const auto& people) {
    section.table.rows.push_back(
        TextRow({DateInWords(entry.event->occurred_on()),
                 EventInWords(entry.event->data().type_url()), RolesInWords(people)}));
  };
  for (const Entry& entry : record.entries()) {
    const auto* payload = entry.payload.get();
    if (const auto* early = dynamic_cast<const sen::v1::EarlyDiscussionHeld*>(payload)) {
      add(entry, early->discussion().with());
    } else if (const auto* meeting = dynamic_cast<const sen::v1::ParentMeetingHeld*>(payload)) {
      add(entry, meeting->meeting().attendees());
    } else if (const auto* review = dynamic_cast<const sen::v1::ReviewHeld*>(payload)) {
      google::protobuf::RepeatedPtrField<sen::v1::PersonRef> people;
      for (const auto& participant : review->review().participants()) {
        *people.Add() = participant.person();
      }
      add(entry, people);
    }
  }
  std::vector<Section> sections = EntriesOf<sen::v1::ParentMeetingHeld>(record);
  sections.insert(sections.begin(), std::move(section));
  return sections;
}

Section DeparturesSection(const Sources& sources) {
  Section section{.heading = "Rules that were knowingly not followed", .id = "departures"};
  section.table = {.caption = "Departures and their reasons",
                   .columns = {"Date", "Rule", "At", "Reason"},
                   .rows = {}};
  for (const Entry& entry : sources.record.entries()) {
    for (const event::v1::Departure& departure : entry.event->departures()) {
      section.table.rows.push_back(
          TextRow({DateInWords(entry.event->occurred_on()), departure.rule_code(),
                   EventInWords(entry.event->data().type_url()), departure.reason()}));
    }
  }
  return section;
}

}  // namespace

Page EvidencePage(const Sources& sources, const Manifest& manifest) {
  const CaseRecord& record = sources.record;
  Page bundle{.layout = {}, .title = sources.titles.evidence, .subject = record.Name()};
  AddFact(bundle.about, "Events", absl::StrCat(manifest.lines.size()));
  AddFact(bundle.about, "SHA-256 of the manifest", manifest.Hash());
  if (auto profile = ProfilePage(sources)) {
    AddPart(bundle, *std::move(profile), sources.titles.profile, "profile");
  }
  for (const std::uint32_t cycle : PlannedCycles(record)) {
    AddPart(bundle, *PlanPage(sources, cycle), absl::StrCat(sources.titles.plan, ", cycle ", cycle),
            absl::StrCat("plan-", cycle));
  }
  for (const std::uint32_t cycle : ReviewedCycles(record)) {
    AddPart(bundle, *ReviewPage(sources, cycle),
            absl::StrCat(sources.titles.review, ", cycle ", cycle), absl::StrCat("review-", cycle));
  }
  bundle.AddGroup({.heading = "Views", .id = "views"},
                  EntriesOf<sen::v1::EarlyDiscussionHeld, sen::v1::ChildViewsRecorded,
                            sen::v1::ParentViewsRecorded, sen::v1::ViewsNotObtained>(record));
  bundle.AddGroup({.heading = "Assessments", .id = "assessments"},
                  EntriesOf<sen::v1::ExistingInformationReviewed, sen::v1::AssessmentUndertaken,
                            sen::v1::ChildAssessed>(record));
  bundle.AddGroup(
      {.heading = "Specialists and professionals", .id = "specialists"},
      EntriesOf<sen::v1::ProfessionalConsulted, sen::v1::SpecialistRequested,
                sen::v1::SpecialistAdviceReceived, sen::v1::SpecialistRequestClosed>(record));
  bundle.AddGroup({.heading = "Meetings with the parents", .id = "meetings"}, MeetingsOf(record));
  bundle.Add(DeparturesSection(sources));
  AddPart(bundle, ChronologyPage(sources), sources.titles.chronology, "chronology");
  bundle.Add(ManifestSection(manifest));
  return bundle;
}

}  // namespace apdr::document
