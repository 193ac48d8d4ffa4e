#pragma once

#include <cstdint>

#include "apdr/query/v1/document_service.pb.h"
#include "engine/core/workflow.h"
#include "services/document/document.h"
#include "services/host/caller.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::document {

// A longer document is answered in parts: below gRPC's limit of 4 MiB for a message.
inline constexpr std::size_t kPartBytesMax = 3U << 20;

// Answers what DocumentService is asked, from the read models alone and for the caller's tenant
// alone. Every call makes the document anew; one of 5,000 events takes some hundred milliseconds.
// Never waits: a position that is not reached is READ_MODEL_BEHIND. Thread-safe.
class DocumentReader {
 public:
  struct Parts {
    const readmodel::ReadModel& model;  // Borrowed.
    const core::Workflow& workflow;     // Borrowed.
    std::uint32_t shard_count = 0;
    DocumentTitles titles = {};
  };

  explicit DocumentReader(Parts parts);

  [[nodiscard]] query::Reply<query::v1::GetDocumentResponse> GetDocument(
      const host::Caller& caller, const query::v1::GetDocumentRequest& request) const;

 private:
  const Parts parts_;
};

}  // namespace apdr::document
