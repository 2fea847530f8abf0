#include "storage/erasure_needles.h"

#include <algorithm>
#include <utility>

#include "core/text/html_escape.h"

namespace schoolwatch::storage {
namespace {

// Shorter ones stand in anybody's posts.
constexpr std::size_t kShortestText = 24;
constexpr std::size_t kTextPiece = 48;
// As our own pages and mails write it; most others leave it as it is.
constexpr std::string_view kApostrophe = "&#39;";

}  // namespace

std::array<std::string, 3> FormsOf(std::string_view text) {
  std::string ours = core::EscapeHtml(text);
  std::string others = ours;
  for (std::size_t at = 0; (at = others.find(kApostrophe, at)) != std::string::npos; ++at) {
    others.replace(at, kApostrophe.size(), "'");
  }
  return {std::string(text), std::move(others), std::move(ours)};
}

std::vector<Needle> NeedlesOf(const ErasureSubject& subject, const std::set<std::string>& names) {
  std::vector<Needle> needles;
  const auto add = [&needles](std::string_view bytes, std::string_view what,
                              bool is_address = false) {
    for (std::string& form : FormsOf(bytes)) {
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
