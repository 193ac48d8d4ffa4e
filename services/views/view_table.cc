#include "services/views/view_table.h"

#include "absl/strings/str_cat.h"
#include "engine/base/sha256.h"
#include "engine/codec/state_codec.h"
#include "engine/core/render.h"
#include "services/views/board.h"
#include "services/views/class_list.h"
#include "services/views/departures.h"
#include "services/views/feed.h"
#include "services/views/indicators.h"
#include "services/views/overview.h"
#include "services/views/provision_map.h"

namespace apdr::views {

const std::vector<View>& ViewTable() {
  static const auto* const kViews =
      new std::vector<View>{BoardView(),      ClassListView(), ProvisionMapView(), OverviewView(),
                            DeparturesView(), FeedView(),      IndicatorsView()};
  return *kViews;
}

std::string RowMeaning(const core::Workflow& workflow) {
  std::string meaning = codec::StateFormat(workflow);
  for (const View& view : ViewTable()) {
    absl::StrAppend(&meaning, " ", view.name, "@", view.version);
  }
  // Rows say what is next and when it is due, in the words of the definition.
  absl::StrAppend(&meaning, " ", Sha256Hex(core::RenderText(workflow.definition())));
  return meaning;
}

}  // namespace apdr::views
