#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define APDR_STATUS_CONCAT_INNER(a, b) a##b
#define APDR_STATUS_CONCAT(a, b) APDR_STATUS_CONCAT_INNER(a, b)

// Returns the status from the enclosing function unless it is OK.
#define APDR_RETURN_IF_ERROR(expression)                      \
  do {                                                        \
    if (absl::Status status_ = (expression); !status_.ok()) { \
      return status_;                                         \
    }                                                         \
  } while (false)

// Declares or assigns `target` from a StatusOr, or returns its status. One per line.
#define APDR_ASSIGN_OR_RETURN(target, expression) \
  APDR_ASSIGN_OR_RETURN_IMPL(APDR_STATUS_CONCAT(status_or_, __LINE__), target, expression)

#define APDR_ASSIGN_OR_RETURN_IMPL(holder, target, expression) \
  auto holder = (expression);                                  \
  if (!holder.ok()) return std::move(holder).status();         \
  target = *std::move(holder)
