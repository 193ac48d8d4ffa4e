#include <algorithm>

#include "absl/strings/str_join.h"
#include "apdr/sen/v1/profile.pb.h"
#include "engine/base/characters.h"
#include "services/document/document.h"
#include "services/document/words.h"

namespace apdr::document {
namespace {

using Lines = google::protobuf::RepeatedPtrField<std::string>;

// Lines of the page's two columns together in large and in small print, with room for header and
// footer; characters of a line of small print.
constexpr std::size_t kLargeLinesMax = 45;
constexpr std::size_t kSmallLinesMax = 90;
constexpr std::size_t kLineCharacters = 48;

const sen::v1::OnePageProfile* NewestText(const CaseRecord& record) {
  const sen::v1::OnePageProfile* newest = nullptr;
  for (const Entry& entry : record.entries()) {
    const auto* created = dynamic_cast<const sen::v1::OnePageProfileCreated*>(entry.payload.get());
    const auto* updated = dynamic_cast<const sen::v1::OnePageProfileUpdated*>(entry.payload.get());
    if (created != nullptr) newest = &created->profile();
    if (updated != nullptr) newest = &updated->profile();
  }
  return newest;
}

std::size_t LinesOf(const std::string& text) {
  const auto breaks = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  return 1 + breaks + CharactersIn(text) / kLineCharacters;
}

// How many lines the page has when every item starts one of its own.
std::size_t LinesOf(const Page& page) {
  std::size_t lines = 0;
  for (const Section& section : page.sections) {
    lines += 2;
    for (const std::string& text : section.paragraphs) lines += LinesOf(text);
    for (const std::string& text : section.items) lines += LinesOf(text);
    for (const Fact& fact : section.facts) lines += LinesOf(fact.name + fact.value);
  }
  return lines;
}

// Items and lines follow one another without a line break.
void RunOn(Page& page) {
  for (Section& section : page.sections) {
    if (!section.items.empty()) {
      section.paragraphs.push_back(absl::StrJoin(section.items, "; "));
      section.items.clear();
    }
    for (std::string& text : section.paragraphs) std::ranges::replace(text, '\n', ' ');
  }
}

Section ListOf(std::string heading, const Lines& lines) {
  return {.heading = std::move(heading), .items = {lines.begin(), lines.end()}};
}

Section TextOf(std::string heading, const std::string& text) {
  return {.heading = std::move(heading), .paragraphs = Paragraph(text)};
}

}  // namespace

std::optional<Page> ProfilePage(const Sources& sources) {
  const sen::v1::OnePageProfile* text = NewestText(sources.record);
  if (text == nullptr) return std::nullopt;
  Page page{.layout = "profile", .title = sources.titles.profile, .subject = sources.record.Name()};
  page.Add(ListOf("What people like and admire about me", text->appreciate()));
  page.Add(ListOf("What is important to me", text->important_to_me()));
  page.Add(ListOf("How best to support me", text->how_to_support()));
  page.Add(ListOf("My goals", text->goals()));
  page.Add(ListOf("My strengths and interests", text->strengths_interests()));
  page.Add(ListOf("What worries me", text->worries()));
  page.Add(TextOf("How I communicate", text->communication()));
  page.Add(TextOf("What is working well", text->working_well()));
  page.Add(TextOf("What is not working", text->not_working()));
  Section written{.heading = "How this was written"};
  AddFact(written.facts, "Written with", RolesInWords(text->authored_with()));
  AddFact(written.facts, "How I said it", InWords(text->voice_method()));
  AddFact(written.facts, "Put into words by", RoleInWords(text->interpreted_by().role()));
  AddFact(written.facts, "To be looked at again by", DateInWords(text->valid_until()));
  page.Add(std::move(written));
  const std::size_t lines = LinesOf(page);
  if (lines > kLargeLinesMax) page.layout = "profile full";
  // Many short items would not fit as a list.
  if (lines > kSmallLinesMax) RunOn(page);
  return page;
}

}  // namespace apdr::document
