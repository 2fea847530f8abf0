#include "app/pipeline/stream_message.h"

#include <utility>

#include "app/pipeline/evidence.h"
#include "core/fingerprint.h"
#include "crawler/readers/reader.h"

namespace schoolwatch::app {
namespace {

// What is stored of a post that says nothing of a school any more is decided where it is stored: so
// it goes on to there if it is known.
void JudgePost(core::Post post, core::Timestamp received, const ReadingContext& context,
               JudgedDocument& to) {
  post.source = context.source->name;
  post.platform = context.source->platform;
  post.page_of = context.source->page_of;
  JudgedPost one;
  one.key = core::PostKey(post);
  one.text_hash = core::PostTextHash(post);
  ++to.posts_read;
  if (context.seen->IsErased(post, one.key, received)) {
    return;
  }
  const auto seen = context.seen->FindSeen(one.key);
  const bool known = seen && seen->has_value();
  if (known && (*seen)->Knows(one.text_hash)) {
    return;
  }
  one.judgement = context.judge->Evaluate(post);
  if (!one.judgement.mentions && !known) {
    return;
  }
  to.mentions += one.judgement.mentions ? 1 : 0;
  if (!one.judgement.categories.empty()) {
    one.fingerprint = core::FingerprintOf(post);
  }
  if (post.published && (!to.newest_post || *post.published > *to.newest_post)) {
    to.newest_post = post.published;
  }
  one.post = std::move(post);
  to.posts.push_back(std::move(one));
}

}  // namespace

JudgedMessage JudgeMessage(std::string_view body, const core::HttpUrl& from,
                           const std::string& address, core::Timestamp received,
                           const ReadingContext& context) {
  JudgedMessage judged{.document = {.fetched = {.request = {.source = context.source->name,
                                                            .url = from,
                                                            .kind = crawler::FetchKind::kFeed,
                                                            .depth = 0,
                                                            .thread = {}},
                                                .final_url = from,
                                                .redirects = {},
                                                .response = {},
                                                .fetched_at = received,
                                                .url_state = {},
                                                .host_state = {}}},
                       .gone = {},
                       .error = std::nullopt};
  crawler::FetchedDocument& fetched = judged.document.fetched;
  fetched.response.status = 200;
  fetched.response.remote_address = address;
  const crawler::RawDocument raw{.url = from, .content_type = "application/json", .body = body};
  core::Result<crawler::Document> document = crawler::ReadDocument(
      raw, {.reader = "json", .recipe = context.recipe, .reference_time = received});
  if (!document) {
    judged.unreadable = true;
    return judged;
  }
  judged.error = std::move(document->answer_error);
  judged.gone = std::move(document->gone);
  for (core::Post& post : document->posts) {
    JudgePost(std::move(post), received, context, judged.document);
  }
  KeepEvidence(fetched, raw, document->kind, context.time_zone, judged.document.posts);
  return judged;
}

}  // namespace schoolwatch::app
