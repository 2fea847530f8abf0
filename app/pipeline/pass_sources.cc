#include "app/pipeline/pass_sources.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "app/fetcher.h"
#include "core/outcome.h"
#include "core/place.h"
#include "core/url.h"
#include "crawler/platforms/reported_link.h"
#include "crawler/schedule.h"

namespace schoolwatch::app {

core::Result<std::vector<crawler::CrawlSource>> PassSources::Choose(const WatchList& watch,
                                                                    Turns& turns) {
  const core::Timestamp now = clock_.Now();
  SW_TRY(CheckNames());
  std::vector<crawler::CrawlSource> chosen;
  for (const config::Source& source : workspace_.config.sources) {
    const bool asked_for =
        std::ranges::find(options_.only_sources, source.name) != options_.only_sources.end();
    if ((!options_.only_sources.empty() && !asked_for) || (!source.enabled && !asked_for)) {
      continue;
    }
    SW_ASSIGN(std::optional<core::SourceState> state, memory_.fetch.FindSource(source.name));
    const bool due = !state || crawler::IsDue(*state, now);
    bool looks_only = options_.schedule == Schedule::kDueOnly && !asked_for && !due;
    not_due_ += looks_only ? 1 : 0;
    crawler::CrawlSource crawl;
    crawl.name = source.name;
    crawl.max_pages = source.max_pages;
    crawl.max_bytes = source.max_megabytes << 20;
    std::unique_ptr<PlatformTurn> platform;
    if (!looks_only) {
      SW_ASSIGN(platform, AddSeeds(source, crawl));
      looks_only = crawl.seeds.empty() && platform == nullptr;
      not_due_ += looks_only ? 1U : 0U;
    }
    if (source.url.empty()) {
      SW_TRY(AddPlatformLooks(source, watch, crawl, platform));
    } else {
      AddLooks(source, watch, crawl);
    }
    // Also where nothing can be asked: why, is told of it.
    if (crawl.seeds.empty() && platform == nullptr) {
      continue;
    }
    Turn turn = BeginTurn(workspace_, source, std::move(state), memory_.seen, memory_.fetch, now);
    turn.looks_only = looks_only;
    turn.reading.watch = &watch;
    if (platform != nullptr) {
      turn.reading.plan = &platform->plan();
      turn.platform = std::move(platform);
    }
    turns.emplace(source.name, std::move(turn));
    chosen.push_back(std::move(crawl));
  }
  SW_TRY(StoreReservations());
  return chosen;
}

core::Result<void> PassSources::CheckNames() const {
  for (const std::string& name : options_.only_sources) {
    if (std::ranges::find(workspace_.config.sources, name, &config::Source::name) ==
        workspace_.config.sources.end()) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "there is no source '" + name + "' in sources.yaml");
    }
  }
  return {};
}

core::Result<std::unique_ptr<PlatformTurn>> PassSources::AddSeeds(const config::Source& source,
                                                                  crawler::CrawlSource& to) {
  if (!source.url.empty()) {
    SW_ASSIGN(const core::HttpUrl url, core::HttpUrl::Parse(source.url));
    to.seeds.push_back(
        {.source = source.name, .url = url, .kind = SeedKind(source), .depth = 0, .thread = {}});
    return std::unique_ptr<PlatformTurn>();
  }
  const bool all = options_.schedule == Schedule::kAll || !options_.only_sources.empty();
  SW_ASSIGN(std::unique_ptr<PlatformTurn> turn,
            AskPlatform(source, all ? PlatformTurn::Ask::kAll : PlatformTurn::Ask::kDue));
  to.seeds = turn->TakeRequests();
  for (crawler::CrawlRequest& seed : to.seeds) {
    seed.source = source.name;
  }
  const bool idle = to.seeds.empty() && turn->trouble().kind == core::SourceTrouble::kNone &&
                    turn->not_before() == core::Timestamp{};
  if (idle) {
    turn.reset();
  }
  return turn;
}

core::Result<std::unique_ptr<PlatformTurn>> PassSources::AskPlatform(const config::Source& source,
                                                                     PlatformTurn::Ask ask) {
  const auto found = workspace_.platforms.find(source.platform);
  if (found == workspace_.platforms.end()) {
    return core::Fail(
        core::ErrorKind::kBadInput,
        "source '" + source.name + "': there is no platform '" + source.platform + "'");
  }
  SW_TRY(PreparePlatforms());
  return PlatformTurn::Begin({workspace_, memory_.platforms, *sessions_, *purse_, clock_}, source,
                             found->second, ask);
}

core::Result<void> PassSources::PreparePlatforms() {
  if (purse_ != nullptr) {
    return {};
  }
  net::HttpPoster* poster = options_.poster;
  if (poster == nullptr && writes_ != nullptr) {
    SW_ASSIGN(own_poster_,
              net::MakeHttpPoster(
                  {.user_agent = UserAgent(workspace_.config.settings.crawl), .ca_file = {}}));
    poster = own_poster_.get();
  }
  sessions_ = std::make_unique<PlatformSessions>(memory_.platforms, writes_, poster, clock_);
  purse_ = std::make_unique<PlatformPurse>(
      memory_.platforms, clock_,
      writes_ != nullptr ? PlatformPurse::Money::kMaySpend : PlatformPurse::Money::kNever);
  return {};
}

core::Result<void> PassSources::StoreReservations() {
  core::DocumentOutcome outcome;
  if (purse_ != nullptr) {
    outcome.spending = purse_->TakeChanged();
  }
  if (outcome.spending.empty() || writes_ == nullptr) {
    return {};
  }
  return writes_->Commit(std::span(&outcome, 1));
}

void PassSources::AddLooks(const config::Source& source, const WatchList& watch,
                           crawler::CrawlSource& to) {
  const auto looks = watch.looks().find(source.name);
  const core::Result<core::HttpUrl> own = core::HttpUrl::Parse(source.url);
  if (looks == watch.looks().end() || !own) {
    return;
  }
  // An interface's answers may lead anywhere, and to where terms let no program read.
  const bool is_interface = source.reader == "json" || !source.recipe.empty();
  for (const crawler::CrawlRequest& look : looks->second) {
    const bool may_be_read =
        !is_interface || (core::RegistrableDomain(look.url) == core::RegistrableDomain(*own) &&
                          crawler::PlanLink(workspace_.platforms, look.url).read_page);
    if (may_be_read && core::PageKey(look.url.href()) != core::PageKey(source.url)) {
      ++looks_;
      to.seeds.push_back(look);
    }
  }
}

core::Result<void> PassSources::AddPlatformLooks(const config::Source& source,
                                                 const WatchList& watch, crawler::CrawlSource& to,
                                                 std::unique_ptr<PlatformTurn>& turn) {
  const std::span<const crawler::LookPost> posts = watch.PostsOf(source.name);
  if (posts.empty()) {
    return {};
  }
  std::unique_ptr<PlatformTurn> own;
  if (turn == nullptr) {
    SW_ASSIGN(own, AskPlatform(source, PlatformTurn::Ask::kNothing));
  }
  SW_ASSIGN(std::vector<crawler::CrawlRequest> looks,
            (turn != nullptr ? turn : own)->PlanLooks(posts, kMaxLooks));
  if (looks.empty()) {
    return {};
  }
  looks_ += looks.size();
  std::ranges::move(looks, std::back_inserter(to.seeds));
  if (turn == nullptr) {
    turn = std::move(own);
  }
  return {};
}

}  // namespace schoolwatch::app
