#include "app/pipeline/judged_document.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "app/pipeline/evidence.h"
#include "app/pipeline/post_identity.h"
#include "core/fingerprint.h"
#include "core/place.h"
#include "core/url.h"
#include "crawler/readers/feed.h"
#include "crawler/readers/places.h"
#include "crawler/readers/text_trace.h"
#include "crawler/site_walk.h"
#include "crawler/sitemap.h"

namespace schoolwatch::app {
namespace {

using crawler::FetchKind;

// Well before the shortest period for which marks of seen posts are kept (config: 90 days).
constexpr std::chrono::days kRenewMarks{30};

void AddTo(std::vector<std::string>& names, const std::vector<core::SchoolScore>& schools) {
  for (const core::SchoolScore& school : schools) {
    if (std::ranges::find(names, school.school) == names.end()) {
      names.push_back(school.school);
    }
  }
}

bool IsSitemap(FetchKind kind) {
  return kind == FetchKind::kSitemap || kind == FetchKind::kSitemapPart;
}

// Notes what to ask for next, and when this page itself should be asked again.
void Plan(crawler::Followed followed, crawler::Change change, const ReadingContext& context,
          JudgedDocument& judged) {
  crawler::FetchedDocument& fetched = judged.fetched;
  if (fetched.request.depth == 0 && context.follow.which == crawler::FollowPolicy::Which::kSite) {
    crawler::AddSitemaps(fetched, context.follow, followed);
  }
  judged.out_of_scope = followed.out_of_scope;
  judged.changed = change == crawler::Change::kSome;
  judged.follow = std::move(followed.requests);
  // A source's own address has its schedule, and so have a platform's routes.
  if (fetched.request.depth == 0 || fetched.request.call != nullptr) {
    return;
  }
  const bool covered = context.follow.which == crawler::FollowPolicy::Which::kSite &&
                       crawler::HasOwnFeed(fetched.final_url, judged.follow, *context.memory);
  crawler::PlanPage(context.revisit, change,
                    covered ? crawler::Covered::kByFeed : crawler::Covered::kNo, fetched.fetched_at,
                    fetched.url_state);
  if (followed.more) {
    // Read anew the next time, changed or not: there is more in it than one look may ask for.
    fetched.url_state.etag.clear();
    fetched.url_state.last_modified.clear();
    fetched.url_state.body_hash.clear();
  }
}

void PlanUnchanged(const ReadingContext& context, JudgedDocument& judged) {
  crawler::Followed followed;
  for (const std::string& text : judged.fetched.url_state.follow) {
    if (auto request = crawler::DecodeFollow(text, judged.fetched.request)) {
      followed.requests.push_back(std::move(*request));
    }
  }
  Plan(std::move(followed), crawler::Change::kNone, context, judged);
}

void RememberFollow(JudgedDocument& judged) {
  std::vector<std::string>& follow = judged.fetched.url_state.follow;
  follow.clear();
  for (const crawler::CrawlRequest& request : judged.follow) {
    follow.push_back(crawler::EncodeFollow(request));
  }
}

// Whether the words are others than at the last look, and notes them.
crawler::Change NoteText(std::string hash, core::UrlState& state) {
  const bool same = hash == state.text_hash;
  state.text_hash = std::move(hash);
  return same ? crawler::Change::kNone : crawler::Change::kSome;
}

// A sitemap holds no posts, only addresses.
void ReadSitemapDocument(const ReadingContext& context, JudgedDocument& judged) {
  crawler::FetchedDocument& fetched = judged.fetched;
  core::Result<crawler::Sitemap> sitemap = crawler::ReadSitemap(fetched.response.body);
  if (!sitemap) {
    judged.read_error = std::move(sitemap).error();
    return Plan({}, crawler::Change::kNone, context, judged);
  }
  if (!sitemap->note.empty()) {
    judged.notes.push_back(sitemap->note);
  }
  if (sitemap->is_index && fetched.request.kind == FetchKind::kSitemapPart) {
    judged.notes.emplace_back("an index of sitemaps inside another one is not followed");
  }
  crawler::TextTrace trace(nullptr);
  for (const crawler::SitemapEntry& entry : sitemap->entries) {
    trace.Add(entry.url);
  }
  const crawler::Change change = NoteText(trace.hash(), fetched.url_state);
  Plan(crawler::FollowSitemap(*sitemap, fetched, context.follow, *context.memory), change, context,
       judged);
  RememberFollow(judged);
}

// Whether posts that findings are about stand on this page.
bool IsWatched(const crawler::FetchedDocument& fetched, const WatchList* watch) {
  return watch != nullptr && (watch->Watches(core::PageKey(fetched.request.url.href())) ||
                              watch->Watches(core::PageKey(fetched.final_url.href())));
}

// A page that may be taken for all that there is of its thread.
bool IsWhole(const crawler::Document& document, const crawler::FetchedDocument& fetched) {
  const bool discussion = document.kind == crawler::DocumentKind::kThread ||
                          document.kind == crawler::DocumentKind::kArticle;
  return discussion && !fetched.response.truncated &&
         std::ranges::none_of(document.links, [](const crawler::Link& link) {
           return link.kind == crawler::LinkKind::kNextPage;
         });
}

// A post is judged with its thread's title, so the gate is asked about both together.
class TitledGate final : public core::TextGate {
 public:
  TitledGate(const core::TextGate& gate, std::string_view title) : gate_(gate), title_(title) {}
  bool MayMention(std::string_view text) const override {
    return title_.empty() ? gate_.MayMention(text)
                          : gate_.MayMention(std::string(title_) + "\n" + std::string(text));
  }

