#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/fetch_state.h"
#include "core/post.h"
#include "core/time.h"
#include "core/url.h"

namespace schoolwatch::crawler {

// Bytes as they came, and what came with them.
struct RawDocument {
  std::optional<core::HttpUrl> url;  // Base of relative links; none: links stay as they are.
  std::string content_type;          // The whole HTTP header field value; may be empty or wrong.
  std::string_view body;
  int status = 0;  // Of HTTP; 0: not known. For recipes that ask for `http:/status`.
};

enum class DocumentKind { kFeed, kJson, kThread, kArticle, kListing, kPage };
// "feed", "json", "thread", "article", "listing", "page".
std::string_view DocumentKindName(DocumentKind kind);

struct FeedInfo {
  std::string title;
  std::string subtitle;
  std::string url;
  std::string id;
  std::string author;
  std::optional<core::Timestamp> updated;
  core::FeedHints hints{};  // But for the gap, which its posts tell.
};

// Where a link seems to lead.
// Noise is what nobody reads: sign-in, forms, single actions, and what the page asks not to follow.
enum class LinkKind { kNextPage, kThread, kArticle, kCommentFeed, kFeed, kOther, kNoise };
std::string_view LinkKindName(LinkKind kind);

struct Link {
  std::string url;  // Absolute http(s).
  std::string text;
  LinkKind kind = LinkKind::kOther;
};

// What an answer that is an error means for whoever asked.
enum class AnswerMeaning {
  kOther,
  kDeadCredential,  // Tell the operator, and stop.
  kNoPermission,    // Tell the operator; this route stops.
  kSlowDown,        // Ask later.
  kBudgetSpent,     // Ask when the budget begins anew.
  kNothingThere,    // Fine: no posts.
};
// "other", "dead_credential", "no_permission", "slow_down", "budget_spent", "nothing_there".
std::string_view AnswerMeaningName(AnswerMeaning meaning);

struct AnswerError {
  AnswerMeaning meaning = AnswerMeaning::kOther;
  std::string words;  // The platform's own, at most 300 bytes.
};

// What was read out of the bytes.
struct Document {
  DocumentKind kind = DocumentKind::kPage;
  std::string encoding;  // The Encoding Standard's name in lower case.
  std::optional<FeedInfo> feed;
  std::string title;
  std::string author;
  std::optional<core::Timestamp> published;
  std::vector<core::Post> posts;
  std::vector<Link> links;
  std::string main_text;
  bool gated_out = false;          // The gate said that nothing here can matter: no tree was built.
  std::vector<std::string> notes;  // What a person should know: "read to the last good entry", …
  std::optional<AnswerError> answer_error{};  // Of a platform's interface; then there are no posts.
  std::vector<std::string> gone{};            // Ids of posts that the platform says are deleted.
};

}  // namespace schoolwatch::crawler
