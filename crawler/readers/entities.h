#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace schoolwatch::crawler {

enum class EntityContext { kText, kAttribute };

// What a character reference at the front of `text` stands for.
struct EntityMatch {
  std::size_t length = 0;  // Bytes of `text` it takes, the "&" included; 0: none stands here.
  char32_t first = 0;
  char32_t second = 0;  // Some names stand for two characters; else 0.
};

// Reads the reference that begins at `text[0]` == '&' as the HTML Standard (13.2.5.72) does: all
// names, the longest that fits, the old ones without a semicolon too (in attributes only where no
// letter, digit or "=" follows); numbers with the windows-1252 repairs.
EntityMatch MatchEntity(std::string_view text, EntityContext context);

// Appends `text` with its references replaced.
void AppendDecoded(std::string_view text, EntityContext context, std::string& out);
std::string DecodeEntities(std::string_view text, EntityContext context = EntityContext::kText);

}  // namespace schoolwatch::crawler
