#pragma once

#include <cstddef>
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
// Words, that is runs of letters or digits; any byte above ASCII counts as a letter.
std::size_t CountWords(std::string_view text);
// Characters, not bytes.
std::size_t CountCharacters(std::string_view text);

// Appends `code` as UTF-8; surrogates and what lies above U+10FFFF become U+FFFD.
void AppendUtf8(char32_t code, std::string& out);

// The length of the white-space character at `text[at]`: 1 for ASCII, 2 or 3 for U+00A0 and the
// spaces of U+2000…, 0 when it is none.
std::size_t SpaceLength(std::string_view text, std::size_t at);

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
