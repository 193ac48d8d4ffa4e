#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "apdr/query/v1/notify_service.pb.h"
#include "engine/base/vocabulary.h"
#include "services/projection/row_writer.h"
#include "services/projection/rows/row_keys.h"
#include "services/readmodel/read_model.h"

// The rows of the notifier beside those of the projector: what is to be sent, what was sent and how
// it went. They are not derived data: the log does not know what was delivered. Stored until the
// folder is deleted; a change of the keys needs a way from the old ones. All kDataLoss: a row does
// not read back.
namespace apdr::notify {

// The delivery of a notice to a recipient: a UUID that follows from both.
[[nodiscard]] std::string DeliveryIdOf(std::string_view notice_id, std::string_view recipient);

// Where a case is.
struct CasePlace {
  std::string setting_id;
  std::string authority_id;

  friend bool operator==(const CasePlace&, const CasePlace&) = default;
};

// Deliveries by the time their event was recorded; the rows' values are for ReadListed().
[[nodiscard]] projection::KeySpan DeliveriesOf(const TenantId& tenant, absl::Time from,
                                               absl::Time until);
[[nodiscard]] projection::KeySpan DeliveriesOfCase(const StreamId& stream, absl::Time from,
                                                   absl::Time until);

// Writes into a batch.
void PutNew(const query::v1::Delivery& delivery, projection::RowWriter& rows);
void PutPlace(const StreamId& stream, const CasePlace& place, projection::RowWriter& rows);

// Reads what is stored. Empty: there is no such delivery, or nothing known of the case's place.
[[nodiscard]] absl::StatusOr<std::optional<query::v1::Delivery>> ReadDelivery(
    const readmodel::ReadModel& model, const TenantId& tenant, std::string_view delivery_id);
[[nodiscard]] absl::StatusOr<CasePlace> ReadPlace(const readmodel::ReadModel& model,
                                                  const StreamId& stream);
// By the value of a list's row.
[[nodiscard]] absl::StatusOr<query::v1::Delivery> ReadListed(const readmodel::ReadModel& model,
                                                             std::string_view value);

// Changes what is stored. Borrows the model. One thread at a time.
class Outbox {
 public:
  explicit Outbox(readmodel::ReadModel& model) : model_(model) {}

  [[nodiscard]] absl::StatusOr<std::optional<query::v1::Delivery>> Find(
      const TenantId& tenant, std::string_view delivery_id) const {
    return ReadDelivery(model_, tenant, delivery_id);
  }

  // Pending deliveries whose time has come, earliest first.
  [[nodiscard]] absl::StatusOr<std::vector<query::v1::Delivery>> Due(absl::Time now,
                                                                     std::size_t limit) const;

  // `after` takes the place of `before`, which is as it was stored.
  [[nodiscard]] absl::Status Change(const query::v1::Delivery& before,
                                    const query::v1::Delivery& after);

  // What the endpoint was when it said it is gone; empty: it did not.
  [[nodiscard]] absl::StatusOr<std::string> GoneEndpoint(std::string_view recipient) const;
  [[nodiscard]] absl::Status SetGoneEndpoint(std::string_view recipient,
                                             std::string_view fingerprint);

 private:
  readmodel::ReadModel& model_;
};

}  // namespace apdr::notify
