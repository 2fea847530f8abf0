#pragma once

#include <string>
#include <string_view>

// Strings that stand in a page's mark-up and not between its tags, as the cheap pass shows them.
namespace schoolwatch::crawler {

// Whether an attribute's value may be a text or an address.
bool IsTextAttribute(std::string_view name);

// Appends an address with its "%20" undone.
void AppendPercentDecoded(std::string_view text, std::string& out);

// The strings of a JSON text, each on a line, escapes undone, white space as spaces. Malformed JSON
// gives what is there.
std::string JsonStrings(std::string_view json);

// Appends lines, the white space of each collapsed.
void AppendLines(std::string_view lines, std::string& out);

}  // namespace schoolwatch::crawler
