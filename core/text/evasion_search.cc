#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/text/evasion_chars.h"
#include "core/text/fold.h"
#include "core/text/utf8.h"

namespace schoolwatch::core {
namespace {

// Most of what is not ASCII: letters with accents, typographic signs, CJK. Tells them from what
// SpellOut looks for without searching its tables.
bool IsOrdinary(char32_t c) {
  return c < 0x0262 || (c >= 0x2000 && c < 0x20D0) || (c >= 0x3000 && c < 0xA000);
}

// Asks of a folded text whether a pass below would change it. Most texts end here, so it looks at
// bytes, and only at some of them closely.
class ChangeSearch {
 public:
  explicit ChangeSearch(std::string_view text) : text_(text) {}

  bool Finds() {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      switch (kKinds[static_cast<unsigned char>(text_[i])]) {
        case Kind::kOther:
          break;
        case Kind::kLetter:
          if (IsDrawnOut(i) || (IsAlone(i) && StartsSpacedRun(i))) {
            return true;
          }
          break;
        case Kind::kLeet:
          if (StartsSpacedRun(i) || IsHiddenLeet(i)) {
            return true;
          }
          break;
        case Kind::kHigh:
          if (IsSpelledOut(i)) {
            return true;
          }
          break;
      }
    }
    return false;
  }

 private:
  enum class Kind : std::uint8_t { kOther, kLetter, kLeet, kHigh };
  static constexpr std::array<Kind, 256> kKinds = [] {
    std::array<Kind, 256> kinds{};
    for (std::size_t byte = 0; byte < kinds.size(); ++byte) {
      const auto c = static_cast<char32_t>(byte);
      kinds[byte] = IsLetter(c)          ? Kind::kLetter
                    : LeetLetter(c) != 0 ? Kind::kLeet
                    : byte >= 0xC2       ? Kind::kHigh
                                         : Kind::kOther;
    }
    return kinds;
  }();

  char32_t At(std::size_t i) const {
    return i < text_.size() ? static_cast<char32_t>(static_cast<unsigned char>(text_[i])) : U' ';
  }
  bool IsAlone(std::size_t i) const {
    return !(IsLetter(At(i + 1)) || IsDigit(At(i + 1))) && (i == 0 || !IsWordPart(At(i - 1)));
  }
  bool IsDrawnOut(std::size_t i) const {
    const char32_t c = At(i);
    if (c != At(i + 1) || c != At(i + 2)) {
      return false;
    }
    return c != 'w' || At(i + 3) != '.' || (i > 0 && At(i - 1) == 'w');
  }
  // One to three separators after the letter at i, and another letter by itself.
  bool StartsSpacedRun(std::size_t i) const {
    std::size_t next = i + 1;
    while (next < i + 4 && IsSeparator(At(next))) {
      ++next;
    }
    if (At(next) >= 0x80) {
      return next < i + 4;  // Perhaps a separator that is not ASCII.
    }
    return next > i + 1 && IsLetterLike(At(next)) && !IsLetter(At(next + 1)) &&
           !IsDigit(At(next + 1));
  }
  bool IsHiddenLeet(std::size_t i) {
    if (i < address_end_ || (i > 0 && LeetLetter(At(i - 1)) != 0)) {
      return false;  // Looked at from where its run starts.
    }
    LeetRun run{.first = At(i), .second = At(i + 1)};
    while (LeetLetter(At(i + run.size)) != 0) {
      ++run.size;
    }
    run.starts_token = i == 0 || At(i - 1) <= ' ';
    run.after_letter = i > 0 && IsLetter(At(i - 1));
    while (IsLetter(At(i + run.size + run.letters_behind))) {
      ++run.letters_behind;
    }
    if (!run.IsHidden()) {
      return false;
    }
    std::size_t start = i;
    std::size_t end = i;
    while (start > 0 && At(start - 1) > ' ') {
      --start;
    }
    while (At(end) > ' ') {
      ++end;
    }
    if (!IsAddress(start, end, [this](std::size_t at) { return At(at); })) {
      return true;
    }
    address_end_ = end;
    return false;
  }
  bool IsSpelledOut(std::size_t i) const {
    const char32_t c = DecodeUtf8(text_, i).code_point;
    return !IsOrdinary(c) &&
           (FindEmojiWord(c) != nullptr || DecoratedLetter(c) != 0 || IsOverlay(c));
  }

  std::string_view text_;
  std::size_t address_end_ =
      0;  // Of the last address found, whose figures are not asked for again.
};

}  // namespace

bool MayHideWords(std::string_view folded) { return ChangeSearch(folded).Finds(); }

}  // namespace schoolwatch::core
