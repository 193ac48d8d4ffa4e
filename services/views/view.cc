#include "services/views/view.h"

#include "services/projection/rows/row_keys.h"

namespace apdr::views {

void RowCollector::Add(const std::vector<std::string>& parts,
                       const google::protobuf::Message& row) {
  rows_.insert_or_assign(projection::ViewKey(tenant_, view_, parts), row.SerializeAsString());
}

}  // namespace apdr::views
