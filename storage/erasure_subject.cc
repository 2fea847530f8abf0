#include "storage/erasure_subject.h"

#include <algorithm>
#include <utility>

#include "core/text/fold.h"
#include "storage/keys.h"

namespace schoolwatch::storage {
namespace {

bool Contains(std::string_view text, std::string_view part) {
  return !part.empty() && text.find(part) != std::string_view::npos;
}

}  // namespace

void ErasureSubject::Derive(const std::set<std::string, std::less<>>& shared) {
  for (const core::Finding& finding : findings) {
    const core::Post& post = finding.post;
    finding_ids.insert(finding.id);
    post_keys.insert(core::PostKey(post));
    std::vector<std::string_view> places{post.url};
    if (!names.empty()) {
      places.push_back(post.author_url);
    }
    for (const std::string_view url : places) {
      std::string link = LinkPrefix("", url);
      if (!url.empty() && !shared.contains(link)) {
        urls.emplace(url);
        links.insert(std::move(link));
      }
    }
    if (std::string folded = core::Fold(post.text).text; folded.size() >= kLongText) {
      texts.push_back(std::move(folded));
    }
  }
}

bool ErasureSubject::Leads(std::string_view url) const {
  return !url.empty() && (urls.contains(url) || links.contains(LinkPrefix("", url)));
}

bool ErasureSubject::Quotes(std::string_view text) const {
  if (texts.empty() || text.size() < kLongText) {
    return false;
  }
  const std::string folded = core::Fold(text).text;
  return std::ranges::any_of(texts, [&](const std::string& erased) {
    return Contains(folded, std::string_view(erased).substr(0, kLongText)) ||
           Contains(erased, folded);
  });
}

bool ErasureSubject::MaskName(std::string& text) const {
  bool masked = false;
  for (const NameFinder& name : names) {
    masked = (name.is_distinct() && name.Mask(text)) || masked;
  }
  return masked;
}

}  // namespace schoolwatch::storage
