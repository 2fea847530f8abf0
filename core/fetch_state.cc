#include "core/fetch_state.h"

namespace schoolwatch::core {

std::string_view SourceHealthName(SourceHealth health) {
  switch (health) {
    case SourceHealth::kNew:
      return "new";
    case SourceHealth::kWorking:
      return "working";
    case SourceHealth::kEmpty:
      return "empty";
    case SourceHealth::kQuiet:
      return "unusually quiet";
    case SourceHealth::kBroken:
      return "broken";
    case SourceHealth::kForbidden:
      return "not watchable: robots.txt";
  }
  return "unknown";
}

}  // namespace schoolwatch::core
