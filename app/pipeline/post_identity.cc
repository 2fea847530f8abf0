#include "app/pipeline/post_identity.h"

#include <algorithm>
#include <chrono>

#include "core/place.h"
#include "core/text/fold.h"
#include "core/url.h"

namespace schoolwatch::app {
namespace {

// "I agree" is said by one person under many things.
constexpr std::uint32_t kLeastWords = 4;

// Feeds and pages of one place give times in different zones.
constexpr std::chrono::days kSameDay{1};

std::string_view WithoutWww(std::string_view host) {
  return host.starts_with("www.") ? host.substr(4) : host;
}

bool IsAnswer(core::PostKind kind) {
  return kind == core::PostKind::kComment || kind == core::PostKind::kThreadPost ||
         kind == core::PostKind::kReview;
}

}  // namespace

PostIdentity IdentityOf(const core::Post& post, const core::Fingerprint& fingerprint) {
  PostIdentity identity{.key = core::PostKey(post),
                        .id = post.id,
                        .has_id_of_page = core::HasIdOfPage(post),
                        .link = core::OwnLink(post),
                        .host = {},
                        .author = core::Fold(post.author).text,
                        .text = fingerprint.exact,
                        .words = fingerprint.words,
                        .answers = IsAnswer(post.kind),
                        .published = post.published};
  if (const auto url = core::HttpUrl::Parse(post.url.empty() ? post.thread_url : post.url)) {
    identity.host = WithoutWww(url->host());
  }
  return identity;
}

bool IsSamePost(const PostIdentity& a, const PostIdentity& b) {
  if (a.key == b.key || (!a.link.empty() && a.link == b.link)) {
    return true;
  }
  if (a.host != b.host && !a.host.empty() && !b.host.empty()) {
    return false;
  }
  if (!a.host.empty() && a.host == b.host && !a.id.empty() && a.id == b.id) {
    // Under two addresses of one thread an id of the page's own is the post's if its words are.
    const bool same_words = !a.author.empty() && a.author == b.author && a.text == b.text;
    if (!a.has_id_of_page || same_words) {
      return true;
    }
  }
  // Two answers that the place itself tells apart.
  const auto differ = [](const std::string& one, const std::string& other) {
    return !one.empty() && !other.empty() && one != other;
  };
  if (a.answers && b.answers && (differ(a.link, b.link) || differ(a.id, b.id))) {
    return false;
  }
  if (a.published && b.published &&
      std::chrono::abs(*a.published - *b.published) > std::chrono::milliseconds(kSameDay)) {
    return false;
  }
  return !a.author.empty() && a.author == b.author && a.words >= kLeastWords && a.text == b.text;
}

std::vector<std::string> KeysOfId(std::string_view id, std::string_view source,
                                  std::span<const std::string> hosts) {
  core::Post post;
  post.id = id;
  post.source = source;
  std::vector<std::string> keys{core::PostKey(post)};
  for (const std::string& host : hosts) {
    post.url = "https://" + host + "/";
    std::string key = core::PostKey(post);
    if (std::ranges::find(keys, key) == keys.end()) {
      keys.push_back(std::move(key));
    }
  }
  return keys;
}

}  // namespace schoolwatch::app
