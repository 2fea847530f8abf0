#include "storage/erasure_needles.h"

#include <algorithm>
#include <array>
#include <utility>

namespace schoolwatch::storage {
namespace {

// Shorter ones stand in anybody's posts.
constexpr std::size_t kShortestText = 24;
constexpr std::size_t kTextPiece = 48;

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::vector<Needle> NeedlesOf(const ErasureSubject& subject, const std::set<std::string>& names) {
  std::vector<Needle> needles;
  const auto add = [&needles](std::string_view bytes, std::string_view what,
                              bool is_address = false) {
    // As text has it, and as HTML has it.
    for (std::string& form : std::array{std::string(bytes), EscapeHtml(bytes)}) {
      const bool known = std::ranges::find(needles, form, &Needle::bytes) != needles.end();
      if (!form.empty() && !known) {
        needles.push_back({std::move(form), std::string(what), is_address});
      }
    }
  };
  for (const std::string& name : names) {
    add(name, kNameNeedle);
  }
  for (const std::string& url : subject.urls) {
    add(url, "an address", true);
  }
  for (const core::Finding& finding : subject.findings) {
    add(finding.id, "a post's number");
    const std::string_view text = finding.post.text;
    if (text.size() >= kShortestText) {
      add(text.substr(0, kTextPiece), "a text");
      add(text.substr(text.size() - std::min(kTextPiece, text.size())), "a text");
    }
  }
  return needles;
}

}  // namespace schoolwatch::storage
