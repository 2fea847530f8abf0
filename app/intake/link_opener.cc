#include "app/intake/link_opener.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "core/outcome.h"
#include "core/url.h"
#include "crawler/crawler.h"
#include "crawler/readers/mail_words.h"
#include "crawler/readers/reader.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kMostLinks = 5;  // Of one report.
constexpr std::chrono::seconds kPatience{20};

class Opening final : public crawler::CrawlListener {
 public:
  Opening(const Workspace& workspace) : workspace_(workspace) {}
  void Use(crawler::Crawler& crawler) { crawler_ = &crawler; }

  void OnDocument(crawler::FetchedDocument fetched) override {
    states_.hosts.push_back(fetched.host_state);
    if (!fetched.site_state.origin.empty()) {
      states_.hosts.push_back(fetched.site_state);
    }
    Read(fetched);
    crawler_->Complete(fetched.id, {});
  }
  void OnRefusal(crawler::Refusal /*refusal*/) override {}
  void OnFailure(crawler::FetchFailure /*failure*/) override {}

  std::vector<core::Post> posts;
  core::DocumentOutcome& states() { return states_; }

 private:
  void Read(const crawler::FetchedDocument& fetched) {
    const crawler::RawDocument raw{
        .url = fetched.final_url,
        .content_type = std::string(net::FindHeader(fetched.response.headers, "content-type")),
        .body = fetched.response.body};
    crawler::ReadOptions options;
    options.engines = &workspace_.engines;
    options.reference_time = fetched.fetched_at;
    const auto document = crawler::ReadDocument(raw, options);
    if (!document) {
      return;
    }
    const std::string link = fetched.request.url.href();
    core::Post post;
    // Of a discussion nobody says which post is meant; its title tells what it is about.
    const bool one =
        document->posts.size() == 1 ||
        (document->kind == crawler::DocumentKind::kArticle && !document->posts.empty());
    if (one) {
      post = document->posts.front();
    } else {
      post.title = document->title;
    }
    if (post.title.empty() && post.text.empty()) {
      return;
    }
    post.id = "reported:" + core::ShortHash(link);
    post.url = link;
    post.thread_url = link;
    post.platform = crawler::PlatformOfLink(link);
    posts.push_back(std::move(post));
  }

  const Workspace& workspace_;
  crawler::Crawler* crawler_ = nullptr;
  core::DocumentOutcome states_;
};

}  // namespace

LinkOpener MakeLinkOpener(const Workspace& workspace, storage::Store& store, net::Fetcher& fetcher,
                          const core::Clock& clock, std::stop_token stop) {
  return [&, stop = std::move(stop)](const std::vector<std::string>& links) {
    const config::CrawlPolicy& policy = workspace.config.settings.crawl;
    crawler::CrawlSettings settings;
    settings.page_gap = policy.page_gap;
    settings.feed_gap = policy.feed_gap;
    settings.per_address = policy.per_address;
    settings.address_gap = policy.address_gap;
    settings.timeout = kPatience;
    settings.max_wait = kPatience;
    settings.ignore_due = true;
    crawler::CrawlSource source;
    source.name = "reported";
    source.max_pages = kMostLinks;
    for (const std::string& link : links) {
      if (auto url = core::HttpUrl::Parse(link); url && source.seeds.size() < kMostLinks) {
        source.seeds.push_back({.source = source.name,
                                .url = *std::move(url),
                                .kind = crawler::FetchKind::kOther,
                                .depth = 0,
                                .thread = {}});
      }
    }
    const auto crawler = crawler::Crawler::Make(settings, fetcher, store, clock);
    Opening opening(workspace);
    opening.Use(*crawler);
    crawler::CrawlReport report = crawler->Run(std::span(&source, 1), opening, stop);
    // How hosts were asked outlives this; what they answered does not.
    opening.states().hosts.insert(opening.states().hosts.end(), report.host_states.begin(),
                                  report.host_states.end());
    const core::MutexLock turn(store.turn());
    const core::Result<void> kept = store.Commit(std::span(&opening.states(), 1));
    return kept ? std::move(opening.posts) : std::vector<core::Post>{};
  };
}

}  // namespace schoolwatch::app
