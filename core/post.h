#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace schoolwatch::core {

enum class PostKind { kEntry, kArticle, kThreadPost, kComment, kReview };

// "entry", "article", "thread_post", "comment", "review".
std::string_view PostKindName(PostKind kind);
// kBadInput for any other word.
Result<PostKind> ParsePostKind(std::string_view name);

// Whose eyes a post was meant for, and how we came to it.
enum class Visibility {
  kPublic,           // Read where everybody may.
  kReported,         // Somebody sent it to us; everybody may look at it where it stands.
  kReportedPrivate,  // …and it was not meant for all: quoted to the DSL and the headteacher alone.
};
// "public", "reported", "reported, private".
std::string_view VisibilityName(Visibility visibility);

// The unit of everything: one person's words at one time in one place. All strings are UTF-8. What
// the page did not say is empty. `inspect read` prints these fields (docs/reference.md).
struct Post {
  PostKind kind = PostKind::kEntry;
  std::string id;       // The platform's own, or the feed's guid.
  std::string url;      // Permalink, absolute.
  std::string title;    // Headline, thread title or review title; plain text.
  std::string text;     // The author's own words; plain, blocks as newlines.
  std::string quoted;   // What the post quotes of others, kept apart.
  std::string summary;  // A feed's separate summary, where there is one beside the content.
  std::string author;   // As shown publicly.
  std::string author_url;
  std::optional<Timestamp> published;
  std::string published_text;  // The date as the page shows it.
  std::optional<Timestamp> updated;
  std::string parent;    // Id or permalink of what it answers.
  std::string language;  // BCP 47, where said.

  // Where it stood; set by the pipeline from the source and the page, not by `inspect read`.
  std::string platform;      // "forum", "news_comment", "mastodon", …
  std::string page_of;       // Key of the school on whose own page or listing it stands.
  std::string source;        // Name in sources.yaml.
  std::string thread_url;    // The thread's or article's address: posts of one thread share it.
  std::string thread_title;  // For a comment or reply: the title of what it stands under.
  std::vector<std::string> thread_schools;  // Keys of schools that an earlier post of it named.
  Visibility visibility = Visibility::kPublic;

  bool operator==(const Post&) const = default;
};

// Whether an answer's id may be its page's alone, as "comment-1" or "post_2" are where answers are
// counted anew on each page: letters and at most four digits. What counts all of a site's soon has
// more.
bool HasIdOfPage(const Post& post);

// The key under which a post is remembered, stable between looks: the platform's id under its host
// (or platform) where there is one, with its thread where that is HasIdOfPage; else its permalink,
// else where it stands with author and text.
std::string PostKey(const Post& post);

// A hash of what a reader would call the post's content (title and text): a change is an edit.
std::string PostTextHash(const Post& post);

}  // namespace schoolwatch::core
