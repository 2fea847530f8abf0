#pragma once

#include <string_view>

namespace schoolwatch::core {

// Asks cheaply whether some text could mention a watched school. A reader asks it while it streams
// over bytes, before any tree is built, so it must never say no where the full path would find a
// mention. Implemented in matchers; thread-safe.
class TextGate {
 public:
  virtual ~TextGate() = default;
  // True when `text` (plain UTF-8, entities decoded, in-line tags removed) may mention a school.
  virtual bool MayMention(std::string_view text) const = 0;
};

}  // namespace schoolwatch::core
