#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "engine/base/vocabulary.h"

// Rows as the text of PostgreSQL's COPY. A row is a message, its fields in order are its columns:
//   texts          as they are; empty is NULL
//   ..._on         a date; NULL where there is none
//   Timestamp      with a time zone
//   numbers, bools as they are; NULL where an optional one is not set
//   enums          a code: END_REASON_NEEDS_MET is needs-met, unspecified is NULL
//   repeated texts an array
namespace apdr::sink {

// A table of the copy.
struct Table {
  std::string name;                                          // With its schema: "apdr.cases".
  const google::protobuf::FieldDescriptor* field = nullptr;  // Of CaseCopy; null: of events.
  const google::protobuf::Descriptor* row = nullptr;

  // "tenant_id, case_id, number, ..."
  [[nodiscard]] std::string Columns() const;
};

// Those that hold the cases, in the order of CaseCopy.
[[nodiscard]] const std::vector<Table>& CaseTables();
[[nodiscard]] const Table& EventTable();

// Appends a line. `number` is left out where it is 0. REQUIRES: the message is flat, and of the
// kinds above.
void AppendLine(const StreamId& stream, int number, const google::protobuf::Message& row,
                std::string& lines);

}  // namespace apdr::sink
