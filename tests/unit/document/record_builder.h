#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/codec/message_payload.h"
#include "engine/domains/sen_support/sen_module.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/document/document.h"
#include "services/history/case_history.h"

namespace apdr::document {

// A case's history made of payloads, without deciding or folding anything.
class RecordBuilder {
 public:
  RecordBuilder();

  // Adds an event that happened and was recorded on this day, by a SENCO; what else it holds may be
  // set in the answer, which is valid until the next one is added.
  template <class Payload>
  event::v1::Event& Add(std::string_view on, const Payload& payload) {
    event::v1::Event& event = AddEvent(on);
    event.mutable_data()->PackFrom(payload);
    return event;
  }
  event::v1::Event& AddEvent(std::string_view on);

  // The parts below are borrowed of the builder.
  [[nodiscard]] const history::CaseHistory& history() const { return history_; }
  history::CaseHistory& history() { return history_; }
  [[nodiscard]] const core::Workflow& workflow() const { return workflow_; }

 private:
  sen::SenModule module_;
  core::Workflow workflow_;
  history::CaseHistory history_;
};

// The record that documents are made from, with the usual titles.
class Made {
 public:
  explicit Made(const RecordBuilder& builder, Readers readers = Readers::kFamily);

  [[nodiscard]] Sources sources() const {
    return {.record = record_, .workflow = workflow_, .titles = titles_};
  }
  [[nodiscard]] const CaseRecord& record() const { return record_; }

 private:
  const core::Workflow& workflow_;
  const DocumentTitles titles_;
  const CaseRecord record_;
};

// Every text of the page, a line each: "[2] heading", "name: value", "- item", "a | b | c".
[[nodiscard]] std::string TextOf(const Page& page);

// A child of this name.
[[nodiscard]] sen::v1::ChildRegistered ARegistration(std::string given_name,
                                                     std::string family_name);

}  // namespace apdr::document
