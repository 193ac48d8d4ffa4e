#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/core/definition.h"

namespace apdr::core {

// What every read model shows of a case whatever its domain.
struct CaseFacts {
  std::uint32_t cycle = 0;
  std::string setting_id;
  std::string authority_id;
  PayloadPtr summary;  // The domain's own summary; may be null.
  // The content of its events must not be shown any more, whatever the log still holds.
  bool erased = false;
  // Persons who may not read the case, by a court's order.
  std::vector<std::string> kept_out = {};
};

// What an event puts right in an earlier one of its case. The log keeps both.
struct Correction {
  std::string event_id;
  std::string field;  // A path in the event's payload: "registration.date_of_birth".
  std::string value;  // As text.
};

// A guest of the engine: brings tables and pure functions; the engine brings everything around
// them. Immutable and so thread-safe; nothing here reads a clock, a file or chance.
class DomainModule {
 public:
  virtual ~DomainModule() = default;

  [[nodiscard]] virtual const Definition& definition() const = 0;

  // The events of an admitted command that broke no rule; empty: it is already so. A Rejection is
  // for what no rule can say.
  [[nodiscard]] virtual std::variant<std::vector<PayloadPtr>, Rejection> Decide(
      const RuleInput& input) const = 0;

  // Folds one event into the guest's state. Total: any event of the log folds, whatever today's
  // rules say.
  virtual void Evolve(DomainState& state, const Event& event) const = 0;

  // Keys of which each may belong to one case of a tenant at a time, that the command asks for its
  // case, at most 16: "upn:U801299922001". They start with a letter. A key may be named twice.
  [[nodiscard]] virtual std::vector<std::string> UniqueKeys(const State& state,
                                                            const Payload& command) const = 0;

  // Whether a case that once took a key has it still; if not, another may take it.
  [[nodiscard]] virtual bool HoldsKey(const State& /*state*/, const std::string& /*key*/) const {
    return true;
  }

  // Ids of events of the same case that the command refers to and a decision must look at.
  [[nodiscard]] virtual std::vector<std::string> EventsNamed(const Payload& /*command*/) const {
    return {};
  }

  // Other cases of the tenant that a decision about the command looks at, at most 4: the place that
  // a case is held by. They are in Context::cases_read; the decision does not wait for them.
  [[nodiscard]] virtual std::vector<CaseId> CasesRead(const State& /*state*/,
                                                      const Payload& /*command*/) const {
    return {};
  }

  // A command of this type that says nothing yet; null: there is none.
  [[nodiscard]] virtual PayloadPtr Blank(std::string_view /*type*/) const { return nullptr; }

  // Nothing for an event that corrects no other.
  [[nodiscard]] virtual std::optional<Correction> CorrectionIn(const Payload& /*event*/) const {
    return std::nullopt;
  }

  // Whether what the event says is kept from readers of this role, who may know that it happened.
  [[nodiscard]] virtual bool IsKeptFrom(std::string_view /*role*/, const Payload& /*event*/) const {
    return false;
  }

  [[nodiscard]] virtual CaseFacts Facts(const State& state) const = 0;

  // The guest's state as bytes for a cache, and back; empty bytes are a new case. kDataLoss: not
  // bytes of SaveState.
  [[nodiscard]] virtual std::string SaveState(const DomainState& state) const = 0;
  [[nodiscard]] virtual absl::StatusOr<std::unique_ptr<DomainState>> LoadState(
      std::string_view bytes) const = 0;
};

}  // namespace apdr::core
