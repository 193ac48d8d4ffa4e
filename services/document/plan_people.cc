#include "services/document/plan_people.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/document/words.h"

namespace apdr::document {
namespace {

// The entries of the cycle that led to this version: those since the review before it.
std::vector<const Entry*> EntriesOfCycle(const CaseRecord& record, std::uint64_t version) {
  std::vector<const Entry*> entries;
  for (const Entry& entry : record.entries()) {
    if (entry.event->version() >= version) break;
    if (dynamic_cast<const sen::v1::ReviewHeld*>(entry.payload.get()) != nullptr) entries.clear();
    entries.push_back(&entry);
  }
  return entries;
}

std::string ParentInWords(const sen::v1::ParentCarer& parent) {
  std::vector<std::string> parts;
  if (parent.parental_responsibility()) parts.emplace_back("parental responsibility");
  for (const std::string& need : parent.needs()) parts.push_back(need);
  return parts.empty() ? parent.relationship()
                       : absl::StrCat(parent.relationship(), " (", absl::StrJoin(parts, ", "), ")");
}

// By person. A restricted person has no part in a plan.
std::map<std::string, std::string> ParentsAt(const CaseRecord& record, std::uint64_t version) {
  std::map<std::string, std::string> parents;
  for (const Entry& entry : record.entries()) {
    if (entry.event->version() >= version) break;
    if (const auto* linked = dynamic_cast<const sen::v1::ParentCarerLinked*>(entry.payload.get())) {
      const sen::v1::ParentCarer& parent = linked->parent_carer();
      if (parent.restriction() == sen::v1::PARENT_RESTRICTION_NONE) {
        parents[parent.person_id()] = ParentInWords(parent);
      } else {
        parents.erase(parent.person_id());
      }
    }
    if (const auto* unlinked =
            dynamic_cast<const sen::v1::ParentCarerUnlinked*>(entry.payload.get())) {
      parents.erase(unlinked->person_id());
    }
  }
  return parents;
}

}  // namespace

std::vector<Fact> FamilyAndSetting(const CaseRecord& record, std::uint64_t version) {
  const sen::v1::Registration registration = record.Registered();
  sen::v1::Setting setting = registration.setting();
  for (const auto& [entry, moved] : record.All<sen::v1::ChildTransferredIn>()) {
    if (entry->event->version() < version) setting = moved->acceptance().setting();
  }
  std::vector<std::string> parents;
  for (const auto& [person, words] : ParentsAt(record, version)) parents.push_back(words);
  std::vector<Fact> facts;
  AddFact(facts, "Setting", sen::SettingId(setting));
  AddFact(facts, "Parents and carers", absl::StrJoin(parents, "; "));
  AddFact(facts, "Home language (code)", registration.home_language());
  AddFact(facts, "Access needs", absl::StrJoin(registration.access_needs(), "; "));
  return facts;
}

Section ViewsSection(const CaseRecord& record, std::uint64_t version) {
  Section section{.heading = "What the child and the family say"};
  for (const Entry* entry : EntriesOfCycle(record, version)) {
    const std::string on = DateInWords(entry->event->occurred_on());
    if (const auto* child =
            dynamic_cast<const sen::v1::ChildViewsRecorded*>(entry->payload.get())) {
      AddFact(section.facts,
              absl::StrCat("The child, ", on, " (", InWords(child->views().method()), ")"),
              child->views().views());
    }
    if (const auto* family =
            dynamic_cast<const sen::v1::ParentViewsRecorded*>(entry->payload.get())) {
      const sen::v1::ParentViews& views = family->views();
      AddFact(section.facts, absl::StrCat("A parent or carer, ", on), views.views());
      AddFact(section.facts, "Hopes", views.aspirations());
      AddFact(section.facts, "Concerns", views.concerns());
    }
  }
  return section;
}

Section SaySection(const CaseRecord& record, std::uint64_t version) {
  Section section{.heading = "Who had a say"};
  section.table = {
      .caption = "Contributions to this plan", .columns = {"Who", "Says", "Comment"}, .rows = {}};
  for (const Entry* entry : EntriesOfCycle(record, version)) {
    const auto* said = dynamic_cast<const sen::v1::ContributionRecorded*>(entry->payload.get());
    if (said == nullptr || said->contribution().stage() != sen::v1::CONTRIBUTION_STAGE_PLAN) {
      continue;
    }
    section.table.rows.push_back(
        TextRow({Capital(RoleInWords(said->contribution().participant().role())),
                 InWords(said->contribution().stance()), said->contribution().comment()}));
  }
  return section;
}

}  // namespace apdr::document
