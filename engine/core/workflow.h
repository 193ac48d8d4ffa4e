#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/domain_module.h"

namespace apdr::core {

// A definition made ready to run: names resolved to rows, once. Borrows the module, which must
// outlive it. Construction aborts (APDR_CHECK) on a table that contradicts itself: that is a bug,
// found by the first test.
class Workflow {
 public:
  struct CompiledCommand {
    const CommandSpec* spec = nullptr;
    std::vector<bool> admitted;      // By stage.
    std::vector<const Rule*> rules;  // That guard it, in registry order.
  };

  explicit Workflow(const DomainModule& module);

  [[nodiscard]] const DomainModule& module() const { return module_; }
  [[nodiscard]] const Definition& definition() const { return module_.definition(); }

  // Null for a type the workflow does not declare.
  [[nodiscard]] const CompiledCommand* FindCommand(std::string_view type) const;
  [[nodiscard]] bool HasEvent(std::string_view type) const;
  [[nodiscard]] const Rule* FindRule(std::string_view code) const;
  [[nodiscard]] const TimerSpec* FindTimer(std::string_view id) const;
  // Timers that an event starts or stops, in the order of the table.
  [[nodiscard]] const std::vector<const TimerSpec*>& TimersTouchedBy(std::string_view event) const;
  // Actions that may be next in a stage, in the order of the table.
  [[nodiscard]] const std::vector<const ActionSpec*>& ActionsIn(std::size_t stage) const {
    return actions_.at(stage);
  }
  // The stage after `event` happens in `stage`.
  // kStageBefore: the one in which a suspended case was before.
  static constexpr std::size_t kStageBefore = static_cast<std::size_t>(-1);
  [[nodiscard]] std::size_t StageAfter(std::size_t stage, std::string_view event) const;

  [[nodiscard]] const Stage& StageAt(std::size_t stage) const {
    return definition().stages.at(stage);
  }
  // A case that does not exist yet.
  [[nodiscard]] State NewState() const;

 private:
  struct CompiledEvent {
    std::vector<std::size_t> next_stage;  // By stage.
    std::vector<const TimerSpec*> timers;
  };

  [[nodiscard]] std::size_t StageIndex(std::string_view name) const;
  void CompileCommands();
  void CompileEvents();
  void CompileActions();

  const DomainModule& module_;
  std::map<std::string, CompiledCommand, std::less<>> commands_;
  std::map<std::string, CompiledEvent, std::less<>> events_;
  std::vector<std::vector<const ActionSpec*>> actions_;  // By stage.
};

}  // namespace apdr::core
