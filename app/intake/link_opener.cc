#include "app/intake/link_opener.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/pipeline/judged_document.h"
#include "core/hash.h"
#include "core/outcome.h"
#include "core/source_names.h"
#include "core/url.h"
#include "crawler/crawler.h"
#include "crawler/platforms/api_call.h"
#include "crawler/platforms/reported_link.h"
#include "crawler/readers/mail_words.h"
#include "crawler/readers/oembed_link.h"
#include "crawler/readers/reader.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kMostLinks = 5;  // Of one report.
constexpr std::chrono::seconds kPatience{20};
constexpr std::string_view kOEmbedAnswer = "oembed";  // Of config/answers.

class Opening final : public crawler::CrawlListener {
 public:
  explicit Opening(const Workspace& workspace) : workspace_(workspace) {}
  void Use(crawler::Crawler& crawler) { crawler_ = &crawler; }

  // What is asked first for a link; nothing where its platform leaves it to people.
  std::optional<crawler::CrawlRequest> Ask(const core::HttpUrl& link) {
    crawler::LinkPlan plan = crawler::PlanLink(workspace_.platforms, link);
    if (plan.oembed) {
      return Await(*std::move(plan.oembed), link.href());
    }
    if (!plan.read_page) {
      return std::nullopt;
    }
    return Await({.source = std::string(core::kReportedSource),
                  .url = link,
                  .kind = crawler::FetchKind::kOther,
                  .depth = 0,
                  .thread = {}},
                 link.href());
  }

  void OnDocument(crawler::FetchedDocument fetched) override {
    states_.hosts.push_back(fetched.host_state);
    if (!fetched.site_state.origin.empty()) {
      states_.hosts.push_back(fetched.site_state);
    }
    std::vector<crawler::CrawlRequest> more;
    const std::string asked = fetched.request.url.href();
    if (const auto awaited = awaited_.find(asked); awaited != awaited_.end()) {
      // By value: what is asked next is awaited, too.
      const std::string link = awaited->second;
      if (fetched.request.call != nullptr || fetched.request.depth > 0) {
        ReadOEmbed(fetched, link);
      } else if (auto next = ReadPage(fetched, link)) {
        more.push_back(Await(*std::move(next), link));
      }
    }
    crawler_->Complete(fetched.id, std::move(more));
  }
  void OnRefusal(crawler::Refusal /*refusal*/) override {}
  void OnFailure(crawler::FetchFailure /*failure*/) override {}

  std::vector<core::Post> TakePosts() {
    std::vector<core::Post> posts;
    for (auto& [link, post] : posts_) {
      posts.push_back(std::move(post));
    }
    return posts;
  }
  core::DocumentOutcome& states() { return states_; }

 private:
  crawler::CrawlRequest Await(crawler::CrawlRequest request, const std::string& link) {
    request.source = core::kReportedSource;
    awaited_.insert_or_assign(request.url.href(), link);
    return request;
  }

  // Returns what may say more of it than its page.
  std::optional<crawler::CrawlRequest> ReadPage(const crawler::FetchedDocument& fetched,
                                                const std::string& link) {
    if (fetched.final_url.href() != fetched.request.url.href()) {
      // Short links lead to pages that may not be read, or need not.
      crawler::LinkPlan plan = crawler::PlanLink(workspace_.platforms, fetched.final_url);
      if (plan.oembed || !plan.read_page) {
        return std::move(plan.oembed);
      }
    }
    const crawler::RawDocument raw{
        .url = fetched.final_url,
        .content_type = std::string(net::FindHeader(fetched.response.headers, "content-type")),
        .body = fetched.response.body};
    crawler::ReadOptions options;
    options.engines = &workspace_.engines;
    options.reference_time = fetched.fetched_at;
    const auto document = crawler::ReadDocument(raw, options);
    // Of a discussion nobody says which post is meant; its title tells what it is about.
    const bool one =
        document && !document->posts.empty() &&
        (document->posts.size() == 1 || document->kind == crawler::DocumentKind::kArticle);
    if (one) {
      Keep(document->posts.front(), link);
      return std::nullopt;
    }
    if (document) {
      core::Post post;
      post.title = document->title;
      Keep(std::move(post), link);
    }
    auto oembed = crawler::FindOEmbedLink(fetched.response.body, fetched.final_url);
    if (!oembed) {
      return std::nullopt;
    }
    return crawler::CrawlRequest{.source = std::string(core::kReportedSource),
                                 .url = *std::move(oembed),
                                 .kind = crawler::FetchKind::kFeed,
                                 .depth = 1,
                                 .thread = {}};
  }

  void ReadOEmbed(const crawler::FetchedDocument& fetched, const std::string& link) {
    const crawler::RawDocument raw{.url = fetched.final_url,
                                   .content_type = "application/json",
                                   .body = fetched.response.body,
                                   .status = fetched.response.status};
    core::Result<crawler::Document> answer = [&] {
      if (fetched.request.call != nullptr) {
        return ReadAnswer(raw, *fetched.request.call, &workspace_.engines, fetched.fetched_at);
      }
      const auto recipe = workspace_.recipes.find(std::string(kOEmbedAnswer));
      crawler::ReadOptions options;
      options.reader = "json";
      options.recipe = recipe == workspace_.recipes.end() ? nullptr : recipe->second.get();
      options.reference_time = fetched.fetched_at;
      return crawler::ReadDocument(raw, options);
    }();
    // What the page's title said stays where this says nothing.
    if (answer && !answer->answer_error && !answer->posts.empty()) {
      Keep(std::move(answer->posts.front()), link);
    }
  }

  void Keep(core::Post post, const std::string& link) {
    if (post.title.empty() && post.text.empty()) {
      return;
    }
    post.id = "reported:" + core::ShortHash(link);
    post.url = link;
    post.thread_url = link;
    post.platform = crawler::PlatformOfLink(link);
    posts_.insert_or_assign(link, std::move(post));
  }

  const Workspace& workspace_;
  crawler::Crawler* crawler_ = nullptr;
  std::map<std::string, std::string> awaited_;  // Address asked for → the link it is asked for.
  std::map<std::string, core::Post> posts_;     // By link.
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
    Opening opening(workspace);
    crawler::CrawlSource source;
    source.name = core::kReportedSource;
    source.max_pages = 2 * kMostLinks;
    for (const std::string& link : links) {
      const auto url = core::HttpUrl::Parse(link);
      if (!url || source.seeds.size() == kMostLinks) {
        continue;
      }
      if (auto request = opening.Ask(*url)) {
        source.seeds.push_back(*std::move(request));
      }
    }
    const auto crawler = crawler::Crawler::Make(settings, fetcher, store, clock);
    opening.Use(*crawler);
    crawler::CrawlReport report = crawler->Run(std::span(&source, 1), opening, stop);
    // How hosts were asked outlives this; what they answered does not.
    opening.states().hosts.insert(opening.states().hosts.end(), report.host_states.begin(),
                                  report.host_states.end());
    const core::MutexLock turn(store.turn());
    const core::Result<void> kept = store.Commit(std::span(&opening.states(), 1));
    return kept ? opening.TakePosts() : std::vector<core::Post>{};
  };
}

}  // namespace schoolwatch::app
