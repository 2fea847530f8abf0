#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text/fold.h"
#include "core/text/utf8.h"

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

struct Unit {
  char32_t code_point;
  std::uint32_t from;  // Byte of the original.
};
using Units = std::vector<Unit>;

bool IsLetter(char32_t c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }
bool IsWordPart(char32_t c) { return IsLetter(c) || IsDigit(c) || c >= 0x80; }
bool IsVowel(char32_t c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

// The letter that a digit or symbol stands for inside a word; 0 where it stands for none.
char32_t LeetLetter(char32_t c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
    case '!':
    case '|':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    default:
      return 0;
  }
}

bool IsLetterLike(char32_t c) { return IsLetter(c) || LeetLetter(c) != 0; }

// Marks that strike a letter out or sit on it, drawn over words to hide them.
bool IsOverlay(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || c == 0x0489 || (c >= 0x20D0 && c <= 0x20F0);
}

// The word that an emoji stands for, or null.
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

bool IsSeparator(char32_t c) {
  return std::u32string_view(U" .*-_/,~+|•·").find(c) != std::u32string_view::npos;
}

// False only where no pass below could change anything; most posts end here.
bool IsWorthALook(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<char32_t>(static_cast<unsigned char>(text[i])) : U' ';
  };
  // One to three separators after the letter at i, and another letter by itself.
  const auto starts_spaced_run = [&](std::size_t i) {
    std::size_t next = i + 1;
    while (next < i + 4 && IsSeparator(at(next))) {
      ++next;
    }
    if (at(next) >= 0x80) {
      return next < i + 4;  // Perhaps a separator that is not ASCII.
    }
    return next > i + 1 && IsLetterLike(at(next)) && !IsLetter(at(next + 1)) &&
           !IsDigit(at(next + 1));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = at(i);
    const char32_t next = at(i + 1);
    if (c >= 0xC2) {
      const Utf8Step step = DecodeUtf8(text, i);
      if (FindEmojiWord(step.code_point) != nullptr || DecoratedLetter(step.code_point) != 0 ||
          IsOverlay(step.code_point)) {
        return true;
      }
    } else if (IsLetter(c)) {
      const bool is_alone =
          (i == 0 || !IsWordPart(at(i - 1))) && !(IsLetter(next) || IsDigit(next));
      if ((c == next && c == at(i + 2)) || (is_alone && starts_spaced_run(i))) {
        return true;
      }
    } else if (LeetLetter(c) != 0) {
      const bool after_letter = i > 0 && IsLetter(at(i - 1));
      if ((after_letter && c != '!') || IsLetterLike(next) || starts_spaced_run(i)) {
        return true;
      }
    }
  }
  return false;
}

// Emoji spelled out, decorated letters made plain, overlays dropped.
bool SpellOut(Units& units) {
  if (std::ranges::all_of(units, [](const Unit& unit) { return unit.code_point < 0x80; })) {
    return false;
  }
  bool changed = false;
  Units out;
  out.reserve(units.size());
  for (const Unit& unit : units) {
    const char32_t c = unit.code_point;
    if (c < 0x80) {
      out.push_back(unit);
      continue;
    }
    if (const std::string_view* const word = FindEmojiWord(c)) {
      out.push_back({U' ', unit.from});
      for (const char letter : *word) {
        out.push_back({static_cast<unsigned char>(letter), unit.from});
      }
      out.push_back({U' ', unit.from});
      changed = true;
    } else if (const char32_t letter = DecoratedLetter(c); letter != 0) {
      out.push_back({letter, unit.from});
      changed = true;
    } else if (IsOverlay(c)) {
      changed = true;
    } else {
      out.push_back(unit);
    }
  }
  if (changed) {
    units = std::move(out);
  }
  return changed;
}

