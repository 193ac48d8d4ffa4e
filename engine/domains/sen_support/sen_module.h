#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/domain_module.h"
#include "engine/domains/sen_support/definition/dispatch.h"
#include "engine/domains/sen_support/policy.h"

namespace apdr::sen {

// SEN Support, the graduated approach of the SEND code of practice, as a guest of the engine.
// Immutable and thread-safe. Neither copied nor moved: its tables borrow its policy.
class SenModule final : public core::DomainModule {
 public:
  // REQUIRES: the policy holds its default calendar.
  explicit SenModule(Policy policy);
  SenModule(const SenModule&) = delete;
  SenModule& operator=(const SenModule&) = delete;

  [[nodiscard]] const Policy& policy() const { return policy_; }
  [[nodiscard]] const core::Definition& definition() const override { return definition_; }
  [[nodiscard]] std::variant<std::vector<core::PayloadPtr>, core::Rejection> Decide(
      const core::RuleInput& input) const override;
  void Evolve(core::DomainState& state, const core::Event& event) const override;
  [[nodiscard]] std::vector<std::string> UniqueKeys(const core::State& state,
                                                    const core::Payload& command) const override;
  [[nodiscard]] bool HoldsKey(const core::State& state, const std::string& key) const override;
  [[nodiscard]] std::vector<std::string> EventsNamed(const core::Payload& command) const override;
  [[nodiscard]] std::vector<CaseId> CasesRead(const core::State& state,
                                              const core::Payload& command) const override;
  [[nodiscard]] core::PayloadPtr Blank(std::string_view type) const override;
  [[nodiscard]] std::optional<core::Correction> CorrectionIn(
      const core::Payload& event) const override;
  // The summary is an apdr.sen.v1.CaseSummary.
  [[nodiscard]] bool IsKeptFrom(std::string_view role, const core::Payload& event) const override;
  [[nodiscard]] core::CaseFacts Facts(const core::State& state) const override;
  [[nodiscard]] std::string SaveState(const core::DomainState& state) const override;
  [[nodiscard]] absl::StatusOr<std::unique_ptr<core::DomainState>> LoadState(
      std::string_view bytes) const override;

 private:
  const Policy policy_;
  const core::Definition definition_;
  const std::map<std::string, DecideFunction, std::less<>> decide_;
  const std::map<std::string, EvolveFunction, std::less<>> evolve_;
};

}  // namespace apdr::sen
