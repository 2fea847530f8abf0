#pragma once

#include <string_view>

#include "core/result.h"

namespace schoolwatch::core {

// A mail address that a mail server may be handed: the unquoted form of RFC 5321, 4.1.2, at most
// 254 bytes, no control byte, space, bracket or quote, so that it cannot end a command or a header
// field. kBadInput says what is wrong, as in "not a mail address: it needs one '@'", without the
// address itself: whoever shows the message shows it beside, made fit for a log.
Result<void> CheckMailAddress(std::string_view address);

}  // namespace schoolwatch::core
