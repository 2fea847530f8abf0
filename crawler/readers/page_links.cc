#include "crawler/readers/page_links.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include "crawler/readers/hints.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// "2" on a first page, "4" on a page whose address says 3.
bool IsNextNumber(std::string_view text, std::string_view target,
                  const std::optional<core::HttpUrl>& base) {
  static constexpr PartList kPages(std::to_array<std::string_view>(
      {"page", "pg=", "p=", "seite", "start=", "offset=", "from=", "st="}));
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || text.size() > 4 || error != std::errc() || end != text.data() + text.size() ||
      !base || !kPages.IsIn(target)) {
    return false;
  }
  // Where this page is by its own address; offsets do not say.
  const std::string here = ToAsciiLower(base->target());
  int own = 1;
  for (const std::string_view mark : {"page=", "/page/", "/page-", "/page", "pg=", "seite="}) {
    const std::size_t at = here.find(mark);
    if (at != std::string::npos) {
      const char* const digits = here.data() + at + mark.size();
      if (std::from_chars(digits, here.data() + here.size(), own).ec == std::errc()) {
        break;
      }
    }
  }
  return number == own + 1;
}

bool IsNextWord(std::string_view text) {
  for (const std::string_view arrow : {">", ">>", "»", "›", "→", "❯", "▶"}) {
    if (Trim(text) == arrow) {
      return true;
    }
  }
  std::string lower = ToAsciiLower(Trim(text));
  while (!lower.empty() && !IsAsciiAlpha(lower.back()) &&
         static_cast<unsigned char>(lower.back()) < 0x80) {
    lower.pop_back();
  }
  lower = Trim(lower);
  constexpr std::array<std::string_view, 14> kWords = {
      "next", "next page",      "older posts", "older",  "older entries", "next »",  "»",
      "›",    "older comments", "nächste",     "weiter", "page suivante", "suivant", "siguiente"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return lower == word; });
}

bool HasRel(std::string_view rel, std::string_view wanted) {
  const std::string lower = " " + ToAsciiLower(rel) + " ";
  return lower.find(" " + std::string(wanted) + " ") != std::string::npos;
}

bool IsFile(std::string_view path) {
  constexpr std::array<std::string_view, 22> kEnds = {
      ".jpg", ".jpeg", ".png",  ".gif", ".webp", ".svg", ".ico", ".css", ".js",  ".pdf", ".zip",
      ".mp3", ".mp4",  ".docx", ".doc", ".xlsx", ".xls", ".ppt", ".avi", ".mov", ".exe", ".pptx"};
  const std::string lower = ToAsciiLower(path);
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [&](std::string_view end) { return lower.ends_with(end); });
}

// Addresses that hold nothing to read: forms, sign-in, single actions.
bool IsNoise(std::string_view target, std::string_view rel) {
  static constexpr PartList kParts(std::to_array<std::string_view>(
      {"login",      "logout",        "signin",       "sign-in",     "register",
       "signup",     "replyto",       "newreply",     "mode=post",   "xmlrpc.php",
       "do=newpost", "/share",        "sharer",       "print=",      "/print/",
       "wp-login",   "lost-password", "lostpassword", "action=edit", "action=reply",
       "/report",    "sendtofriend",  "mailto:",      "/cart",       "privacy"}));
  return kParts.IsIn(target) || HasRel(rel, "nofollow") || HasRel(rel, "ugc") ||
         HasRel(rel, "sponsored");
}

bool LooksLikeThread(std::string_view target) {
  static constexpr PartList kParts(std::to_array<std::string_view>(
      {"viewtopic", "showthread", "/threads/", "/thread/", "/topic/", "/topics/", "/t/", "/talk/",
       "/discussion/", "/comments/", "topic=", "/viewthread", "/forum/topic", "/question/",
       "/questions/"}));
  return kParts.IsIn(target);
}

