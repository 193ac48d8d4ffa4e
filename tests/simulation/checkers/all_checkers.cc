#include <array>

#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {

std::span<const Checker> AllCheckers() {
  static constexpr std::array<Checker, 9> kCheckers = {Checker{"acknowledged", CheckAcknowledged},
                                                       Checker{"dense", CheckDense},
                                                       Checker{"one effect", CheckOneEffect},
                                                       Checker{"published", CheckPublished},
                                                       Checker{"projection", CheckProjection},
                                                       Checker{"restart", CheckRestart},
                                                       Checker{"timers", CheckTimers},
                                                       Checker{"SEN cycles", CheckSenCycles},
                                                       Checker{"SEN overdue", CheckSenOverdue}};
  return kCheckers;
}

}  // namespace apdr::testing
