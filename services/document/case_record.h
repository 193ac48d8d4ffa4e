#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apdr/event/v1/event.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "services/history/case_history.h"

namespace apdr::document {

// One event with its payload.
struct Entry {
  const event::v1::Event* event = nullptr;  // Borrowed of the history.
  std::unique_ptr<const google::protobuf::Message> payload;
  std::vector<std::string> corrected;  // Paths of the values that are not what was first recorded.
};

// An entry whose payload is an M.
template <class M>
struct EntryOf {
  const Entry* entry;
  const M* payload;
};

// Who is to read a document.
enum class Readers {
  kFamily,  // Without what a disclosure to the family has withheld.
  kAll,
};

// A case's events as documents look at them: in order of version, by type.
class CaseRecord {
 public:
  // Of `then`, the case at the moment that is asked for; what is kept from whom follows from `now`,
  // all that is known of it. Borrows `then`. kDataLoss: a payload does not read back.
  [[nodiscard]] static absl::StatusOr<CaseRecord> Read(const history::CaseHistory& then,
                                                       const history::CaseHistory& now,
                                                       Readers readers);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  // How many events the readers are not given.
  [[nodiscard]] std::size_t withheld() const { return withheld_; }
  // What identifies the person in the census and may not be printed.
  [[nodiscard]] const std::vector<std::string>& unprinted() const { return unprinted_; }

  // Oldest first.
  template <class M>
  [[nodiscard]] std::vector<EntryOf<M>> All() const {
    std::vector<EntryOf<M>> found;
    for (const Entry& entry : entries_) {
      if (const auto* payload = dynamic_cast<const M*>(entry.payload.get())) {
        found.push_back({.entry = &entry, .payload = payload});
      }
    }
    return found;
  }
  // The newest; null: there is none.
  template <class M>
  [[nodiscard]] const M* Newest() const {
    const auto all = All<M>();
    return all.empty() ? nullptr : all.back().payload;
  }

  // By which the person is called: "Amira Rahman".
  [[nodiscard]] std::string Name() const;
  [[nodiscard]] sen::v1::Registration Registered() const;

 private:
  [[nodiscard]] static absl::StatusOr<std::vector<Entry>> ReadEntries(
      const history::CaseHistory& history);

  std::vector<Entry> entries_;
  std::size_t withheld_ = 0;
  std::vector<std::string> unprinted_;
};

}  // namespace apdr::document
