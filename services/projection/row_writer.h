#pragma once

#include <string>
#include <string_view>

#include "services/readmodel/read_model.h"

namespace apdr::projection {

// Collects the rows of one batch; of two puts of one key the later counts. A key may not be both
// put and deleted. One thread at a time.
class RowWriter {
 public:
  void Put(std::string key, std::string value);
  void Delete(std::string key);

  [[nodiscard]] bool empty() const { return write_.puts.empty() && write_.deletes.empty(); }

  // Everything collected, in order of key, which a store takes fastest; empty afterwards.
  [[nodiscard]] readmodel::Write Take();

 private:
  readmodel::Write write_;
};

}  // namespace apdr::projection
