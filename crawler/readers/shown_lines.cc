#include "crawler/readers/shown_lines.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/text/evasion_chars.h"
#include "core/text/utf8.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr bool IsWordByte(char c) {
  return IsAsciiAlpha(c) || IsAsciiDigit(c) || static_cast<unsigned char>(c) >= 0x80;
}
bool IsInsideCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Whether the character that starts at `at` belongs to a word for those who compare names. Signs
// that they take for a space, such as U+02D9, do not.
bool IsWordAt(std::string_view line, std::size_t at) {
  const char c = line[at];
  return static_cast<unsigned char>(c) < 0x80
             ? IsAsciiAlpha(c) || IsAsciiDigit(c)
             : u_isalnum(static_cast<UChar32>(core::DecodeUtf8(line, at).code_point)) != 0;
}

// Where the character before `end` starts, and where the one at `at` ends.
std::size_t Before(std::string_view line, std::size_t end) {
  do {
    --end;
  } while (end > 0 && IsInsideCharacter(line[end]));
  return end;
}
std::size_t Behind(std::string_view line, std::size_t at) {
  do {
    ++at;
  } while (at < line.size() && IsInsideCharacter(line[at]));
  return at;
}

// Signs that may stand around a letter which still counts as alone.
constexpr int kMostSigns = 4;

// Whether a line's last, or first, word is one character, but for a few signs beside it.
bool EndsInOne(std::string_view line) {
  std::size_t end = line.size();
  for (int signs = 0; end > 0 && signs < kMostSigns; ++signs) {
    const std::size_t last = Before(line, end);
    if (IsWordAt(line, last)) {
      break;
    }
    end = last;
  }
  const std::size_t last = end == 0 ? 0 : Before(line, end);
  return last == 0 || !IsWordAt(line, Before(line, last));
}
bool StartsWithOne(std::string_view line) {
  std::size_t at = 0;
  for (int signs = 0; at < line.size() && signs < kMostSigns && !IsWordAt(line, at); ++signs) {
    at = Behind(line, at);
  }
  at = at < line.size() ? Behind(line, at) : at;
  return at >= line.size() || !IsWordAt(line, at);
}

constexpr std::size_t kFarEnough = 24;  // A letter, signs and spaces, of four bytes each.

// Names have fewer words than this, so lines that hold one break end within as many lines of it.
constexpr std::size_t kLinesAround = 12;

// Cuts inside one word of a name, or between letters that stand alone; a name holds no more tags
// than this inside a word unless they hide it from people, too.
constexpr std::size_t kCutsInside = 8;
constexpr std::size_t kLettersAlone = 16;

constexpr std::size_t kMaxBytes = 4'000'000;

// Appends what lies between any two of the places `ends`, rising, that have at most `cuts_inside`
// between them, each as a line.
void AppendPieces(std::string_view text, std::span<const std::size_t> ends, std::size_t cuts_inside,
                  std::string& out) {
  // A long piece matters at its ends, where it was cut: a name is shorter than this.
  constexpr std::size_t kEnd = 300;
  for (std::size_t from = 0; from + 1 < ends.size(); ++from) {
    for (std::size_t to = from + 1; to < ends.size() && to <= from + cuts_inside; ++to) {
      const std::string_view piece = text.substr(ends[from], ends[to] - ends[from]);
      out += '\n';
      if (piece.size() <= 2 * kEnd) {
        out += piece;
      } else {
        out.append(piece.substr(0, kEnd)).append("\n").append(piece.substr(piece.size() - kEnd));
      }
    }
  }
}

// Whether `c` may be one word, or one hidden word, with what stands on the other side of a tag.
bool MayJoin(char c) {
  static constexpr std::array<bool, 256> kJoins = [] {
    std::array<bool, 256> joins{};
    for (std::size_t byte = 0; byte < joins.size(); ++byte) {
      const char one = static_cast<char>(byte);
      joins[byte] =
          IsWordByte(one) || std::string_view("@#$!|_'`&").find(one) != std::string_view::npos;
    }
    return joins;
  }();
  return kJoins[static_cast<unsigned char>(c)];
}

// Whether the last word of `left`, in its last line, and the first of `right` are one letter each.
bool MeetAlone(std::string_view left, std::string_view right) {
  // Nearly all words are longer: that is seen at once.
  std::size_t first = 0;
  while (first < right.size() && IsAsciiSpace(right[first])) {
    ++first;
  }
  if (first + 1 < right.size() && IsAsciiAlpha(right[first]) && IsAsciiAlpha(right[first + 1])) {
    return false;
  }
  left = left.substr(left.size() - std::min(left.size(), kFarEnough));
  if (const std::size_t line = left.rfind('\n'); line != std::string_view::npos) {
    left.remove_prefix(line + 1);
  }
  left = Trim(left);
  right = right.substr(0, std::min(right.find('\n'), kFarEnough));
  right = Trim(right);
  return !left.empty() && !right.empty() && StartsWithOne(right) && EndsInOne(left);
}

