#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace schoolwatch::crawler {

// ASCII only, whatever the locale: mark-up is ASCII.
constexpr bool IsAsciiSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
constexpr bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char ToAsciiLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string ToAsciiLower(std::string_view text);
inline bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (ToAsciiLower(a[i]) != ToAsciiLower(b[i])) {
      return false;
    }
  }
  return true;
}
bool ContainsIgnoreCase(std::string_view text, std::string_view part);
bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix);
// Without ASCII white space and no-break spaces at either end.
std::string_view Trim(std::string_view text);
// Runs of white space (no-break and other Unicode spaces too) become one space; ends trimmed.
std::string CollapseSpace(std::string_view text);
// Appends `text` to `out`, whose lines end in '\n', with each run of white space as one space; none
// where `out` has white space at its end already.
void AppendCollapsed(std::string_view text, std::string& out);
// The same of the first `size` bytes of `text`, which is faster where there is more behind them.
void AppendCollapsed(std::string_view text, std::size_t size, std::string& out);
// Words, that is runs of letters or digits; any byte above ASCII counts as a letter.
std::size_t CountWords(std::string_view text);
// Characters, not bytes.
std::size_t CountCharacters(std::string_view text);

// Appends `code` as UTF-8; surrogates and what lies above U+10FFFF become U+FFFD.
void AppendUtf8(char32_t code, std::string& out);

// The length of the white-space character at `text[at]`: 1 for ASCII, 2 or 3 for U+00A0 and the
// spaces of U+2000…, 0 when it is none.
std::size_t SpaceLength(std::string_view text, std::size_t at);

// Texts to look for all at once: they are kept by their first letter, so that one pass finds any of
// them, where a search for each would pass over the text again and again.
template <std::size_t N>
class PartList {
 public:
  constexpr explicit PartList(const std::array<std::string_view, N>& parts) {
    std::size_t count = 0;
    for (std::size_t first = 0; first < 256; ++first) {
      starts_[first] = static_cast<std::uint8_t>(count);
      for (const std::string_view part : parts) {
        if (static_cast<unsigned char>(part.front()) == first) {
          parts_[count++] = part;
        }
      }
    }
    starts_[256] = static_cast<std::uint8_t>(count);
  }

  // Whether `text` holds one of them.
  bool IsIn(std::string_view text) const {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const auto first = static_cast<unsigned char>(text[at]);
      for (std::size_t i = starts_[first]; i < starts_[first + 1u]; ++i) {
        const std::string_view part = parts_[i];
        if (part.size() <= text.size() - at && part.back() == text[at + part.size() - 1] &&
            text.compare(at, part.size(), part) == 0) {
          return true;
        }
      }
    }
    return false;
  }

 private:
  static_assert(N < 256);
  std::array<std::string_view, N> parts_{};
  std::array<std::uint8_t, 257> starts_{};  // [starts_[c], starts_[c + 1]) begin with c.
};
template <std::size_t N>
PartList(const std::array<std::string_view, N>&) -> PartList<N>;

// Builds plain text as a reader sees it: white space collapsed inside a line, blocks on lines of
// their own, no empty lines, except what is added as preformatted.
class TextBuilder {
 public:
  explicit TextBuilder(std::string& out) : out_(out), start_(out.size()) {}
  void Add(std::string_view text);
  // Line ends and runs of spaces are kept.
  void AddPreformatted(std::string_view text);
  // What follows stands on a new line.
  void Break() { pending_ = Pending::kBreak; }
  // What follows is a word of its own.
  void Space() {
    if (pending_ == Pending::kNone) {
      pending_ = Pending::kSpace;
    }
  }

 private:
  enum class Pending { kNone, kSpace, kBreak };
  void Flush();
  std::string& out_;
  std::size_t start_;
  Pending pending_ = Pending::kNone;
};

}  // namespace schoolwatch::crawler
