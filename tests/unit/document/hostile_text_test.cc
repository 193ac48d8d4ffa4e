// Whatever people write into a record, it stays text in a document.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "engine/codec/message_payload.h"
#include "services/document/html.h"
#include "tests/unit/document/record_builder.h"

namespace apdr::document {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHostile[] =
    "<script>alert(1)</script> & \"quotes\" 'single' </main></style> {{title}} {{{style}}} "
    "{{> sections_file}} {{#sections}}";
constexpr char kEscaped[] =
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot; &apos;single&apos; "
    "&lt;/main&gt;&lt;/style&gt; {{title}} {{{style}}} {{&gt; sections_file}} {{#sections}}";

void Fill(Message& message);

void FillField(Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      many ? reflection.AddString(&message, &field, kHostile)
           : reflection.SetString(&message, &field, kHostile);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      many ? reflection.AddEnumValue(&message, &field, 1)
           : reflection.SetEnumValue(&message, &field, 1);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      Fill(many ? *reflection.AddMessage(&message, &field)
                : *reflection.MutableMessage(&message, &field));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      many ? reflection.AddUInt32(&message, &field, 1) : reflection.SetUInt32(&message, &field, 1);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(&message, &field, true);
      break;
    default:
      FAIL() << field.full_name() << " is of a type that no event had";
  }
}

void Fill(Message& message) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    FillField(message, *message.GetDescriptor()->field(i));
  }
}

// Every event there is, with hostile text in every field that takes text.
void AddEveryEvent(RecordBuilder& builder) {
  for (const std::string& type : builder.workflow().definition().events) {
    const std::unique_ptr<Message> payload(codec::FindPrototype(type)->New());
    Fill(*payload);
    event::v1::Event& event = builder.Add("2025-09-03", *payload);
    event.mutable_actor()->set_role(kHostile);
    event.set_policy(kHostile);
    event::v1::Departure& departure = *event.add_departures();
    departure.set_rule_code(kHostile);
    departure.set_reason(kHostile);
    event.add_warnings()->set_message(kHostile);
  }
}

// Tags that are opened and not closed, or closed and not opened.
std::vector<std::string> Unbalanced(const std::string& html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find_first_of(" >\n", at);
    const std::string name = html.substr(at + 1, end - at - 1);
    if (name == "meta" || name == "!DOCTYPE") continue;
    if (!name.starts_with('/')) {
      open.push_back(name);
    } else if (!open.empty() && open.back() == name.substr(1)) {
      open.pop_back();
    } else {
      return {name, html.substr(at > 200 ? at - 200 : 0, 220)};
    }
  }
  return open;
}

void ExpectHarmless(const std::optional<Page>& page) {
  ASSERT_TRUE(page.has_value());
  Page with_footer = *page;
  with_footer.footer = {kHostile};
  with_footer.notes = {kHostile};
  const std::string html = ToHtml(with_footer, {});
  const std::string body = html.substr(html.find("<body"));
  SCOPED_TRACE(page->title);
  EXPECT_THAT(body, Not(HasSubstr("<script")));
  EXPECT_THAT(html.substr(html.find("<title>"), 200), Not(HasSubstr("<script")));
  EXPECT_THAT(body, Not(HasSubstr("@page"))) << "a text was taken for a template";
  EXPECT_THAT(body, HasSubstr(kEscaped));
  EXPECT_THAT(Unbalanced(html), ::testing::IsEmpty());
}

TEST(HostileText, StaysTextInEveryDocument) {
  RecordBuilder builder;
  AddEveryEvent(builder);
  const Made made(builder, Readers::kAll);
  const Sources sources = made.sources();
  ExpectHarmless(ProfilePage(sources));
  ExpectHarmless(PlanPage(sources, 1));
  ExpectHarmless(ReviewPage(sources, 1));
  ExpectHarmless(ChronologyPage(sources));
  ExpectHarmless(EvidencePage(sources, {.lines = {{1, kHostile, kHostile, kHostile, kHostile}}}));
}

}  // namespace
}  // namespace apdr::document
