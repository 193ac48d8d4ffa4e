#include "apdr/sen/v1/review.pb.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/plan.pb.h"
#include "services/document/document.h"
#include "services/document/words.h"

namespace apdr::document {
namespace {

using sen::v1::Review;
using Held = EntryOf<sen::v1::ReviewHeld>;

std::vector<Fact> AboutReview(const Held& held, const CaseRecord& record) {
  std::vector<Fact> facts;
  AddFact(facts, "Date of birth", DateInWords(record.Registered().date_of_birth()));
  AddFact(facts, "Cycle", absl::StrCat(held.payload->cycle()));
  AddFact(facts, "Held on", DateInWords(held.entry->event->occurred_on()));
  AddFact(facts, "Planned by", DateInWords(held.payload->review_on()));
  AddFact(facts, "In time",
          held.payload->on_time() ? "yes"
                                  : absl::StrCat(Count(held.payload->days_late(), "day"), " late"));
  AddFact(facts, "Format", InWords(held.payload->review().format()));
  return facts;
}

Section ParticipantsSection(const Review& review) {
  Section section{.heading = "Who took part"};
  for (const sen::v1::ReviewParticipant& participant : review.participants()) {
    section.items.push_back(absl::StrCat(Capital(RoleInWords(participant.person().role())), ", ",
                                         InWords(participant.took_part_by())));
  }
  return section;
}

Section ViewsSection(const Review& review) {
  Section section{.heading = "Views"};
  AddFact(section.facts, "Child or young person", review.child_views());
  AddFact(section.facts, "Parents", review.parent_views());
  for (const sen::v1::Attempt& attempt : review.parent_attempts()) {
    AddFact(section.facts,
            absl::StrCat("Parents were asked, ", DateInWords(attempt.on()), " (",
                         InWords(attempt.method()), ")"),
            attempt.result());
  }
  return section;
}

// What the review looks at, by the ids of the plan it reviews.
std::string StatementOf(const CaseRecord& record, const Review& review, const std::string& id) {
  std::string statement;
  const auto look = [&](const sen::v1::PlanContent& plan) {
    if (plan.plan_id() != review.plan_id()) return;
    for (const sen::v1::Outcome& outcome : plan.outcomes()) {
      if (outcome.outcome_id() == id) statement = outcome.statement();
    }
  };
  for (const auto& [entry, agreed] : record.All<sen::v1::PlanAgreed>()) look(agreed->plan());
  for (const auto& [entry, issued] : record.All<sen::v1::PlanIssuedWithoutAgreement>()) {
    look(issued->plan());
  }
  return absl::StrCat(id, statement.empty() ? "" : ": ", statement);
}

Section OutcomesSection(const CaseRecord& record, const Review& review) {
  Section section{.heading = "Are the outcomes achieved?"};
  section.table = {.caption = "Outcomes of the plan",
                   .columns = {"Outcome", "Achieved", "Now", "How we know"},
                   .rows = {}};
  for (const sen::v1::OutcomeEvaluation& evaluation : review.outcome_evaluations()) {
    section.table.rows.push_back(
        TextRow({StatementOf(record, review, evaluation.outcome_id()), InWords(evaluation.status()),
                 MeasureInWords(evaluation.end()), evaluation.evidence()}));
  }
  return section;
}

Section NewOutcomesSection(const Review& review) {
  Section section{.heading = "Are new outcomes needed?"};
  if (!review.has_new_outcomes()) return section;
  section.paragraphs = {review.new_outcomes().needed() ? "Yes." : "No."};
  for (const sen::v1::Outcome& outcome : review.new_outcomes().items()) {
    section.items.push_back(
        absl::StrCat(outcome.statement(), outcome.by_date().empty() ? "" : " By ",
                     DateInWords(outcome.by_date()), outcome.by_date().empty() ? "" : "."));
  }
  return section;
}

Section SupportSection(const Review& review) {
  Section section{.heading = "Should the support go on?"};
  section.paragraphs = Paragraph(Capital(InWords(review.support_decision().choice())));
  AddFact(section.facts, "What will be different", review.support_decision().what_different());
  AddFact(section.facts, "Why", review.support_decision().reason());
  return section;
}

Section NeedsSection(const Review& review) {
  Section section{.heading = "Needs"};
  AddFact(section.facts, "Needs are understood", InWords(review.needs_understood()));
  AddFact(section.facts, "Needs are met", InWords(review.needs_met()));
  return section;
}

Section SharedSection(const Held& held, const CaseRecord& record) {
  Section section{.heading = "Given to"};
  for (const auto& [entry, shared] : record.All<sen::v1::ReviewRecordShared>()) {
    if (shared->cycle() != held.payload->cycle()) continue;
    AddFact(section.facts, DateInWords(entry->event->occurred_on()),
            absl::StrCat(RolesInWords(shared->sharing().with()), " (",
                         InWords(shared->sharing().format()), ")"));
  }
  return section;
}

}  // namespace

std::vector<std::uint32_t> ReviewedCycles(const CaseRecord& record) {
  std::vector<std::uint32_t> cycles;
  for (const Held& held : record.All<sen::v1::ReviewHeld>()) {
    const std::uint32_t cycle = held.payload->cycle();
    if (std::ranges::find(cycles, cycle) == cycles.end()) cycles.push_back(cycle);
  }
  return cycles;
}

std::optional<Page> ReviewPage(const Sources& sources, std::uint32_t cycle) {
  const std::vector<Held> reviews = sources.record.All<sen::v1::ReviewHeld>();
  const auto found = std::find_if(reviews.rbegin(), reviews.rend(), [cycle](const Held& held) {
    return cycle == 0 || held.payload->cycle() == cycle;
  });
  if (found == reviews.rend()) return std::nullopt;
  const Review& review = found->payload->review();
  Page page{.layout = {},
            .title = sources.titles.review,
            .subject = sources.record.Name(),
            .about = AboutReview(*found, sources.record)};
  page.Add(ParticipantsSection(review));
  page.Add(ViewsSection(review));
  Section impact{.heading = "Has the support had a positive impact?",
                 .paragraphs = Paragraph(Capital(InWords(review.impact())))};
  AddFact(impact.facts, "How we know", review.impact_evidence());
  AddFact(impact.facts, "The support was not given because", review.never_delivered_reason());
  page.Add(std::move(impact));
  page.Add(OutcomesSection(sources.record, review));
  page.Add(NewOutcomesSection(review));
  page.Add(SupportSection(review));
  page.Add(NeedsSection(review));
  page.Add({.heading = "Next steps", .paragraphs = Paragraph(review.next_steps())});
  page.Add(SharedSection(*found, sources.record));
  return page;
}

}  // namespace apdr::document
