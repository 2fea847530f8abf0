#include "core/post.h"

#include <array>
#include <utility>

#include "core/hash.h"
#include "core/place.h"

namespace schoolwatch::core {
namespace {

constexpr std::array<std::pair<PostKind, std::string_view>, 5> kKinds{{
    {PostKind::kEntry, "entry"},
    {PostKind::kArticle, "article"},
    {PostKind::kThreadPost, "thread_post"},
    {PostKind::kComment, "comment"},
    {PostKind::kReview, "review"},
}};

// The host of an address, without looking further: ids are unique inside a platform only.
std::string_view HostOf(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return {};
  }
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

}  // namespace

std::string_view PostKindName(PostKind kind) {
  for (const auto& [value, name] : kKinds) {
    if (value == kind) {
      return name;
    }
  }
  return "entry";
}

Result<PostKind> ParsePostKind(std::string_view name) {
  for (const auto& [value, known] : kKinds) {
    if (known == name) {
      return value;
    }
  }
  return Fail(ErrorKind::kBadInput, "'" + std::string(name) + "' is not a kind of post");
}

std::string_view VisibilityName(Visibility visibility) {
  switch (visibility) {
    case Visibility::kPublic:
      return "public";
    case Visibility::kReported:
      return "reported";
    case Visibility::kReportedPrivate:
      return "reported, private";
  }
  return "public";
}

bool HasIdOfPage(const Post& post) {
  constexpr std::size_t kMostDigits = 4;
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
  const bool answers = post.kind != PostKind::kEntry && post.kind != PostKind::kArticle;
  const std::size_t number = post.id.find_first_not_of(kLetters);
  return answers && number != std::string::npos && number > 0 &&
         post.id.size() - number <= kMostDigits &&
         post.id.find_first_not_of("0123456789", number) == std::string::npos;
}

std::string PostKey(const Post& post) {
  if (!post.id.empty()) {
    const std::string_view host = HostOf(post.url.empty() ? post.thread_url : post.url);
    // An id that is an address is unique by itself: the same post through two feeds, or as a feed's
    // entry and as the page behind it, is one post.
    if (post.id.find("://") != std::string::npos) {
      return ShortHash("url\n" + post.id);
    }
    const std::string where(host.empty() ? post.source : host);
    if (HasIdOfPage(post)) {
      std::string page = PageKey(post.thread_url.empty() ? post.url : post.thread_url);
      if (page.empty()) {
        page = post.thread_url;
      }
      return ShortHash("id\n" + where + "\n" + page + "\n" + post.id);
    }
    return ShortHash("id\n" + where + "\n" + post.id);
  }
  if (!post.url.empty() && post.url != post.thread_url) {
    return ShortHash("url\n" + post.url);
  }
  if (!post.url.empty() && (post.kind == PostKind::kArticle || post.kind == PostKind::kEntry)) {
    return ShortHash("url\n" + post.url);
  }
  return ShortHash("text\n" + post.thread_url + "\n" + post.author + "\n" + post.published_text +
                   "\n" + post.text);
}

std::string PostTextHash(const Post& post) { return ShortHash(post.title + "\n" + post.text); }

}  // namespace schoolwatch::core