// Where a run of single letters from `start` ends: each followed by the same one to three
// separators and another ("k n i f e", "k . n . i"). Returns `start` where there is none.
std::size_t FindSpacedRun(const Units& units, std::size_t start, std::size_t& separator_size) {
  const auto at = [&](std::size_t i) { return i < units.size() ? units[i].code_point : U'\n'; };
  const auto is_single = [&](std::size_t i) {
    return IsLetterLike(at(i)) && !IsWordPart(at(i + 1)) && !LeetLetter(at(i + 1));
  };
  separator_size = 0;
  while (separator_size < 3 && IsSeparator(at(start + 1 + separator_size))) {
    ++separator_size;
  }
  if (separator_size == 0 || !is_single(start)) {
    return start;
  }
  const auto separates = [&](std::size_t i) {
    for (std::size_t k = 0; k < separator_size; ++k) {
      if (at(i + k) != at(start + 1 + k)) {
        return false;
      }
    }
    return true;
  };
  std::size_t elements = 1;
  std::size_t letters = IsLetter(at(start)) ? 1 : 0;
  std::size_t last = start;
  while (separates(last + 1) && is_single(last + 1 + separator_size)) {
    last += 1 + separator_size;
    ++elements;
    letters += IsLetter(at(last)) ? 1u : 0u;
  }
  // Three make a word; figures in a row do not.
  return elements >= 3 && letters >= 2 && letters * 2 > elements ? last + 1 : start;
}

// "a k n i f e" and "i h a t e": the first letter is a word, unless the next makes it the start of
// the words that are hidden most (ass…, idiot).
bool IsWordOfItsOwn(const Units& units, std::size_t start, std::size_t end) {
  const char32_t first = units[start].code_point;
  const char32_t separator = units[start + 1].code_point;
  const char32_t second = units[start + 2].code_point;
  return end - start >= 7 && separator == ' ' &&
         ((first == 'a' && second != 's') || (first == 'i' && second != 'd'));
}

bool JoinSpacedLetters(Units& units) {
  bool changed = false;
  Units out;
  out.reserve(units.size());
  for (std::size_t i = 0; i < units.size();) {
    const bool starts_word = i == 0 || (!IsWordPart(units[i - 1].code_point) &&
                                        LeetLetter(units[i - 1].code_point) == 0);
    std::size_t separator_size = 0;
    const std::size_t end = starts_word ? FindSpacedRun(units, i, separator_size) : i;
    if (end == i) {
      out.push_back(units[i++]);
      continue;
    }
    changed = true;
    if (IsWordOfItsOwn(units, i, end)) {
      out.push_back(units[i]);
      out.push_back(units[i + 1]);
      i += 1 + separator_size;
    }
    for (; i < end; i += 1 + separator_size) {
      out.push_back(units[i]);
    }
    i = end;
  }
  if (changed) {
    units = std::move(out);
  }
  return changed;
}

// Maps the leet characters of one token, which is units [start, end) without spaces.
bool UnmaskToken(Units& units, std::size_t start, std::size_t end) {
  const auto at = [&](std::size_t i) { return i >= start && i < end ? units[i].code_point : U' '; };
  std::size_t letters = 0;
  bool has_leet = false;
  bool has_at = false;
  bool is_address = false;
  for (std::size_t i = start; i < end; ++i) {
    letters += IsLetter(at(i)) ? 1u : 0u;
    has_leet |= LeetLetter(at(i)) != 0;
    is_address |= (has_at && at(i) == '.') || (at(i) == ':' && at(i + 1) == '/') ||
                  (at(i) == 'w' && at(i + 1) == 'w' && at(i + 2) == 'w');
    has_at |= at(i) == '@';
  }
  if (!has_leet || letters == 0 || is_address) {
    return false;
  }
  bool changed = false;
  for (std::size_t i = start; i < end;) {
    if (LeetLetter(at(i)) == 0) {
      ++i;
      continue;
    }
    std::size_t run_end = i;
    while (LeetLetter(at(run_end)) != 0) {
      ++run_end;
    }
    const bool after_letter = i > start && IsLetter(at(i - 1));
    std::size_t following = 0;
    while (IsLetter(at(run_end + following))) {
      ++following;
    }
    const std::size_t size = run_end - i;
    const bool is_double_l = at(i) == '1' && at(i + 1) == '1' && size == 2 && after_letter;
    // k1ll; 5uicide, but not 4pm or 3rd; a$$, but not year7; ki11.
    const bool is_hidden =
        (after_letter && following > 0) ||
        (i == start && size == 1 && following >= 4 && at(i) != '@' && at(i) != '!') ||
        (after_letter && (at(i) == '$' || (at(i) == '@' && size == 1))) || is_double_l;
    if (is_hidden) {
      for (std::size_t k = i; k < run_end; ++k) {
        // Signs at the end of a sentence: "a$$!" ends in no letter.
        if (following == 0 && (at(k) == '!' || at(k) == '|')) {
          break;
        }
        units[k].code_point = is_double_l ? U'l' : LeetLetter(at(k));
        changed = true;
      }
    }
    i = run_end;
  }
  return changed;
}

