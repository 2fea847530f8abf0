#include "crawler/readers/places.h"

namespace schoolwatch::crawler {
namespace {

std::string ThreadUrl(const core::Post& post, const core::HttpUrl& url, const KnownThread& thread,
                      DocumentKind kind) {
  // Reviews of one listing are separate stories, though they stand on one page.
  if (post.kind == core::PostKind::kReview) {
    return {};
  }
  if (kind == DocumentKind::kFeed || kind == DocumentKind::kJson) {
    return WithoutFragment(post.url);
  }
  return thread.url.empty() ? WithoutFragment(url.href()) : thread.url;
}

}  // namespace

std::string WithoutFragment(std::string_view url) {
  return std::string(url.substr(0, url.find('#')));
}

bool IsConversation(const Document& document, const KnownThread& thread) {
  return document.kind == DocumentKind::kThread || document.kind == DocumentKind::kArticle ||
         !thread.url.empty();
}

void PlacePosts(const core::HttpUrl& url, const KnownThread& thread, Document& document) {
  const bool conversation = IsConversation(document, thread);
  for (core::Post& post : document.posts) {
    post.thread_url = ThreadUrl(post, url, thread, document.kind);
    if (post.thread_title.empty() && conversation) {
      // A link's words are the title alone; a page's own title has the site and "Page 2" added.
      post.thread_title = thread.title.empty() ? document.title : thread.title;
    }
    const bool answers = post.kind == core::PostKind::kThreadPost ||
                         post.kind == core::PostKind::kComment ||
                         post.kind == core::PostKind::kReview;
    if (answers && post.title == document.title) {
      post.title.clear();
    }
  }
}

}  // namespace schoolwatch::crawler
