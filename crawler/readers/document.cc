#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

std::string_view DocumentKindName(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kFeed:
      return "feed";
    case DocumentKind::kJson:
      return "json";
    case DocumentKind::kThread:
      return "thread";
    case DocumentKind::kArticle:
      return "article";
    case DocumentKind::kListing:
      return "listing";
    case DocumentKind::kPage:
      return "page";
  }
  return "page";
}

std::string_view LinkKindName(LinkKind kind) {
  switch (kind) {
    case LinkKind::kNextPage:
      return "next_page";
    case LinkKind::kThread:
      return "thread";
    case LinkKind::kArticle:
      return "article";
    case LinkKind::kCommentFeed:
      return "comment_feed";
    case LinkKind::kFeed:
      return "feed";
    case LinkKind::kOther:
      return "other";
    case LinkKind::kNoise:
      return "noise";
  }
  return "other";
}

std::string_view AnswerMeaningName(AnswerMeaning meaning) {
  switch (meaning) {
    case AnswerMeaning::kDeadCredential:
      return "dead_credential";
    case AnswerMeaning::kNoPermission:
      return "no_permission";
    case AnswerMeaning::kSlowDown:
      return "slow_down";
    case AnswerMeaning::kBudgetSpent:
      return "budget_spent";
    case AnswerMeaning::kNothingThere:
      return "nothing_there";
    case AnswerMeaning::kOther:
      break;
  }
  return "other";
}

}  // namespace schoolwatch::crawler
