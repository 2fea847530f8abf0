#include "app/commands/platforms_try.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/fetcher.h"
#include "app/owner/store_command.h"
#include "app/pipeline/empty_memory.h"
#include "app/pipeline/platform_turn.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "app/workspace.h"
#include "config/nearest.h"
#include "core/clock.h"
#include "crawler/crawler.h"
#include "storage/store.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kShown = 20;

// The source that asks it; for a platform that nobody has set up, one without values.
core::Result<config::Source> FindSource(const Workspace& workspace, const std::string& name) {
  for (const config::Source& source : workspace.config.sources) {
    if (source.url.empty() && (source.name == name || source.platform == name)) {
      return source;
    }
  }
  if (!workspace.platforms.contains(name)) {
    std::vector<std::string> names;
    for (const auto& [one, platform] : workspace.platforms) {
      names.push_back(one);
    }
    return core::Fail(core::ErrorKind::kNotFound,
                      fmt::format("there is neither a source nor a platform '{}'{}; `schoolwatch "
                                  "platforms list` has them",
                                  name, config::DidYouMean(name, names)));
  }
  config::Source source;
  source.name = name;
  source.platform = name;
  return source;
}

// Says why, where there is nothing to ask.
core::Result<void> CheckAskable(const crawler::Platform& platform, const std::string& route) {
  if (platform.routes.empty()) {
    return core::Fail(core::ErrorKind::kNotFound,
                      fmt::format("{} cannot be watched: {} Instead: {}", platform.title,
                                  platform.not_covered, platform.report_instead));
  }
  if (!route.empty() && platform.FindRoute(route) == nullptr) {
    std::string names;
    for (const crawler::Route& one : platform.routes) {
      names += (names.empty() ? "" : ", ") + one.name;
    }
    return core::Fail(core::ErrorKind::kNotFound,
                      fmt::format("{} has no route '{}'; it has {}", platform.title, route, names));
  }
  if (!route.empty() && platform.FindRoute(route)->looks_at) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("route '{}' is asked for posts of open cases alone, and a try "
                                  "knows of none",
                                  route));
  }
  return {};
}

void Show(const core::Post& post, std::ostream& out) {
  const std::string when =
      post.published ? core::FormatRfc3339(*post.published) : std::string("no date");
  out << SafeForTerminal(fmt::format("  {}  {}\n", when, post.author));
  if (!post.title.empty()) {
    out << Wrap(SafeForTerminal(post.title), 4, 80);
  }
  out << Wrap(SafeForTerminal(post.text.substr(0, 400)), 4, 80);
  if (!post.url.empty()) {
    out << "    " << SafeForTerminal(post.url) << '\n';
  }
}

// One exchange, from a request to what is said of it.
class Trial final : public crawler::CrawlListener {
 public:
  Trial(const Workspace& workspace, PlatformTurn& turn, const core::Clock& clock, std::ostream& out)
      : workspace_(workspace), turn_(turn), clock_(clock), out_(out) {}

  void OnDocument(crawler::FetchedDocument document) override {
    const crawler::RawDocument raw{
        .url = document.final_url,
        .content_type = std::string(net::FindHeader(document.response.headers, "content-type")),
        .body = document.response.body,
        .status = document.response.status};
    core::Result<crawler::Document> read =
        ReadAnswer(raw, *document.request.call, &workspace_.engines, document.fetched_at);
    JudgedDocument judged{.fetched = std::move(document)};
    if (read && read->answer_error) {
      judged.answer_error = read->answer_error;
    } else if (read) {
      judged.steps = crawler::FollowAnswer(
          turn_.plan(), {.request = &judged.fetched.request,
                         .body = judged.fetched.response.body,
                         .link_header = net::FindHeader(judged.fetched.response.headers, "link"),
                         .posts = read->posts});
      judged.posts_read = read->posts.size();
      works_ = true;
      Print(*read, judged.steps->more.size());
    } else {
      out_ << "its answer cannot be read: " << SafeForTerminal(read.error().message) << '\n';
    }
    // Settles what was reserved; nothing is gone on with.
    done_ = turn_.NoteAnswer(judged);
    crawler_->Complete(judged.fetched.id, {});
  }
  void OnRefusal(crawler::Refusal refusal) override {
    out_ << fmt::format("not asked: {}: {}\n", crawler::RefusalReasonName(refusal.reason),
                        SafeForTerminal(refusal.detail));
    done_ = turn_.NoteRefusal(refusal);
  }
  void OnFailure(crawler::FetchFailure failure) override {
    out_ << "failed: " << SafeForTerminal(failure.error.message) << '\n';
    done_ = turn_.NoteFailure(failure);
  }

  core::Result<void> Run(net::Fetcher& fetcher, const core::FetchMemory& memory,
                         crawler::CrawlRequest request, std::stop_token stop) {
    const config::CrawlPolicy& policy = workspace_.config.settings.crawl;
    crawler::CrawlSettings settings;
    settings.page_gap = policy.page_gap;
    settings.feed_gap = policy.feed_gap;
    settings.ignore_due = true;
    crawler_ = crawler::Crawler::Make(settings, fetcher, memory, clock_);
    crawler::CrawlSource source;
    source.name = request.source;
    source.seeds.push_back(std::move(request));
    crawler_->Run(std::span(&source, 1), *this, std::move(stop));
    return done_;
  }
  bool works() const { return works_; }

