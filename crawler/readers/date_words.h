#pragma once

#include <optional>
#include <string_view>

namespace schoolwatch::crawler {

// False for most words that no date begins with; cheap.
bool MayBeginDate(std::string_view word);
// 1 to 12 for a month's name or abbreviation in one of the languages known (in any case); 0 for
// other words. Month names of Western Europe, Greek, Hungarian, Polish, Russian.
unsigned MonthOfWord(std::string_view word);
// Whether it names a day of the week.
bool IsWeekday(std::string_view word);
// Minutes east of UTC for a zone's name ("BST" is British, "IST" Irish, "EST" American).
std::optional<int> ZoneMinutes(std::string_view word);

}  // namespace schoolwatch::crawler
