#pragma once

#include <string>
#include <string_view>

namespace schoolwatch::crawler {

// How the paths of robots.txt rules are compared with those of URLs (RFC 9309, sections 2.2.2 and
// 2.2.3).

enum class RobotsSide { kPattern, kTarget };

// The one form in which a pattern and a target are compared: octets outside ASCII and controls
// escaped, escaped unreserved ones not, hexadecimal digits in upper case. What `*` and `$` stand
// for literally is escaped, since section 2.2.3 has a pattern say %2A and %24 for them.
std::string NormaliseRobotsPath(std::string_view text, RobotsSide side);

// In a query `:`, `/`, `?` and `@` mean the same escaped and not (RFC 3986, section 3.4); the
// table of section 2.2.2 has an example. Works on a normalised text; "" where nothing changes.
std::string UnescapeRobotsQuery(std::string_view text);

// Whether a normalised `pattern` matches from the first octet of a normalised `target`, and to its
// last where `to_the_end`. Linear but for hostile repetitions; never exponential.
bool MatchesRobotsPattern(std::string_view target, std::string_view pattern, bool to_the_end);

}  // namespace schoolwatch::crawler
