#include "services/host/version.h"

namespace apdr::host {

std::string_view Version() { return APDR_VERSION; }

}  // namespace apdr::host
