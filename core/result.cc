#include "core/result.h"

namespace schoolwatch::core {

std::string_view ErrorKindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kBadInput:
      return "bad input";
    case ErrorKind::kForbidden:
      return "forbidden";
    case ErrorKind::kNotFound:
      return "not found";
    case ErrorKind::kThrottled:
      return "asked to slow down";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kHeld:
      return "held by another process";
    case ErrorKind::kCorrupt:
      return "damaged";
    case ErrorKind::kCancelled:
      return "stopped";
  }
  return "unknown";
}

}  // namespace schoolwatch::core
