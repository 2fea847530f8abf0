#include "app/exit_code.h"

#include <ostream>

namespace schoolwatch::app {

ExitCode ExitCodeFor(const core::Error& error) {
  switch (error.kind) {
    case core::ErrorKind::kBadInput:
    case core::ErrorKind::kNotFound:
    case core::ErrorKind::kForbidden:
      return ExitCode::kUsage;
    case core::ErrorKind::kHeld:
      return ExitCode::kHeldElsewhere;
    case core::ErrorKind::kCorrupt:
      return ExitCode::kDamaged;
    case core::ErrorKind::kThrottled:
    case core::ErrorKind::kUnavailable:
      return ExitCode::kActionNeeded;
    case core::ErrorKind::kCancelled:
      return ExitCode::kDone;
  }
  return ExitCode::kInternal;
}

ExitCode ReportError(const core::Error& error, std::ostream& errors) {
  errors << "schoolwatch: " << error.message << (error.message.ends_with('\n') ? "" : "\n");
  return ExitCodeFor(error);
}

}  // namespace schoolwatch::app