// Whether a tag parts something without spaces that holds signs or figures which may stand for
// letters: "(<b>4cademy</b>".
bool HideTogether(std::string_view left, std::string_view right) {
  constexpr std::size_t kLongToken = 300;  // Not looked at to its end.
  const auto token_hides = [](auto at, auto end) {
    for (std::size_t size = 0; at != end && !IsAsciiSpace(*at); ++at, ++size) {
      if (size == kLongToken || core::LeetLetter(static_cast<unsigned char>(*at)) != 0) {
        return true;
      }
    }
    return false;
  };
  return !IsAsciiSpace(left.back()) && !IsAsciiSpace(right[0]) &&
         (token_hides(right.begin(), right.end()) || token_hides(left.rbegin(), left.rend()));
}

}  // namespace

bool AppendJoinedLines(std::string_view text, std::string& out) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at && text.substr(at, end - at) != " ") {
      lines.push_back(text.substr(at, end - at));
    }
    at = end + 1;
  }
  const std::size_t limit = out.size() + kMaxBytes;
  std::string joined;             // The lines around some such places, as one.
  std::vector<std::size_t> ends;  // Its beginning, and where letters alone meet in it.
  const auto flush = [&] {
    ends.push_back(joined.size());
    AppendPieces(joined, ends, joined.empty() ? 0 : kLettersAlone, out);
    // All of it, too: words of more letters may stand between.
    out += '\n';
    out += joined;
    joined.clear();
    ends.assign(1, 0);
  };
  ends.push_back(0);
  std::size_t copied = 0;
  std::size_t wanted = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const bool meet = EndsInOne(Trim(lines[i - 1])) && StartsWithOne(Trim(lines[i]));
    if (meet) {
      if (i > wanted + kLinesAround) {
        flush();
        copied = i - kLinesAround;
      }
      wanted = std::min(i + kLinesAround, lines.size());
    }
    for (; copied < wanted && copied < i; ++copied) {
      AppendCollapsed(lines[copied], joined);
      AppendCollapsed(" ", joined);
    }
    if (meet) {
      ends.push_back(joined.size());
    }
    if (out.size() + joined.size() > limit) {
      return false;
    }
  }
  for (; copied < wanted; ++copied) {
    AppendCollapsed(lines[copied], joined);
    AppendCollapsed(" ", joined);
  }
  flush();
  return true;
}

bool TagMayMatter(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) {
    return false;
  }
  return (MayJoin(left.back()) && MayJoin(right[0])) || MeetAlone(left, right) ||
         HideTogether(left, right);
}

bool AppendCutLines(std::string_view text, std::span<const std::size_t> cuts, std::string& out) {
  const std::size_t limit = out.size() + kMaxBytes;
  for (std::size_t first = 0; first < cuts.size();) {
    std::vector<std::size_t> ends;
    const std::size_t line = text.substr(0, cuts[first]).rfind('\n');
    ends.push_back(line == std::string_view::npos ? 0 : line + 1);
    const std::size_t line_end = std::min(text.find('\n', cuts[first]), text.size());
    do {
      ends.push_back(cuts[first++]);
    } while (first < cuts.size() && cuts[first] < line_end);
    ends.push_back(line_end);
    AppendPieces(text, ends, kCutsInside, out);
    if (out.size() > limit) {
      return false;
    }
  }
  return true;
}

bool AppendJoinedPieces(std::string_view text, std::span<const std::size_t> cuts,
                        std::string& out) {
  const auto stands_alone = [text](std::size_t cut) {
    const std::string_view left = text.substr(0, cut);
    const std::string_view right = text.substr(cut);
    return EndsInOne(left.substr(left.size() - std::min(left.size(), kFarEnough))) ||
           StartsWithOne(right.substr(0, kFarEnough));
  };
  if (std::ranges::none_of(cuts, stands_alone)) {
    return true;
  }
  // A line takes a place of its own in memory: a page all of whose letters are elements is not
  // worth that.
  constexpr std::size_t kMostCuts = 10'000;
  if (cuts.size() > kMostCuts) {
    return false;
  }
  std::string pieces;
  pieces.reserve(text.size() + cuts.size());
  std::size_t at = 0;
  for (const std::size_t cut : cuts) {
    pieces.append(text, at, cut - at);
    pieces += '\n';
    at = cut;
  }
  pieces.append(text, at);
  return AppendJoinedLines(pieces, out);
}

std::string WithoutParts(std::string_view text, std::vector<TextRange> left_out,
                         std::vector<std::size_t>& cuts) {
  std::ranges::sort(left_out, {}, &TextRange::start);
  std::string rest;
  rest.reserve(text.size());
  std::vector<std::size_t> places;
  std::size_t cut = 0;
  std::size_t at = 0;
  const auto take_to = [&](std::size_t end) {
    for (; cut < cuts.size() && cuts[cut] <= end; ++cut) {
      if (cuts[cut] >= at) {
        places.push_back(rest.size() + cuts[cut] - at);
      }
    }
    rest.append(text, at, end - at);
  };
  for (const TextRange& part : left_out) {
    if (part.start >= at) {
      take_to(part.start);
      places.push_back(rest.size());
    }
    at = std::max(at, part.end);
  }
  take_to(text.size());
  std::erase_if(places, [&](std::size_t place) {
    return place == 0 || place >= rest.size() ||
           !TagMayMatter(std::string_view(rest).substr(0, place),
                         std::string_view(rest).substr(place));
  });
  places.erase(std::unique(places.begin(), places.end()), places.end());
  cuts = std::move(places);
  return rest;
}

}  // namespace schoolwatch::crawler
