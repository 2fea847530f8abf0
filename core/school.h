#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::core {

// The nations of the United Kingdom: each has its own roles, routes and bank holidays.
inline constexpr std::array<std::string_view, 4> kNations{"england", "wales", "scotland",
                                                          "northern-ireland"};

// A watched school as the configuration names it. Everything here is public knowledge about the
// institution; pupils are never named.
struct School {
  std::string key;   // "quillbrook"
  std::string name;  // "Quillbrook Academy"
  std::string type;  // "secondary academy"; free words
  std::string town;
  std::string postcode;
  std::string trust;
  std::vector<std::string> also;     // Other names people use.
  std::vector<std::string> handles;  // "@QuillbrookAcad", "#QuillbrookAcademy"
  std::string site;                  // Host of its own web site.
  std::vector<std::string> places;   // Town, county, villages, road.
  std::string headteacher;
  std::vector<std::string> staff;   // Other staff and governors who act in public.
  std::vector<std::string> not_us;  // Phrases that name somebody or something else.
  std::string nation = "england";   // One of kNations.

  bool operator==(const School&) const = default;
};

}  // namespace schoolwatch::core