bool UnmaskLeet(Units& units) {
  bool changed = false;
  for (std::size_t i = 0; i < units.size();) {
    const auto is_space = [](const Unit& unit) { return unit.code_point <= ' '; };
    const auto begin = units.begin() + static_cast<std::ptrdiff_t>(i);
    const auto end = std::find_if(begin, units.end(), is_space);
    const auto next = static_cast<std::size_t>(end - units.begin());
    changed |= UnmaskToken(units, i, next);
    i = next + 1;
  }
  return changed;
}

// How many of a drawn-out letter English would write, from what stands around it: killll keeps two,
// knifeee one. A guess, but only drawn-out words are guessed at, and view 1 has them as they are.
std::size_t LettersKept(char32_t before, char32_t before_that, char32_t c, char32_t after,
                        char32_t after_that) {
  const bool is_last = !IsLetter(after);
  if (c == 'o' || c == 'e') {
    const bool is_closed = !is_last && !IsVowel(after) && IsLetter(before) && !IsVowel(before);
    // shoot, bleed; but help, and knife.
    return is_closed && (!IsLetter(after_that) || IsVowel(after_that) || c == 'o') ? 2 : 1;
  }
  if (IsVowel(c) || !IsVowel(before)) {
    return 1;
  }
  if (is_last) {
    // kill, piss, off; but school.
    return (c == 'l' || c == 's' || c == 'f') && !IsVowel(before_that) ? 2 : 1;
  }
  return IsVowel(after) || after == 'y' ? 2 : 1;  // killing, stabbing, shitty.
}

bool ShortenRuns(Units& units) {
  bool changed = false;
  Units out;
  out.reserve(units.size());
  const auto at = [&](std::size_t i) { return i < units.size() ? units[i].code_point : U' '; };
  for (std::size_t i = 0; i < units.size();) {
    std::size_t end = i + 1;
    while (end < units.size() && units[end].code_point == units[i].code_point) {
      ++end;
    }
    std::size_t kept = end - i;
    const bool is_web = at(i) == 'w' && kept == 3 && at(end) == '.';
    if (IsLetter(at(i)) && kept >= 3 && !is_web) {
      const auto before = [&out](std::size_t back) {
        return out.size() >= back ? out[out.size() - back].code_point : U' ';
      };
      kept = LettersKept(before(1), before(2), at(i), at(end), at(end + 1));
      changed = true;
    }
    for (std::size_t k = 0; k < kept; ++k) {
      out.push_back(units[i + k]);
    }
    i = end;
  }
  if (changed) {
    units = std::move(out);
  }
  return changed;
}

}  // namespace

FoldedText EvasionView(const FoldedText& folded) {
  const std::string_view text = folded.text;
  if (!IsWorthALook(text)) {
    return {};
  }
  Units units;
  units.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = DecodeUtf8(text, i);
    units.push_back({step.code_point, folded.map[i]});
    i += step.size;
  }
  bool changed = SpellOut(units);
  changed |= JoinSpacedLetters(units);
  changed |= UnmaskLeet(units);
  changed |= ShortenRuns(units);
  if (!changed) {
    return {};
  }
  FoldedText view;
  view.text.reserve(text.size());
  view.map.reserve(text.size() + 1);
  for (const Unit& unit : units) {
    AppendUtf8(unit.code_point, view.text);
    view.map.resize(view.text.size(), unit.from);
  }
  view.map.push_back(folded.map.back());
  return view;
}

}  // namespace schoolwatch::core
