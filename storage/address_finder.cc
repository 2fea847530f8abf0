#include "storage/address_finder.h"

#include <algorithm>
#include <utility>

#include "core/place.h"
#include "core/result.h"
#include "core/url.h"

namespace schoolwatch::storage {
namespace {

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '~' || c == '%' || static_cast<unsigned char>(c) >= 0x80U;
}

// Whether what stands behind an address belongs to it. A query or fragment may be a tracking
// parameter: it leads to the same place.
bool GoesOn(std::string_view rest) {
  if (rest.empty()) {
    return false;
  }
  const bool word_follows = rest.size() > 1 && IsWordByte(rest[1]);
  return IsWordByte(rest[0]) || ((rest[0] == '/' || rest[0] == '.') && word_follows);
}

constexpr std::string_view kScheme = "://";
constexpr std::string_view kWww = "www.";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EndsWithAnyCase(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         std::ranges::equal(text.substr(text.size() - end.size()), end, {}, Lower);
}

std::size_t FindAnyCase(std::string_view text, std::string_view part, std::size_t from) {
  const auto found = std::ranges::search(text.substr(std::min(from, text.size())), part, {}, Lower);
  return found.empty() ? std::string_view::npos
                       : static_cast<std::size_t>(found.begin() - text.begin());
}

std::string_view HostOf(std::string_view place) {
  return place.substr(0, place.find_first_of("/?#"));
}

// Where an address begins whose host stands at `host`. npos: that is the end of a longer host.
std::size_t BeginOfAddress(std::string_view text, std::size_t host) {
  std::string_view before = text.substr(0, host);
  if (EndsWithAnyCase(before, kWww)) {
    before.remove_suffix(kWww.size());
  }
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (EndsWithAnyCase(before, scheme)) {
      return before.size() - scheme.size();
    }
  }
  // Bytes of other scripts may be a quotation mark.
  const bool goes_on = !before.empty() && static_cast<unsigned char>(before.back()) < 0x80U &&
                       (IsWordByte(before.back()) || before.back() == '.');
  return goes_on ? std::string_view::npos : before.size();
}

// Behind the last byte of an address that goes on at `from`; what ends a sentence is none of it.
std::size_t EndOfAddress(std::string_view text, std::size_t from) {
  constexpr std::string_view kNever = "<>\"'`{}|\\^[]";
  constexpr std::string_view kAfter = ".,;:!?)*";
  constexpr std::string_view kPunctuation = "\xE2\x80";  // U+2000 to U+203F: blanks and quotes.
  std::size_t end = from;
  while (end < text.size() && static_cast<unsigned char>(text[end]) > ' ' &&
         kNever.find(text[end]) == std::string_view::npos &&
         !text.substr(end).starts_with(kPunctuation)) {
    ++end;
  }
  while (end > from && kAfter.find(text[end - 1]) != std::string_view::npos) {
    --end;
  }
  return end;
}

}  // namespace

std::size_t FindAddress(std::string_view text, std::string_view address, std::size_t from) {
  if (address.empty()) {
    return std::string_view::npos;
  }
  for (std::size_t at = text.find(address, from); at != std::string_view::npos;
       at = text.find(address, at + 1)) {
    if (!GoesOn(text.substr(at + address.size()))) {
      return at;
    }
  }
  return std::string_view::npos;
}

bool IsAddress(std::string_view text) {
  if (text.find(kScheme) != std::string_view::npos) {
    return true;
  }
  const std::string_view host = HostOf(text);
  const std::size_t dot = host.find('.');
  return text.substr(host.size()).starts_with('/') && dot != std::string_view::npos && dot > 0 &&
         host.find_first_of(" \t\n@") == std::string_view::npos;
}

std::string PlaceKey(std::string_view url) {
  const bool bare = url.find(kScheme) == std::string_view::npos && IsAddress(url);
  const core::Result<core::HttpUrl> parsed =
      core::HttpUrl::Parse((bare ? "https://" : "") + std::string(url));
  return parsed ? core::PlaceKey(*parsed) : std::string(url);
}

void PlaceFinder::Set(const std::set<std::string, std::less<>>& places) {
  by_host_.clear();
  for (const std::string& place : places) {
    if (!place.empty() && !core::IsWholeSite(place)) {
      by_host_[std::string(HostOf(place))].insert(place);
    }
  }
}

bool PlaceFinder::Mask(std::string& text) const {
  if (text.find('.') == std::string::npos) {
    return false;  // Most texts give no address.
  }
  bool masked = false;
  for (const auto& [host, places] : by_host_) {
    std::size_t end = 0;
    for (std::size_t at = FindAnyCase(text, host, 0); at != std::string::npos;
         at = FindAnyCase(text, host, end)) {
      end = at + host.size();
      const std::size_t begin = BeginOfAddress(text, at);
      if (begin == std::string::npos) {
        continue;
      }
      const std::string_view rest = std::string_view(text).substr(end);
      std::size_t last = EndOfAddress(text, end);
      const auto given = std::ranges::find_if(places, [&](const std::string& place) {
        const std::string_view path = std::string_view(place).substr(host.size());
        return rest.starts_with(path) && !GoesOn(rest.substr(path.size()));
      });
      if (given != places.end()) {
        last = std::max(last, at + given->size());
      }
      if (given != places.end() ||
          places.contains(PlaceKey(std::string_view(text).substr(begin, last - begin)))) {
        std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin),
                  text.begin() + static_cast<std::ptrdiff_t>(last), '*');
        masked = true;
      }
      end = last;
    }
  }
  return masked;
}

}  // namespace schoolwatch::storage