 private:
  void Print(const crawler::Document& document, std::size_t more) {
    out_ << Count(document.posts.size(), "post");
    if (!document.gone.empty()) {
      out_ << ", " << Count(document.gone.size(), "deletion");
    }
    out_ << (more > 0 ? "; a look would go on from here\n" : "\n");
    for (std::size_t i = 0; i < std::min(document.posts.size(), kShown); ++i) {
      Show(document.posts[i], out_);
    }
    for (const std::string& note : document.notes) {
      out_ << "  (" << SafeForTerminal(note) << ")\n";
    }
  }

  const Workspace& workspace_;
  PlatformTurn& turn_;
  const core::Clock& clock_;
  std::ostream& out_;
  std::unique_ptr<crawler::Crawler> crawler_;
  core::Result<void> done_;
  bool works_ = false;
};

// Whether something of it has to be written down.
bool NeedsStore(const crawler::Platform& platform, const config::Source& source) {
  if (crawler::WantsSession(platform, source)) {
    return true;
  }
  const auto routes = crawler::RoutesOf(platform, source);
  return std::ranges::any_of(
      routes, [](const crawler::Route* route) { return route->cost.most_money > 0; });
}

core::Result<ExitCode> Try(const PlatformsTryOptions& options, std::ostream& out) {
  SW_ASSIGN(const Workspace workspace, LoadWorkspace(options.config_dir, options.data_dir));
  SW_ASSIGN(config::Source source, FindSource(workspace, options.name));
  if (!options.route.empty()) {
    source.routes = {options.route};
  }
  const auto platform = workspace.platforms.find(source.platform);
  if (platform == workspace.platforms.end()) {
    return core::Fail(core::ErrorKind::kNotFound, "there is no platform '" + source.platform + "'");
  }
  SW_TRY(CheckAskable(*platform->second, options.route));
  const EmptyMemory empty;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<net::HttpPoster> poster;
  if (NeedsStore(*platform->second, source)) {
    SW_ASSIGN(store, OpenStoreWithin(options.wait, workspace.config.settings.storage.folder,
                                     storage::OpenMode::kReadWrite, "schoolwatch platforms try"));
    SW_ASSIGN(poster, net::MakeHttpPoster({.user_agent = UserAgent(workspace.config.settings.crawl),
                                           .ca_file = {}}));
  }
  const storage::PlatformReader& known =
      store ? static_cast<const storage::PlatformReader&>(*store) : empty;
  const core::SystemClock clock;
  PlatformSessions sessions(known, store.get(), poster.get(), clock);
  PlatformPurse purse(known, clock,
                      store ? PlatformPurse::Money::kMaySpend : PlatformPurse::Money::kNever);
  const auto keep = [&]() -> core::Result<void> {
    core::DocumentOutcome outcome;
    outcome.spending = purse.TakeChanged();
    return store ? store->Commit(std::span(&outcome, 1)) : core::Result<void>{};
  };
  SW_ASSIGN(const std::unique_ptr<PlatformTurn> turn,
            PlatformTurn::Begin({workspace, known, sessions, purse, clock}, source,
                                platform->second, PlatformTurn::Ask::kOne));
  std::vector<crawler::CrawlRequest> requests = turn->TakeRequests();
  ExitCode code = ExitCode::kActionNeeded;
  if (!requests.empty()) {
    crawler::CrawlRequest& request = requests.front();
    request.source = source.name;
    out << fmt::format("{}, route '{}': {}\n", platform->second->title, request.call->route->name,
                       SafeForTerminal(request.url.href()))
        << std::flush;
    SW_TRY(keep());
    SW_ASSIGN(const std::unique_ptr<net::Fetcher> fetcher,
              MakeFetcher(workspace.config.settings, options.connect_overrides));
    const Signals signals(Hangup::kStops);
    Trial trial(workspace, *turn, clock, out);
    SW_TRY(trial.Run(*fetcher, empty, std::move(request), signals.token()));
    SW_TRY(keep());
    code = trial.works() ? ExitCode::kDone : ExitCode::kActionNeeded;
  }
  for (const std::string& note : turn->TakeNotes()) {
    out << SafeForTerminal(note) << '\n';
  }
  if (requests.empty()) {
    out << fmt::format("Nothing was asked; `schoolwatch platforms show {}` says what it wants.\n",
                       platform->second->name);
  }
  return code;
}

}  // namespace

ExitCode PlatformsTryCommand(const PlatformsTryOptions& options, std::ostream& out,
                             std::ostream& errors) {
  const core::Result<ExitCode> code = Try(options, out);
  return code ? *code : ReportError(code.error(), errors);
}

}  // namespace schoolwatch::app
