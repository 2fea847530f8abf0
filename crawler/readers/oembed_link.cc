#include "crawler/readers/oembed_link.h"

#include <algorithm>

#include "core/text/fold.h"
#include "crawler/readers/entities.h"
#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Heads with styles and scripts written into them are long.
constexpr std::size_t kMostBytes = 512u << 10;

bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    words = Trim(words);
    const std::size_t end = std::min(words.size(), words.find_first_of(" \t\r\n"));
    if (EqualsIgnoreCase(words.substr(0, end), word)) {
      return true;
    }
    words.remove_prefix(end);
  }
  return false;
}

}  // namespace

std::optional<core::HttpUrl> FindOEmbedLink(std::string_view html, const core::HttpUrl& page) {
  // Names and addresses are ASCII whatever the page's encoding; what is not stays out of them.
  const std::string head = core::RepairUtf8(html.substr(0, kMostBytes));
  HtmlTokenizer tokens(head);
  HtmlToken token;
  while (tokens.Next(token)) {
    if (token.kind != HtmlToken::Kind::kStart || !EqualsIgnoreCase(token.name, "link")) {
      continue;
    }
    const std::string_view* const rel = token.Find("rel");
    const std::string_view* const type = token.Find("type");
    const std::string_view* const href = token.Find("href");
    if (rel == nullptr || type == nullptr || href == nullptr || !HasWord(*rel, "alternate") ||
        !EqualsIgnoreCase(Trim(*type), "application/json+oembed")) {
      continue;
    }
    if (auto url = core::HttpUrl::Parse(DecodeEntities(*href, EntityContext::kAttribute), page)) {
      return *std::move(url);
    }
  }
  return std::nullopt;
}

}  // namespace schoolwatch::crawler
