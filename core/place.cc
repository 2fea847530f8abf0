#include "core/place.h"

#include "core/result.h"

namespace schoolwatch::core {
namespace {

constexpr std::string_view kScheme = "://";
constexpr std::string_view kWww = "www.";

std::string KeyOfPage(const HttpUrl& url) {
  std::string key = CanonicalKey(url);
  key.erase(0, key.find(kScheme) + kScheme.size());
  if (key.ends_with('/') && key.find('?') == std::string::npos) {
    key.pop_back();
  }
  if (key.starts_with(kWww)) {
    key.erase(0, kWww.size());
  }
  return key;
}

}  // namespace

std::string PlaceKey(const HttpUrl& url) {
  std::string place = KeyOfPage(url);
  if (!url.fragment().empty()) {
    place += '#';
    place += url.fragment();
  }
  return place;
}

std::string PageKey(std::string_view url) {
  const Result<HttpUrl> parsed = HttpUrl::Parse(url);
  return parsed ? KeyOfPage(*parsed) : "";
}

bool IsWholeSite(std::string_view place) {
  return place.find_first_of("/?#") == std::string_view::npos;
}

std::string OwnLink(const Post& post) {
  const Result<HttpUrl> url = HttpUrl::Parse(post.url);
  if (!url) {
    return {};
  }
  std::string link = PlaceKey(*url);
  if (!url->fragment().empty()) {
    return link;
  }
  const bool answers = post.kind != PostKind::kEntry && post.kind != PostKind::kArticle;
  const bool shared = IsWholeSite(link) ||
                      (answers && (post.thread_url.empty() || link == PageKey(post.thread_url)));
  return shared ? std::string() : link;
}

}  // namespace schoolwatch::core
