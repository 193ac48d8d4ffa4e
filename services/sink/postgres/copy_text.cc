#include "services/sink/postgres/copy_text.h"

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "apdr/sen/state/v1/copy_state.pb.h"
#include "engine/base/check.h"
#include "engine/base/date.h"
#include "services/sink/postgres/session.h"

namespace apdr::sink {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using sen::state::v1::CaseCopy;
using sen::state::v1::CopiedEvent;
using sen::state::v1::CopiedIdentifier;

constexpr char kNull[] = "\\N";

// PostgreSQL's texts cannot hold a NUL, so it is left out.
std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '\0':
        break;
      case '\\':
        escaped += "\\\\";
        break;
      case '\n':
        escaped += "\\n";
        break;
      case '\r':
        escaped += "\\r";
        break;
      case '\t':
        escaped += "\\t";
        break;
      default:
        escaped.push_back(c);
    }
  }
  return escaped;
}

// "END_REASON_NEEDS_MET" of EndReason is "needs-met".
std::string CodeOf(const google::protobuf::EnumValueDescriptor& value) {
  if (value.number() == 0) return {};
  // Zero is the enum's name and UNSPECIFIED, so its length without that is the prefix's.
  const std::string& zero = value.type()->FindValueByNumber(0)->name();
  const std::size_t prefix = zero.size() - std::string("UNSPECIFIED").size();
  std::string code = absl::AsciiStrToLower(value.name().substr(prefix));
  std::ranges::replace(code, '_', '-');
  return code;
}

std::string TextOf(const FieldDescriptor& field, const std::string& text) {
  const bool is_date = absl::EndsWith(field.name(), "_on");
  if (text.empty() || (is_date && !ParseDate(text))) return kNull;
  return Escaped(text);
}

std::string TimeOf(const Message& message) {
  const auto& timestamp = static_cast<const google::protobuf::Timestamp&>(message);
  const absl::Time time =
      absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(timestamp));
  return absl::FormatTime("%Y-%m-%d %H:%M:%E*S+00", time, absl::UTCTimeZone());
}

std::string ListOf(const FieldDescriptor& field, const Message& row) {
  std::vector<std::string> texts;
  for (int i = 0; i < row.GetReflection()->FieldSize(row, &field); ++i) {
    texts.push_back(row.GetReflection()->GetRepeatedString(row, &field, i));
  }
  return Escaped(ArrayOf(texts));
}

std::string ValueOf(const FieldDescriptor& field, const Message& row) {
  const auto& reflection = *row.GetReflection();
  if (field.is_repeated()) return ListOf(field, row);
  if (field.has_presence() && !reflection.HasField(row, &field)) return kNull;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return TextOf(field, reflection.GetString(row, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(row, &field) ? "t" : "f";
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(row, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection.GetUInt64(row, &field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const std::string code = CodeOf(*reflection.GetEnum(row, &field));
      return code.empty() ? kNull : code;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return TimeOf(reflection.GetMessage(row, &field));
    default:
      APDR_CHECK(false);
      return kNull;
  }
}

std::vector<Table> MakeCaseTables() {
  std::vector<Table> tables;
  for (int i = 0; i < CaseCopy::descriptor()->field_count(); ++i) {
    const FieldDescriptor* const field = CaseCopy::descriptor()->field(i);
    const bool restricted = field->message_type() == CopiedIdentifier::descriptor();
    tables.push_back(
        {.name = absl::StrCat(restricted ? "apdr_identifiers." : "apdr.", field->name()),
         .field = field,
         .row = field->message_type()});
  }
  return tables;
}

}  // namespace

std::string Table::Columns() const {
  std::vector<std::string> columns = {"tenant_id", "case_id"};
  if (field != nullptr) columns.emplace_back("number");
  for (int i = 0; i < row->field_count(); ++i) columns.push_back(row->field(i)->name());
  return absl::StrJoin(columns, ", ");
}

const std::vector<Table>& CaseTables() {
  static const auto* const kTables = new std::vector<Table>(MakeCaseTables());
  return *kTables;
}

const Table& EventTable() {
  static const auto* const kTable =
      new Table{.name = "apdr.events", .field = nullptr, .row = CopiedEvent::descriptor()};
  return *kTable;
}

void AppendLine(const StreamId& stream, int number, const Message& row, std::string& lines) {
  absl::StrAppend(&lines, Escaped(stream.tenant.value()), "\t", Escaped(stream.case_id.value()));
  if (number > 0) absl::StrAppend(&lines, "\t", number);
  for (int i = 0; i < row.GetDescriptor()->field_count(); ++i) {
    absl::StrAppend(&lines, "\t", ValueOf(*row.GetDescriptor()->field(i), row));
  }
  lines.push_back('\n');
}

}  // namespace apdr::sink
