#include "crawler/readers/recipe_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

using core::ErrorKind;
using core::Fail;

constexpr std::size_t kMaxParts = 32;
constexpr std::size_t kMaxUp = 32;

bool IsNameByte(char c) { return IsAsciiAlpha(c) || IsAsciiDigit(c) || c == '_' || c == '-'; }

AnswerPlace::Part MakePart(std::string_view written) {
  AnswerPlace::Part part;
  if (written == "*") {
    part.kind = AnswerPlace::Part::Kind::kEach;
    return part;
  }
  // "~1" and "~0" undone.
  for (std::size_t i = 0; i < written.size(); ++i) {
    const bool escaped = written[i] == '~' && i + 1 < written.size() &&
                         (written[i + 1] == '0' || written[i + 1] == '1');
    part.key += !escaped ? written[i] : written[++i] == '0' ? '~' : '/';
  }
  constexpr std::size_t kMaxDigits = 6;
  if (!part.key.empty() && part.key.size() <= kMaxDigits &&
      std::all_of(part.key.begin(), part.key.end(), IsAsciiDigit)) {
    part.index = std::stoul(part.key);
  }
  return part;
}

core::Result<void> ParseParts(std::string_view written, AnswerPlace& place) {
  if (!written.empty() && written[0] != '/') {
    return Fail(ErrorKind::kBadInput,
                "a JSON pointer is empty or begins with '/', as /account/acct does");
  }
  bool any_depth = false;
  while (!written.empty()) {
    written.remove_prefix(1);
    const std::size_t end = std::min(written.find('/'), written.size());
    const std::string_view one = written.substr(0, end);
    written.remove_prefix(end);
    if (one == "**") {
      // Twice would make the cost of an answer grow with the square of its size.
      if (any_depth || written.empty()) {
        return Fail(ErrorKind::kBadInput, any_depth ? "'**' may stand in a place once"
                                                    : "'**' needs a key behind it, as in /**/data");
      }
      any_depth = true;
      written.remove_prefix(1);
      const std::size_t key_end = std::min(written.find('/'), written.size());
      AnswerPlace::Part part = MakePart(written.substr(0, key_end));
      part.kind = AnswerPlace::Part::Kind::kAnyDepth;
      place.parts.push_back(std::move(part));
      written.remove_prefix(key_end);
    } else {
      place.parts.push_back(MakePart(one));
    }
    place.is_single = place.is_single && place.parts.back().kind == AnswerPlace::Part::Kind::kKey;
    if (place.parts.size() > kMaxParts) {
      return Fail(ErrorKind::kBadInput, fmt::format("it has more than {} parts", kMaxParts));
    }
  }
  return {};
}

}  // namespace

core::Result<AnswerPlace> AnswerPlace::Parse(std::string_view written) {
  AnswerPlace place;
  const std::size_t digits = std::min(written.find_first_not_of("0123456789"), written.size());
  if (digits > 0) {
    if (digits > 2 || std::stoul(std::string(written.substr(0, digits))) > kMaxUp) {
      return Fail(ErrorKind::kBadInput, fmt::format("it leads up more than {} levels", kMaxUp));
    }
    place.up = std::stoul(std::string(written.substr(0, digits)));
    SW_TRY(ParseParts(written.substr(digits), place));
    return place;
  }
  const std::size_t colon = written.find(':');
  const std::string_view name = written.substr(0, std::min(colon, written.size()));
  if (colon != std::string_view::npos && !name.empty() &&
      std::all_of(name.begin(), name.end(), IsNameByte)) {
    place.root = name == "root"      ? Root::kWhole
                 : name == "request" ? Root::kRequest
                 : name == "http"    ? Root::kHttp
                                     : Root::kLookup;
    if (place.root == Root::kLookup) {
      place.lookup = name;
    }
    written.remove_prefix(colon + 1);
  }
  SW_TRY(ParseParts(written, place));
  return place;
}

core::Result<AnswerTemplate> AnswerTemplate::Parse(std::string_view written) {
  AnswerTemplate out;
  if (written.find('{') == std::string_view::npos) {
    SW_ASSIGN(out.place, AnswerPlace::Parse(written));
    return out;
  }
  out.is_template = true;
  std::string text;
  for (std::size_t at = 0; at < written.size();) {
    if (written.substr(at).starts_with("{{") || written.substr(at).starts_with("}}")) {
      text += written[at];
      at += 2;
      continue;
    }
    if (written[at] != '{') {
      text += written[at++];
      continue;
    }
    const std::size_t end = written.find('}', at);
    if (end == std::string_view::npos) {
      return Fail(ErrorKind::kBadInput, "'{' is not closed; a brace that is text is written '{{'");
    }
    std::string_view inside = written.substr(at + 1, end - at - 1);
    at = end + 1;
    Piece piece;
    piece.text = std::exchange(text, {});
    piece.has_place = true;
    std::size_t bar = std::min(inside.find('|'), inside.size());
    SW_ASSIGN(piece.place, AnswerPlace::Parse(inside.substr(0, bar)));
    while (bar < inside.size()) {
      inside.remove_prefix(bar + 1);
      bar = std::min(inside.find('|'), inside.size());
      const auto transform = FindTextTransform(inside.substr(0, bar));
      if (!transform) {
        return Fail(ErrorKind::kBadInput,
                    fmt::format("no transform is called '{}'", inside.substr(0, bar)));
      }
      piece.transforms.push_back(*transform);
    }
    out.pieces.push_back(std::move(piece));
  }
  if (!text.empty()) {
    out.pieces.push_back({.text = std::move(text)});
  }
  return out;
}

}  // namespace schoolwatch::crawler