// A date or a long hyphenated name in the path.
bool LooksLikeArticle(const core::HttpUrl& url, std::string_view text) {
  const std::string_view path = url.path();
  std::size_t hyphens = 0;
  const std::size_t last = path.find_last_not_of('/');
  const std::size_t segment = last == std::string_view::npos ? 0 : path.rfind('/', last);
  if (segment != std::string_view::npos) {
    hyphens = static_cast<std::size_t>(
        std::count(path.begin() + static_cast<std::ptrdiff_t>(segment), path.end(), '-'));
  }
  bool dated = false;
  for (std::size_t i = 0; i + 8 < path.size(); ++i) {
    dated = dated || (path[i] == '/' && IsAsciiDigit(path[i + 1]) && IsAsciiDigit(path[i + 2]) &&
                      IsAsciiDigit(path[i + 3]) && IsAsciiDigit(path[i + 4]) &&
                      path[i + 5] == '/' && IsAsciiDigit(path[i + 6]));
  }
  return dated || (hyphens >= 2 && CountWords(text) >= 3) || CountWords(text) >= 6;
}

LinkKind KindOf(const RawLink& raw, const core::HttpUrl& url,
                const std::optional<core::HttpUrl>& base) {
  const std::string target = ToAsciiLower(url.target());
  const bool same_site = base && (base->host() == url.host() ||
                                  core::RegistrableDomain(*base) == core::RegistrableDomain(url));
  const bool feed_type = raw.type.find("rss") != std::string::npos ||
                         raw.type.find("atom") != std::string::npos ||
                         raw.type.find("feed+json") != std::string::npos;
  if (!raw.is_anchor || feed_type) {
    if (HasRel(raw.rel, "alternate") && feed_type) {
      const bool comments =
          ContainsIgnoreCase(raw.text, "comment") || target.find("comment") != std::string::npos;
      return comments ? LinkKind::kCommentFeed : LinkKind::kFeed;
    }
    return HasRel(raw.rel, "next") ? LinkKind::kNextPage : LinkKind::kOther;
  }
  if (same_site && (HasRel(raw.rel, "next") || IsNextWord(raw.text) ||
                    IsNextNumber(Trim(raw.text), target, base))) {
    return LinkKind::kNextPage;
  }
  if (IsNoise(target, raw.rel) || IsPersonLink(target)) {
    return LinkKind::kNoise;
  }
  if (target.ends_with("/feed/") || target.ends_with("/feed") || target.ends_with(".rss") ||
      target.ends_with("/rss") || target.ends_with("rss.xml") || target.ends_with("atom.xml")) {
    return target.find("comment") != std::string::npos ? LinkKind::kCommentFeed : LinkKind::kFeed;
  }
  if (!same_site) {
    return LinkKind::kOther;
  }
  if (LooksLikeThread(target)) {
    return LinkKind::kThread;
  }
  return LooksLikeArticle(url, raw.text) ? LinkKind::kArticle : LinkKind::kOther;
}

// Of two links to one address the more telling kind and the longer words stay.
int Rank(LinkKind kind) {
  switch (kind) {
    case LinkKind::kNextPage:
      return 5;
    case LinkKind::kCommentFeed:
      return 4;
    case LinkKind::kFeed:
      return 3;
    case LinkKind::kThread:
      return 2;
    case LinkKind::kArticle:
      return 1;
    case LinkKind::kOther:
      return 0;
    case LinkKind::kNoise:
      return -1;
  }
  return 0;
}

std::string_view WithoutFragment(std::string_view href) { return href.substr(0, href.find('#')); }

}  // namespace

std::vector<Link> ClassifyLinks(const std::vector<RawLink>& raw,
                                const std::optional<core::HttpUrl>& base) {
  std::vector<Link> links;
  std::unordered_map<std::string, std::size_t> known;
  for (const RawLink& one : raw) {
    if (one.href.empty() || one.href[0] == '#' || StartsWithIgnoreCase(one.href, "javascript:")) {
      continue;
    }
    const auto url = base ? core::HttpUrl::Parse(one.href, *base) : core::HttpUrl::Parse(one.href);
    if (!url.has_value() || IsFile(url->path())) {
      continue;
    }
    const std::string address(WithoutFragment(url->href()));
    if (base && address == WithoutFragment(base->href())) {
      continue;
    }
    const LinkKind kind = KindOf(one, *url, base);
    if (!one.is_anchor && kind == LinkKind::kOther) {
      continue;  // Style sheets, icons and the like.
    }
    const auto [found, added] = known.try_emplace(address, links.size());
    if (added) {
      links.push_back({address, one.text, kind});
      continue;
    }
    Link& link = links[found->second];
    if (Rank(kind) > Rank(link.kind)) {
      link.kind = kind;
    }
    if (one.text.size() > link.text.size()) {
      link.text = one.text;
    }
  }
  return links;
}

}  // namespace schoolwatch::crawler
