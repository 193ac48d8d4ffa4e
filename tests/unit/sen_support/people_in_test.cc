#include "engine/domains/sen_support/definition/people_in.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "apdr/sen/v1/do.pb.h"
#include "engine/domains/sen_support/examples.h"
#include "tests/unit/sen_support/case_driver.h"

namespace apdr::sen {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::ElementsAre;

// Walks every field, as plainly as can be.
void Walk(const Message& message, std::vector<const Message*>& people) {
  if (message.GetDescriptor() == v1::PersonRef::descriptor()) return people.push_back(&message);
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Walk(message.GetReflection()->GetMessage(message, field), people);
      continue;
    }
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      Walk(message.GetReflection()->GetRepeatedMessage(message, field, i), people);
    }
  }
}

TEST(PeopleIn, FindsWhomAPlainWalkFindsInEveryCommand) {
  const CaseDriver driver;
  std::size_t found = 0;
  for (const auto& command : driver.module().definition().commands) {
    const auto message = examples::Minimal(command.type, driver.Context());
    std::vector<const Message*> expected;
    Walk(*message, expected);
    const auto people = PeopleIn(*message);
    EXPECT_EQ(std::vector<const Message*>(people.begin(), people.end()), expected) << command.type;
    found += people.size();
  }
  EXPECT_GT(found, 20U);
}

TEST(PeopleIn, KeepsTheOrderOfFieldsAndLists) {
  v1::RecordTeamNote command;
  v1::TeamNote& note = *command.mutable_note();
  note.add_actions()->mutable_who()->set_person_id("p-4");
  note.add_actions()->set_what("Nobody yet.");
  note.add_actions()->mutable_who()->set_person_id("p-2");
  for (const char* id : {"p-3", "p-1"}) note.add_participants()->set_person_id(id);
  std::vector<std::string> ids;
  for (const v1::PersonRef* person : PeopleIn(command)) ids.push_back(person->person_id());
  EXPECT_THAT(ids, ElementsAre("p-3", "p-1", "p-4", "p-2"));
}

}  // namespace
}  // namespace apdr::sen
