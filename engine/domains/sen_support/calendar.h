#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/base/date.h"

namespace apdr::sen {

// First to last, both included.
struct DateSpan {
  Date first;
  Date last;

  [[nodiscard]] bool Contains(Date date) const { return first <= date && date <= last; }
  friend bool operator==(const DateSpan&, const DateSpan&) = default;
};

// The days on which a setting teaches. A value; pure. Before its first and after its last teaching
// span the calendar knows no terms and counts weekdays, so that every deadline has a date.
class TermCalendar {
 public:
  // `teaching`: spans in ascending order. `closed`: days on which the setting is shut.
  TermCalendar(std::string name, std::vector<DateSpan> teaching, std::vector<DateSpan> closed);

  [[nodiscard]] const std::string& name() const { return name_; }
  // The profile that it is part of: "code-2015@1"; empty: of none.
  [[nodiscard]] const std::string& policy() const { return policy_; }
  void set_policy(std::string policy) { policy_ = std::move(policy); }
  // "TC-2025 of code-2015@1": what an explanation calls it.
  [[nodiscard]] std::string Label() const {
    return policy_.empty() ? name_ : name_ + " of " + policy_;
  }
  // Settings whose calendar it is without their saying so: "URN:199001".
  [[nodiscard]] const std::vector<std::string>& settings() const { return settings_; }
  void set_settings(std::vector<std::string> settings) { settings_ = std::move(settings); }
  [[nodiscard]] bool IsSchoolDay(Date date) const;

  // The n-th school day after `from`, which itself does not count. REQUIRES: days >= 0; for 0 it is
  // `from`.
  [[nodiscard]] Date AddSchoolDays(Date from, int days) const;

  // `date` if it is a school day, else the last school day before it.
  [[nodiscard]] Date LastSchoolDayBy(Date date) const;

 private:
  std::string name_;
  std::vector<DateSpan> teaching_;
  std::vector<DateSpan> closed_;
  std::vector<std::string> settings_;
  std::string policy_;
};

}  // namespace apdr::sen
