#include "services/projection/rows/row_values.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace apdr::projection {
namespace {

absl::Status Damaged() {
  return absl::DataLossError(
      "Expected to read a row of a read model, but it does not read back; delete the read model "
      "and "
      "let it be rebuilt.");
}

void AppendNumber(std::uint64_t number, std::string& out) {
  for (unsigned shift = 0; shift < 64; shift += 8) {
    out.push_back(static_cast<char>(number >> shift));
  }
}

void AppendText(std::string_view text, std::string& out) {
  AppendNumber(text.size(), out);
  out.append(text);
}

// Reads what the functions above wrote. After a failure every further read fails.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t Number() {
    std::uint64_t number = 0;
    const std::string_view bytes = Bytes(8);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      number |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return number;
  }
  std::string_view Text() { return Bytes(Number()); }

  // Everything was read and there was nothing else.
  [[nodiscard]] bool Done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view Bytes(std::uint64_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::string_view rest_;
  bool ok_ = true;
};

// The two halves of a case row: view and state.
std::optional<std::pair<std::string_view, std::string_view>> SplitCaseRow(std::string_view row) {
  Reader reader(row);
  const std::string_view view = reader.Text();
  const std::string_view state = reader.Text();
  if (!reader.Done()) return std::nullopt;
  return std::pair(view, state);
}

}  // namespace

std::string EncodeCaseRow(const query::v1::CaseView& view, std::string_view state) {
  std::string row;
  AppendText(view.SerializeAsString(), row);
  AppendText(state, row);
  return row;
}

absl::StatusOr<query::v1::CaseView> DecodeCaseView(std::string_view row) {
  const auto halves = SplitCaseRow(row);
  query::v1::CaseView view;
  if (!halves || !view.ParseFromArray(halves->first.data(), static_cast<int>(halves->first.size())))
    return Damaged();
  return view;
}

absl::StatusOr<std::string_view> DecodeCaseState(std::string_view row) {
  const auto halves = SplitCaseRow(row);
  if (!halves) return Damaged();
  return halves->second;
}

std::string EncodeAuditEntry(const AuditEntry& entry) {
  std::string row;
  AppendText(entry.case_id.value(), row);
  AppendNumber(entry.version.value(), row);
  AppendText(entry.actor_id, row);
  AppendText(entry.actor_role, row);
  AppendText(entry.setting_id, row);
  AppendText(entry.event_type, row);
  AppendText(entry.occurred_on, row);
  return row;
}

absl::StatusOr<AuditEntry> DecodeAuditEntry(std::string_view row) {
  Reader reader(row);
  AuditEntry entry;
  entry.case_id = CaseId(std::string(reader.Text()));
  entry.version = CaseVersion(reader.Number());
  entry.actor_id = reader.Text();
  entry.actor_role = reader.Text();
  entry.setting_id = reader.Text();
  entry.event_type = reader.Text();
  entry.occurred_on = reader.Text();
  if (!reader.Done()) return Damaged();
  return entry;
}

std::string EncodeSetAside(const SetAsideRow& set_aside) {
  std::string row;
  AppendText(set_aside.projection, row);
  AppendText(set_aside.stream.tenant.value(), row);
  AppendText(set_aside.stream.case_id.value(), row);
  AppendNumber(set_aside.version.value(), row);
  AppendText(set_aside.reason, row);
  return row;
}

absl::StatusOr<SetAsideRow> DecodeSetAside(std::string_view row) {
  Reader reader(row);
  SetAsideRow set_aside;
  set_aside.projection = reader.Text();
  set_aside.stream.tenant = TenantId(std::string(reader.Text()));
  set_aside.stream.case_id = CaseId(std::string(reader.Text()));
  set_aside.version = CaseVersion(reader.Number());
  set_aside.reason = reader.Text();
  if (!reader.Done()) return Damaged();
  return set_aside;
}

}  // namespace apdr::projection
