#include "crawler/readers/signatures.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// A signature with its links' words is no longer than this.
constexpr std::size_t kMaxSignature = 150;
// "wrote", "said on": what stands around a name and a date.
constexpr std::size_t kHeadingWords = 3;

// What is left of "Dana said..." without the name.
bool IsSaid(std::string_view line) {
  constexpr std::array<std::string_view, 8> kVerbs = {"said",    "says", "wrote", "writes",
                                                      "schrieb", "sagt", "a dit", "a écrit"};
  constexpr std::string_view kEllipsis = "…";
  line = Trim(line);
  while (line.ends_with('.') || line.ends_with(':') || line.ends_with(kEllipsis)) {
    line.remove_suffix(line.ends_with(kEllipsis) ? kEllipsis.size() : 1);
    line = Trim(line);
  }
  return std::ranges::any_of(kVerbs,
                             [&](std::string_view verb) { return EqualsIgnoreCase(line, verb); });
}

bool Erase(std::string& line, const std::string& part) {
  const std::size_t at = part.empty() ? std::string::npos : line.find(part);
  if (at == std::string::npos) {
    return false;
  }
  line.erase(at, part.size());
  return true;
}

}  // namespace

void CutHeadLine(core::Post& post) {
  const std::size_t end = post.text.find('\n');
  if (end == std::string::npos) {
    return;
  }
  std::string line = post.text.substr(0, end);
  const bool dated = Erase(line, post.published_text);
  Erase(line, post.author);
  if ((dated && CountWords(line) <= kHeadingWords) || IsSaid(line)) {
    post.text.erase(0, end + 1);
  }
}

void CutSignature(core::Post& post) {
  const std::size_t date = post.text.rfind(post.published_text);
  if (post.published_text.empty() || date == std::string::npos) {
    return;
  }
  const std::size_t name = post.author.empty() ? date : post.text.rfind(post.author, date);
  const std::size_t cut = name == std::string::npos || date - name > kMaxSignature ? date : name;
  std::string_view own = Trim(std::string_view(post.text).substr(0, cut));
  while (own.ends_with('-') || own.ends_with("\u2014") || own.ends_with("\u2013")) {
    own.remove_suffix(own.ends_with('-') ? 1 : std::string_view("\u2014").size());
    own = Trim(own);
  }
  post.text = std::string(own);
}

}  // namespace schoolwatch::crawler
