#include "crawler/readers/shown_lines.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/text/evasion_chars.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr bool IsWordByte(char c) {
  return IsAsciiAlpha(c) || IsAsciiDigit(c) || static_cast<unsigned char>(c) >= 0x80;
}
// Cuts inside one word of a name; a name holds no more tags than this inside a word unless they
// hide it from people, too.
constexpr std::size_t kCutsInside = 8;

constexpr std::size_t kMaxBytes = 4'000'000;

// What was cut matters near the cut: a name is shorter than this.
constexpr std::size_t kEnd = 300;

// Appends what lies between any two of the places `ends`, rising, that have at most `cuts_inside`
// between them, each as a line.
void AppendPieces(std::string_view text, std::span<const std::size_t> ends, std::size_t cuts_inside,
                  std::string& out) {
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

bool TagMayMatter(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) {
    return false;
  }
  return (MayJoin(left.back()) && MayJoin(right[0])) || HideTogether(left, right);
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

bool AppendWithoutParts(std::string_view text, std::vector<TextRange> left_out,
                        std::span<const std::size_t> cuts, std::string& out) {
  std::ranges::sort(left_out, {}, &TextRange::start);
  std::string rest;
  rest.reserve(text.size());
  std::vector<std::size_t> places;
  std::vector<TextRange> near;  // Around what is left out, rising, apart from one another.
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
      const std::size_t from = rest.size() - std::min(rest.size(), kEnd);
      if (near.empty() || near.back().end < from) {
        near.push_back({from, 0});
      }
      near.back().end = rest.size() + kEnd;
    }
    at = std::max(at, part.end);
  }
  take_to(text.size());
  for (const TextRange& part : near) {
    out += '\n';
    out.append(rest, part.start, part.end - part.start);
  }
  out += '\n';
  auto around = near.begin();
  std::erase_if(places, [&](std::size_t place) {
    while (around != near.end() && around->end < place) {
      ++around;
    }
    return place == 0 || place >= rest.size() || around == near.end() || place < around->start ||
           !TagMayMatter(std::string_view(rest).substr(0, place),
                         std::string_view(rest).substr(place));
  });
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return AppendCutLines(rest, places, out);
}

}  // namespace schoolwatch::crawler
