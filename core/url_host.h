#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::core {

// The URL Standard's host parser for special schemes (section 3.5): a domain in lower-case ASCII,
// an IPv4 address in dotted decimals or an IPv6 address in brackets. `input` is valid UTF-8 and
// still percent-encoded. kBadInput says what is wrong.
Result<std::string> ParseHost(std::string_view input);

// True for hosts, as ParseHost returns them, that are addresses and not names.
bool IsIpHost(std::string_view host);

}  // namespace schoolwatch::core
