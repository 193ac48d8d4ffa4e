#include "services/bench/sen_support/sen_commands.h"

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/registration.pb.h"

namespace apdr::bench {
namespace {

constexpr const char* kSettingUrn = "100001";
constexpr const char* kSetting = "URN:100001";  // The same, as callers name it.
constexpr const char* kTeacher = "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f";
constexpr const char* kSenco = "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e10";

void SetPerson(const char* id, const char* role, sen::v1::PersonRef* person) {
  person->set_person_id(id);
  person->set_role(role);
}

command::v1::ExecuteRequest Pack(const google::protobuf::Message& message) {
  command::v1::ExecuteRequest request;
  request.mutable_command()->PackFrom(message);
  return request;
}

command::v1::ExecuteRequest RegisterChild() {
  sen::v1::RegisterChild command;
  sen::v1::Registration* registration = command.mutable_registration();
  registration->set_given_name("Bench");
  registration->set_family_name("Mark");
  registration->set_date_of_birth("2017-05-14");
  registration->set_home_la("873");
  registration->set_nc_year("3");
  sen::v1::Setting* setting = registration->mutable_setting();
  setting->set_scheme(sen::v1::SETTING_SCHEME_URN);
  setting->set_value(kSettingUrn);
  setting->set_type(sen::v1::SETTING_TYPE_SCHOOL);
  return Pack(command);
}

command::v1::ExecuteRequest AssignResponsibleTeacher() {
  sen::v1::AssignResponsibleTeacher command;
  SetPerson(kTeacher, "teacher", command.mutable_teacher());
  return Pack(command);
}

command::v1::ExecuteRequest RaiseConcern() {
  sen::v1::RaiseConcern command;
  sen::v1::Concern* concern = command.mutable_concern();
  SetPerson(kTeacher, "teacher", concern->mutable_raised_by());
  concern->add_areas(sen::v1::AREA_COGNITION_AND_LEARNING);
  concern->set_description(
      "Reads slowly and hesitantly, guesses words from their first letter and loses the line; "
      "tires "
      "after ten minutes.");
  return Pack(command);
}

command::v1::ExecuteRequest RecordProgress() {
  sen::v1::RecordProgress command;
  sen::v1::Progress* progress = command.mutable_progress();
  progress->mutable_result()->set_measure(
      "words read correctly in one minute, from the class reader, unseen page, with the teaching "
      "assistant");
  progress->mutable_result()->set_value("51");
  progress->mutable_result()->set_unit("words per minute");
  progress->set_compared_with(sen::v1::COMPARED_WITH_OWN_PREVIOUS);
  return Pack(command);
}

command::v1::ExecuteRequest RecordTeamNote() {
  sen::v1::RecordTeamNote command;
  sen::v1::TeamNote* note = command.mutable_note();
  SetPerson(kTeacher, "teacher", note->add_participants());
  SetPerson(kSenco, "senco", note->add_participants());
  note->set_note("Group reading works better before lunch; the word cards stay in the tray.");
  return Pack(command);
}

}  // namespace

const std::vector<MetadataEntry>& CallerMetadata() {
  static const std::vector<MetadataEntry> kEntries = {{"apdr-tenant", "bench"},
                                                      {"apdr-actor", kTeacher},
                                                      {"apdr-role", "teacher"},
                                                      {"apdr-setting", kSetting}};
  return kEntries;
}

std::vector<command::v1::ExecuteRequest> OpeningCommands() {
  return {RegisterChild(), AssignResponsibleTeacher()};
}

std::vector<command::v1::ExecuteRequest> RunningCommands() {
  return {RaiseConcern(), RecordProgress(), RecordTeamNote()};
}

}  // namespace apdr::bench
