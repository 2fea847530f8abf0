#include "app/pipeline/judged_document.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/url.h"
#include "matchers/fingerprint.h"

namespace schoolwatch::app {
namespace {

using crawler::CrawlRequest;
using crawler::FetchKind;
using crawler::LinkKind;

constexpr std::size_t kMaxFollow = 200;
// Entries of a feed whose pages are looked at for comments: the newest ones.
constexpr std::size_t kMaxArticles = 25;

constexpr std::array<std::pair<FetchKind, std::string_view>, 4> kFetchKinds{{
    {FetchKind::kFeed, "feed"},
    {FetchKind::kListing, "listing"},
    {FetchKind::kThread, "thread"},
    {FetchKind::kOther, "other"},
}};

void AddTo(std::vector<std::string>& names, const std::vector<core::SchoolScore>& schools) {
  for (const core::SchoolScore& school : schools) {
    if (std::ranges::find(names, school.school) == names.end()) {
      names.push_back(school.school);
    }
  }
}

std::string WithoutFragment(std::string_view url) {
  return std::string(url.substr(0, url.find('#')));
}

// The address that the posts of one conversation share, for grouping into cases.
std::string ThreadUrl(const core::Post& post, const crawler::FetchedDocument& fetched,
                      crawler::DocumentKind kind) {
  // Reviews of one listing are separate stories, though they stand on one page.
  if (post.kind == core::PostKind::kReview) {
    return "";
  }
  if (kind == crawler::DocumentKind::kFeed || kind == crawler::DocumentKind::kJson) {
    return WithoutFragment(post.url);
  }
  if (!fetched.request.thread.url.empty()) {
    return fetched.request.thread.url;
  }
  return WithoutFragment(fetched.final_url.href());
}

CrawlRequest Follow(const CrawlRequest& from, core::HttpUrl url, FetchKind kind) {
  CrawlRequest request{.source = from.source,
                       .url = std::move(url),
                       .kind = kind,
                       .depth = from.depth + 1,
                       .thread = {}};
  return request;
}

void AddLinks(const crawler::Document& document, const crawler::FetchedDocument& fetched,
              const ReadingContext& context, JudgedDocument& judged) {
  const std::string& policy = context.source->follow;
  if (policy == "none") {
    return;
  }
  const CrawlRequest& from = fetched.request;
  const std::string home = core::RegistrableDomain(fetched.final_url);
  const auto add = [&](std::string_view address, FetchKind kind, crawler::ThreadContext thread) {
    const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(address);
    if (!url || judged.follow.size() >= kMaxFollow || core::RegistrableDomain(*url) != home) {
      return;
    }
    CrawlRequest request = Follow(from, *url, kind);
    request.thread = std::move(thread);
    judged.follow.push_back(std::move(request));
  };
  const bool in_thread = !from.thread.url.empty();
  if (policy == "articles" && document.kind == crawler::DocumentKind::kFeed) {
    std::size_t articles = 0;
    for (const core::Post& post : document.posts) {
      const bool old = post.published && *post.published < context.backlog_before;
      if (!post.url.empty() && !old && articles < kMaxArticles) {
        ++articles;
        const std::string page = WithoutFragment(post.url);
        add(page, FetchKind::kThread, {.url = page, .title = post.title, .schools = {}});
      }
    }
  }
  for (const crawler::Link& link : document.links) {
    switch (link.kind) {
      case LinkKind::kNextPage:
        // The next page of a thread carries the thread on; that of a listing is a listing.
        add(link.url, in_thread ? FetchKind::kThread : FetchKind::kListing, from.thread);
        break;
      case LinkKind::kThread:
        if (policy == "threads" && !in_thread) {
          add(link.url, FetchKind::kThread,
              {.url = WithoutFragment(link.url), .title = link.text, .schools = {}});
        }
        break;
      case LinkKind::kArticle:
        if (policy == "articles" && !in_thread) {
          add(link.url, FetchKind::kThread,
              {.url = WithoutFragment(link.url), .title = link.text, .schools = {}});
        }
        break;
      case LinkKind::kCommentFeed:
        if (policy == "articles") {
          add(link.url, FetchKind::kFeed, {});
        }
        break;
      case LinkKind::kFeed:
      case LinkKind::kNoise:
      case LinkKind::kOther:
        break;
    }
  }
}

}  // namespace

std::string EncodeFollow(const CrawlRequest& request) {
  std::string text;
  for (const auto& [kind, name] : kFetchKinds) {
    if (kind == request.kind) {
      text = name;
    }
  }
  text += " " + request.url.href();
  if (!request.thread.url.empty()) {
    text += " " + request.thread.url;
    // Titles may hold spaces, so they come last.
    text += " " + request.thread.title;
  }
  return text;
}

std::optional<CrawlRequest> DecodeFollow(const std::string& text, const CrawlRequest& from) {
  const auto take = [rest = std::string_view(text)]() mutable {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return std::pair(word, rest);
  };
  auto next = take;
  const std::string_view kind_name = next().first;
  const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(next().first);
  const auto [thread_url, title] = next();
  const auto* kind =
      std::ranges::find(kFetchKinds, kind_name, &std::pair<FetchKind, std::string_view>::second);
  if (!url || kind == kFetchKinds.end()) {
    return std::nullopt;
  }
  CrawlRequest request = Follow(from, *url, kind->first);
  request.thread.url = thread_url;
  request.thread.title = title;
  return request;
}

JudgedDocument ReadAndJudge(crawler::FetchedDocument document_in, const ReadingContext& context) {
  JudgedDocument judged{.fetched = std::move(document_in)};
  crawler::FetchedDocument& fetched = judged.fetched;
  if (fetched.unchanged) {
    for (const std::string& follow : fetched.url_state.follow) {
      if (auto request = DecodeFollow(follow, fetched.request)) {
        judged.follow.push_back(std::move(*request));
      }
    }
    return judged;
  }

  const config::Source& source = *context.source;
  // What stands on a school's own page, or in a thread that named it, is about it whatever the
  // words. A source's own feed is always read: its dates tell whether the source is alive.
  const bool own_feed = fetched.request.depth == 0 && source.reader != "html";
  const bool gate = !own_feed && source.page_of.empty() && fetched.request.thread.schools.empty();
  crawler::RawDocument raw{
      .url = fetched.final_url,
      .content_type = std::string(net::FindHeader(fetched.response.headers, "content-type")),
      .body = fetched.response.body};
  crawler::ReadOptions options{.reader = source.reader,
                               .recipe = context.recipe,
                               .engines = context.engines,
                               .gate = gate ? &context.judge->schools() : nullptr,
                               .reference_time = fetched.fetched_at};
  // A `feed` or `json` source's own address has that form; what it leads to says so itself.
  if (fetched.request.depth > 0) {
    options.reader = "auto";
    options.recipe = nullptr;
  }
  core::Result<crawler::Document> document = crawler::ReadDocument(raw, options);
  if (!document) {
    judged.read_error = std::move(document).error();
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
  AddLinks(*document, fetched, context, judged);

  std::vector<std::string> thread_schools = fetched.request.thread.schools;
  const bool conversation = document->kind == crawler::DocumentKind::kThread ||
                            document->kind == crawler::DocumentKind::kArticle ||
                            !fetched.request.thread.url.empty();
  for (core::Post& post : document->posts) {
    post.source = source.name;
    post.platform = source.platform;
    post.page_of = source.page_of;
    post.thread_url = ThreadUrl(post, fetched, document->kind);
    if (post.thread_title.empty() && conversation) {
      // A link's words are the title alone; a page's own title has the site and "Page 2" added.
      post.thread_title =
          fetched.request.thread.title.empty() ? document->title : fetched.request.thread.title;
    }
    if (post.title == document->title &&
        (post.kind == core::PostKind::kThreadPost || post.kind == core::PostKind::kComment ||
         post.kind == core::PostKind::kReview)) {
      post.title.clear();  // Not the author's own words.
    }
    post.thread_schools = thread_schools;
    if (post.published && (!judged.newest_post || *post.published > *judged.newest_post)) {
      judged.newest_post = post.published;
    }

    JudgedPost one;
    one.key = core::PostKey(post);
    one.text_hash = core::PostTextHash(post);
    const auto seen = context.seen->FindSeen(one.key);
    const bool known = seen && seen->has_value() && (*seen)->text_hash == one.text_hash;
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
      one.fingerprint = matchers::MakeFingerprint(post.title + "\n" + post.text);
    }
    one.post = std::move(post);
    judged.posts.push_back(std::move(one));
  }
  for (CrawlRequest& request : judged.follow) {
    if (!fetched.request.thread.url.empty() && request.thread.url == fetched.request.thread.url) {
      request.thread.schools = thread_schools;
    }
  }
  fetched.url_state.follow.clear();
  for (const CrawlRequest& request : judged.follow) {
    fetched.url_state.follow.push_back(EncodeFollow(request));
  }
  fetched.response.body.clear();
  fetched.response.body.shrink_to_fit();
  return judged;
}

}  // namespace schoolwatch::app
