#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace schoolwatch::benchmarks {

// A page of about `size` bytes, shaped like real ones: a head with scripts and styles, navigation,
// paragraphs, a sidebar of links. Names `mention` once where it is not empty.
inline std::string MakePage(std::size_t size, std::string_view mention, unsigned seed) {
  static constexpr std::string_view kWords[] = {
      "market", "river",  "council", "evening",  "bridge", "people", "garden", "weather", "street",
      "letter", "bakery", "station", "festival", "window", "season", "budget", "corner",  "music"};
  std::mt19937 random(seed);
  const auto word = [&random] { return kWords[random() % std::size(kWords)]; };
  std::string page =
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Town news</title>"
      "<style>.nav a{color:#123;padding:4px}</style><script>var config={\"page\":1};</script>"
      "</head><body><nav><ul>";
  for (int i = 0; i < 20; ++i) {
    page += "<li class=\"nav-item\"><a href=\"/section/" + std::to_string(i) + "\">Section " +
            std::to_string(i) + "</a></li>";
  }
  page += "</ul></nav><main><article><h1>News from the town</h1>";
  bool said = mention.empty();
  while (page.size() < size) {
    page += "<p class=\"text\">";
    for (int i = 0; i < 60; ++i) {
      page += word();
      page += i % 17 == 5 ? " <em>and</em> " : " ";
    }
    if (!said && page.size() > size / 2) {
      page += std::string(mention) + " ";
      said = true;
    }
    page += "</p>\n<div class=\"related\"><a href=\"/a/" + std::to_string(random() % 1000) +
            "\" title=\"more\"><img src=\"/i.png\" alt=\"a view\">more</a></div>";
  }
  return page + "</article></main></body></html>";
}

}  // namespace schoolwatch::benchmarks
