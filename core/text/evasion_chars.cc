#include "core/text/evasion_chars.h"

#include <algorithm>
#include <array>
#include <utility>

namespace schoolwatch::core {
namespace {

// Emoji with one settled sense in a threat or an offer. 💀, 🐍, 🔥 and their like have several
// (laughing, a snake, praise), and guessing would alarm more than it finds.
constexpr auto kEmojiWords = std::to_array<std::pair<char32_t, std::string_view>>({
    {U'🔪', "knife"},
    {U'🗡', "knife"},
    {U'🔫', "gun"},
    {U'💣', "bomb"},
    {U'🪓', "axe"},
    {U'💊', "pills"},
    {U'💉', "needle"},
    {U'⚰', "coffin"},
});

// Small capitals, which no normalisation form touches. In the order of kSmallCapitalLetters.
constexpr std::u32string_view kSmallCapitals = U"ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ";
constexpr std::string_view kSmallCapitalLetters = "abcdefghijklmnoprstuvwyz";
static_assert(kSmallCapitals.size() == kSmallCapitalLetters.size());

}  // namespace

bool IsSeparator(char32_t c) {
  switch (c) {
    case U' ':
    case U'.':
    case U'*':
    case U'-':
    case U'_':
    case U'/':
    case U',':
    case U'~':
    case U'+':
    case U'|':
    case U'•':
    case U'·':
      return true;
    default:
      return false;
  }
}

const std::string_view* FindEmojiWord(char32_t c) {
  const auto found =
      std::ranges::find(kEmojiWords, c, &std::pair<char32_t, std::string_view>::first);
  return found == kEmojiWords.end() ? nullptr : &found->second;
}

char32_t DecoratedLetter(char32_t c) {
  if (c >= 0x1F150 && c <= 0x1F169) {
    return 'a' + (c - 0x1F150);  // White on a black circle.
  }
  if (c >= 0x1F170 && c <= 0x1F189) {
    return 'a' + (c - 0x1F170);  // White on a black square.
  }
  const std::size_t index = kSmallCapitals.find(c);
  return index == std::u32string_view::npos
             ? 0
             : static_cast<unsigned char>(kSmallCapitalLetters[index]);
}

}  // namespace schoolwatch::core