 private:
  const core::TextGate& gate_;
  std::string_view title_;
};

core::Error ErrorOf(const crawler::AnswerError& error) {
  using Meaning = crawler::AnswerMeaning;
  core::ErrorKind kind = core::ErrorKind::kBadInput;
  switch (error.meaning) {
    case Meaning::kDeadCredential:
    case Meaning::kNoPermission:
      kind = core::ErrorKind::kForbidden;
      break;
    case Meaning::kSlowDown:
    case Meaning::kBudgetSpent:
      kind = core::ErrorKind::kThrottled;
      break;
    case Meaning::kOther:
    case Meaning::kNothingThere:
      break;
  }
  return {kind, error.words.empty() ? "the platform answered with an error" : error.words};
}

std::vector<std::string> HostsOf(const crawler::Document& document,
                                 const crawler::FetchedDocument& fetched) {
  std::vector<std::string> hosts{std::string(fetched.final_url.host())};
  for (const core::Post& post : document.posts) {
    const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(post.url);
    if (url && std::ranges::find(hosts, url->host()) == hosts.end()) {
      hosts.emplace_back(url->host());
    }
  }
  return hosts;
}

// What the answer of a platform's interface is beyond its posts.
void NoteAnswer(const crawler::Document& document, std::string_view body,
                const ReadingContext& context, JudgedDocument& judged) {
  const crawler::FetchedDocument& fetched = judged.fetched;
  if (!document.gone.empty()) {
    const std::vector<std::string> hosts = HostsOf(document, fetched);
    for (const std::string& id : document.gone) {
      for (std::string& key : KeysOfId(id, context.source->name, hosts)) {
        judged.gone.push_back(std::move(key));
      }
    }
  }
  if (IsLook(fetched.request)) {
    judged.steps.emplace();  // Nothing follows from it.
    return;
  }
  if (context.plan == nullptr) {
    return;
  }
  const bool any_new = std::ranges::any_of(document.posts, [&](const core::Post& post) {
    const auto seen = context.seen->FindSeen(core::PostKey(post));
    return !seen || !seen->has_value() || !(*seen)->Knows(core::PostTextHash(post));
  });
  judged.steps = crawler::FollowAnswer(
      *context.plan, {.request = &fetched.request,
                      .body = body,
                      .link_header = net::FindHeader(fetched.response.headers, "link"),
                      .posts = document.posts,
                      .any_new = any_new,
                      .gate = &context.judge->schools()});
  judged.notes.insert(judged.notes.end(), judged.steps->notes.begin(), judged.steps->notes.end());
}

}  // namespace

core::Result<crawler::Document> ReadAnswer(const crawler::RawDocument& raw,
                                           const crawler::ApiCall& call,
                                           const crawler::EngineSet* engines,
                                           core::Timestamp fetched_at) {
  // Not `? :`, which would make a string that is gone before it is read.
  constexpr std::string_view kUsual = "json";
  crawler::ReadOptions options{.reader = call.route == nullptr ? kUsual : call.route->reader,
                               .recipe = call.recipe,
                               .request = &call.values,
                               .engines = engines,
                               .gate = nullptr,
                               .reference_time = fetched_at};
  core::Result<crawler::Document> document = crawler::ReadDocument(raw, options);
  if (document && call.looks.empty() && document->answer_error &&
      document->answer_error->meaning == crawler::AnswerMeaning::kNothingThere) {
    document->answer_error.reset();
  }
  return document;
}

JudgedDocument ReadAndJudge(crawler::FetchedDocument document_in, const ReadingContext& context) {
  JudgedDocument judged{.fetched = std::move(document_in)};
  crawler::FetchedDocument& fetched = judged.fetched;
  if (fetched.unchanged) {
    PlanUnchanged(context, judged);
    return judged;
  }
  // Some sites name their feed as their sitemap.
  if (IsSitemap(fetched.request.kind) && !crawler::LooksLikeXmlFeed(fetched.response.body)) {
    ReadSitemapDocument(context, judged);
    fetched.response.body.clear();
    fetched.response.body.shrink_to_fit();
    return judged;
  }

  const config::Source& source = *context.source;
  // What stands on a school's own page, or in a thread that named it, is about it whatever the
  // words. A source's own feed is always read: its dates tell whether the source is alive.
  const bool own_feed = fetched.request.depth == 0 && source.reader != "html";
  const matchers::SchoolIndex& schools = context.judge->schools();
  // So is what stands where a finding stood: an edit may have taken the school's name away.
  const bool watched = IsWatched(fetched, context.watch);
  const bool gate = !own_feed && !watched && fetched.request.call == nullptr &&
                    source.page_of.empty() && fetched.request.thread.schools.empty();
  const TitledGate titled_gate(schools, fetched.request.thread.title);
  const crawler::TextTrace trace(gate ? &titled_gate : nullptr);
  crawler::RawDocument raw{
      .url = fetched.final_url,
      .content_type = std::string(net::FindHeader(fetched.response.headers, "content-type")),
      .body = fetched.response.body};
  crawler::ReadOptions options{
      .reader = source.reader,
      .recipe = context.recipe,
      .request = nullptr,
      .redirects = context.redirects,
      .engines = context.engines,
      .gate = gate ? &trace : nullptr,
      .gated_links = context.follow.which == crawler::FollowPolicy::Which::kNone
                         ? crawler::WantLinks::kNo
                         : crawler::WantLinks::kYes,
      .reference_time = fetched.fetched_at};
  // A `feed` or `json` source's own address has that form; what it leads to says so itself.
  if (fetched.request.depth > 0) {
    options.reader = "auto";
    options.recipe = nullptr;
  }
  const crawler::ApiCall* const call = fetched.request.call.get();
  raw.status = fetched.response.status;
  core::Result<crawler::Document> document =
      call == nullptr ? crawler::ReadDocument(raw, options)
                      : ReadAnswer(raw, *call, context.engines, fetched.fetched_at);
  if (IsLook(fetched.request) && context.watch != nullptr) {
    NoteLook(*context.watch, document, judged);
  }
  if (document && document->answer_error) {
    judged.answer_error = std::move(document->answer_error);
    document = core::Fail(ErrorOf(*judged.answer_error));
  }
  if (!document) {
    judged.read_error = std::move(document).error();
    Plan({}, crawler::Change::kNone, context, judged);
    fetched.response.body.clear();
    return judged;
  }
  judged.gated_out = document->gated_out;
  judged.notes = std::move(document->notes);
  if (fetched.response.truncated) {
    judged.notes.emplace_back(
        "longer than what is read of one answer: only its beginning was read");
  }
  judged.posts_read = document->posts.size();
  crawler::Followed followed = call == nullptr
                                   ? crawler::FollowLinks(*document, fetched, context.follow)
                                   : crawler::Followed{};
  const bool is_feed = document->kind == crawler::DocumentKind::kFeed ||
                       document->kind == crawler::DocumentKind::kJson;
  if (is_feed) {
    judged.hints = document->feed ? document->feed->hints : core::FeedHints{};
    judged.hints->usual_gap = crawler::UsualGap(document->posts, fetched.fetched_at);
  }

  std::vector<std::string> thread_schools = fetched.request.thread.schools;
  const crawler::KnownThread thread{.url = fetched.request.thread.url,
                                    .title = fetched.request.thread.title};
  const bool conversation = crawler::IsConversation(*document, thread);
  crawler::Change change =
      is_feed ? crawler::Change::kNone : NoteText(trace.HashOf(*document), fetched.url_state);
  crawler::PlacePosts(fetched.final_url, thread, *document);
  if (watched && !is_feed) {
    judged.sight.emplace().whole = IsWhole(*document, fetched);
  }
  for (core::Post& post : document->posts) {
    post.source = source.name;
    post.platform = source.platform;
    post.page_of = source.page_of;
  }
  if (call != nullptr) {
    NoteAnswer(*document, fetched.response.body, context, judged);
  }
  for (core::Post& post : document->posts) {
    post.thread_schools = thread_schools;
    if (post.published && (!judged.newest_post || *post.published > *judged.newest_post)) {
      judged.newest_post = post.published;
    }

    JudgedPost one;
    one.key = core::PostKey(post);
    one.text_hash = core::PostTextHash(post);
    if (call != nullptr && context.watch != nullptr) {
      for (std::string& id : context.watch->FindingsOf(one.key, core::OwnLink(post))) {
        judged.sights.insert_or_assign(std::move(id), Sight::kThere);
      }
    }
    if (context.seen->IsErased(post, one.key, fetched.fetched_at)) {
      if (conversation) {
        // What answers it may be about the school that it named.
        AddTo(thread_schools, context.judge->schools().Find(post).schools);
      }
      continue;
    }
    const auto seen = context.seen->FindSeen(one.key);
    const bool known = seen && seen->has_value() && (*seen)->Knows(one.text_hash);
    if (judged.sight) {
      const bool answers =
          post.kind != core::PostKind::kEntry && post.kind != core::PostKind::kArticle;
      judged.sight->posts.push_back({.key = one.key,
                                     .link = core::OwnLink(post),
                                     .published = post.published,
                                     .answers = answers,
                                     .known = seen && seen->has_value()});
    }
    if (known && fetched.fetched_at - (*seen)->seen_at > kRenewMarks) {
      judged.seen_again.push_back(**seen);
      judged.seen_again.back().post_key = one.key;
      judged.seen_again.back().seen_at = fetched.fetched_at;
    }
    if (known && !conversation) {
      continue;
    }
    if (known) {
      // Not news, but what follows it may be about the school that it names.
      AddTo(thread_schools, context.judge->schools().Find(post).schools);
      continue;
    }
    one.judgement = context.judge->Evaluate(post);
    if (one.judgement.mentions) {
      ++judged.mentions;
      if (conversation) {
        AddTo(thread_schools, one.judgement.schools);
      }
    }
    if (!one.judgement.categories.empty()) {
      one.fingerprint = core::FingerprintOf(post);
    }
    one.post = std::move(post);
    judged.posts.push_back(std::move(one));
  }
  KeepEvidence(fetched, raw, document->kind, context.time_zone, judged.posts);
  for (crawler::CrawlRequest& request : followed.requests) {
    if (!thread.url.empty() && request.thread.url == thread.url) {
      request.thread.schools = thread_schools;
    }
  }
  if (!judged.posts.empty()) {
    change = crawler::Change::kSome;
  }
  Plan(std::move(followed), change, context, judged);
  if (call == nullptr) {
    RememberFollow(judged);
  } else if (judged.steps) {
    // A call is made by its route's plan, and not again because of where it led last.
    judged.follow = std::move(judged.steps->more);
    if (judged.steps->state) {
      judged.routes.push_back(*std::move(judged.steps->state));
    }
  }
  fetched.response.body.clear();
  fetched.response.body.shrink_to_fit();
  return judged;
}

}  // namespace schoolwatch::app
