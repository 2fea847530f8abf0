#include "storage/erasure_subject.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/text/fold.h"
#include "storage/quote_finder.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kFewLetters = 8;  // Fewer are anybody's words.

bool Contains(std::string_view text, std::string_view part) {
  return !part.empty() && text.find(part) != std::string_view::npos;
}

}  // namespace

void ErasureSubject::Derive(const std::set<std::string, std::less<>>& shared) {
  std::erase_if(urls, [&](const std::string& url) { return shared.contains(PlaceKey(url)); });
  for (const std::string& url : urls) {
    places.insert(PlaceKey(url));
  }
  for (const core::Finding& finding : findings) {
    const core::Post& post = finding.post;
    finding_ids.insert(finding.id);
    post_keys.insert(core::PostKey(post));
    std::vector<std::string_view> given{post.url};
    if (!names.empty()) {
      given.push_back(post.author_url);
    }
    for (const std::string_view url : given) {
      std::string place = PlaceKey(url);
      if (!url.empty() && !shared.contains(place)) {
        urls.emplace(url);
        places.insert(std::move(place));
      }
    }
    if (std::string folded = core::Fold(post.text).text; folded.size() >= kLongText) {
      texts.push_back(std::move(folded));
    }
    const bool author_goes = std::ranges::any_of(
        names, [&post](const NameFinder& name) { return name.Is(post.author); });
    std::string letters = author_goes ? LettersOf(post.text, Reading::kText) : "";
    if (letters.size() >= kFewLetters) {
      const auto own = by_author_.try_emplace(post.author, NameFinder(post.author)).first;
      if (!post.id.empty()) {
        own->second.posts.insert(post.id);
      }
      own->second.words.insert(std::move(letters));
    }
  }
  finder_.Set(places);
}

bool ErasureSubject::Leads(std::string_view url) const {
  return !url.empty() && (urls.contains(url) || places.contains(PlaceKey(url)));
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

bool ErasureSubject::QuotesInMarkup(std::string_view markup) const {
  constexpr std::size_t kEnough = 32;
  if (findings.empty() || markup.size() < kLongText) {
    return false;
  }
  const std::string letters = LettersOf(markup, Reading::kMarkup);
  return std::ranges::any_of(findings, [&](const core::Finding& finding) {
    const std::string erased = LettersOf(finding.post.text, Reading::kText);
    return erased.size() >= kEnough &&
           Contains(letters, std::string_view(erased).substr(0, kEnough));
  });
}

bool ErasureSubject::MaskName(std::string& text) const {
  bool masked = false;
  for (const NameFinder& name : names) {
    masked = (name.is_distinct() && name.Mask(text)) || masked;
  }
  return masked;
}

bool ErasureSubject::MaskWordsInMarkup(std::string& markup) const {
  constexpr std::string_view kEnds = "<>\"";
  const bool named = std::ranges::any_of(
      names, [&](const NameFinder& name) { return name.is_distinct() && name.IsIn(markup); });
  std::set<std::string, std::less<>> words;
  for (const core::Finding& finding : findings) {
    std::string letters = LettersOf(finding.post.text, Reading::kText);
    if (letters.size() >= (named ? 1U : kFewLetters)) {
      words.insert(std::move(letters));
    }
  }
  if (words.empty()) {
    return false;
  }
  bool masked = false;
  for (std::size_t from = 0; from < markup.size();) {
    const std::size_t end = std::min(markup.find_first_of(kEnds, from), markup.size());
    const std::string_view between = std::string_view(markup).substr(from, end - from);
    const bool is_tag = from > 0 && markup[from - 1] == '<';
    if (!between.empty() && !is_tag && words.contains(LettersOf(between, Reading::kMarkup))) {
      std::fill(markup.begin() + static_cast<std::ptrdiff_t>(from),
                markup.begin() + static_cast<std::ptrdiff_t>(end), '*');
      masked = true;
    }
    from = end + 1;
  }
  return masked;
}

bool ErasureSubject::MaskQuotes(std::span<std::string* const> parts, Reading reading,
                                std::string_view answered) const {
  const auto is_told = [&](const OwnWords& own) {
    return own.posts.contains(answered) ||
           (own.author.is_distinct() && std::ranges::any_of(parts, [&](const std::string* part) {
              return own.author.IsIn(*part);
            }));
  };
  // All are looked at before any is changed: the name may be among the words. Most have none.
  std::vector<std::pair<std::string*, std::set<std::string_view>>> found;
  for (std::string* const part : parts) {
    const std::string letters = part->size() < kFewLetters ? "" : LettersOf(*part, reading);
    std::set<std::string_view> quoted;
    for (const auto& [author, own] : by_author_) {
      std::set<std::string_view> theirs;
      std::ranges::copy_if(own.words, std::inserter(theirs, theirs.end()),
                           [&](const std::string& words) { return Contains(letters, words); });
      if (!theirs.empty() && is_told(own)) {
        quoted.merge(theirs);
      }
    }
    if (!quoted.empty()) {
      found.emplace_back(part, std::move(quoted));
    }
  }
  bool masked = false;
  for (const auto& [part, quoted] : found) {
    const QuoteFinder finder(*part, reading);
    for (const std::string_view words : quoted) {
      masked = finder.Mask(words, *part) || masked;
    }
  }
  return masked;
}

}  // namespace schoolwatch::storage
