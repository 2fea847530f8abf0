#include "app/commands/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "alerts/channels/channel.h"
#include "alerts/channels/mail.h"
#include "app/fetcher.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/empty_memory.h"
#include "app/schemas.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "app/workspace.h"
#include "crawler/crawler.h"
#include "crawler/readers/reader.h"
#include "matchers/rule_pack.h"
#include "net/mail_transport.h"

namespace schoolwatch::app {
namespace {

// Reads what each source's own address answers and follows nothing.
class SourceProbe final : public crawler::CrawlListener {
 public:
  SourceProbe(const Workspace& workspace, std::ostream& out) : workspace_(workspace), out_(out) {}

  void OnDocument(crawler::FetchedDocument document) override {
    const config::Source& source = *sources_.at(document.request.source);
    crawler::ReadOptions options{.reader = source.reader,
                                 .recipe = nullptr,
                                 .request = nullptr,
                                 .redirects = &workspace_.redirects,
                                 .engines = &workspace_.engines,
                                 .gate = nullptr,
                                 .reference_time = document.fetched_at};
    if (const auto recipe = workspace_.recipes.find(source.recipe);
        recipe != workspace_.recipes.end()) {
      options.recipe = recipe->second.get();
    }
    const core::Result<crawler::Document> read = crawler::ReadDocument(
        {.url = document.final_url,
         .content_type = std::string(net::FindHeader(document.response.headers, "content-type")),
         .body = document.response.body},
        options);
    if (!read) {
      Say(source.name, "cannot be read: " + read.error().message, Trouble::kYes);
    } else if (read->answer_error) {
      Say(source.name, "answers with an error: " + read->answer_error->words, Trouble::kYes);
    } else if (read->posts.empty() && read->links.empty()) {
      Say(source.name, "answers, but nothing in it looks like a post", Trouble::kYes);
    } else {
      Say(source.name,
          fmt::format("works: {}, {}, {}", crawler::DocumentKindName(read->kind),
                      Count(read->posts.size(), "post"), Count(read->links.size(), "link")),
          Trouble::kNo);
    }
    crawler_->Complete(document.id, {});
  }
  void OnRefusal(crawler::Refusal refusal) override {
    Say(refusal.request.source,
        fmt::format("not watchable: {}: {}", crawler::RefusalReasonName(refusal.reason),
                    refusal.detail),
        Trouble::kYes);
  }
  void OnFailure(crawler::FetchFailure failure) override {
    Say(failure.request.source, failure.error.message, Trouble::kYes);
  }

  core::Result<std::size_t> Run(const std::vector<net::ConnectOverride>& overrides,
                                std::stop_token stop) {
    const config::Settings& settings = workspace_.config.settings;
    SW_ASSIGN(const std::unique_ptr<net::Fetcher> fetcher, MakeFetcher(settings, overrides));
    std::vector<crawler::CrawlSource> crawl;
    for (const config::Source& source : workspace_.config.sources) {
      if (!source.enabled) {
        continue;
      }
      if (source.url.empty()) {
        out_ << fmt::format("  {:<24} a platform's: try it with `schoolwatch platforms try {}`\n",
                            source.name, source.name);
        continue;
      }
      SW_ASSIGN(core::HttpUrl url, core::HttpUrl::Parse(source.url));
      crawler::CrawlSource one;
      one.name = source.name;
      one.seeds.push_back({.source = source.name,
                           .url = std::move(url),
                           .kind = crawler::FetchKind::kFeed,
                           .depth = 0,
                           .thread = {}});
      crawl.push_back(std::move(one));
      sources_.emplace(source.name, &source);
    }
    crawler::CrawlSettings crawl_settings;
    crawl_settings.page_gap = settings.crawl.page_gap;
    crawl_settings.feed_gap = settings.crawl.feed_gap;
    const EmptyMemory memory;
    const core::SystemClock clock;
    crawler_ = crawler::Crawler::Make(crawl_settings, *fetcher, memory, clock);
    crawler_->Run(crawl, *this, std::move(stop));
    crawler_.reset();
    return troubles_;
  }

 private:
  enum class Trouble { kNo, kYes };
  void Say(const std::string& source, const std::string& what, Trouble trouble) {
    troubles_ += trouble == Trouble::kYes ? 1 : 0;
    out_ << fmt::format("  {:<24} {}{}\n", source, trouble == Trouble::kYes ? "! " : "",
                        SafeForTerminal(what))
         << std::flush;
  }

  const Workspace& workspace_;
  std::ostream& out_;
  std::map<std::string, const config::Source*> sources_;
  std::unique_ptr<crawler::Crawler> crawler_;
  std::size_t troubles_ = 0;
};

// Connects to the mail server, where mail goes by SMTP.
core::Result<void> ProbeMail(const config::Settings& settings) {
  const core::SystemClock clock;
  SW_ASSIGN(const std::unique_ptr<net::MailTransport> transport,
            alerts::MakeSmtpTransport(settings, clock));
  return transport->Probe();
}

}  // namespace

ExitCode CheckCommand(const CheckOptions& options, std::ostream& out, std::ostream& errors) {
  core::Result<Workspace> workspace = LoadWorkspace(options.config_dir, options.data_dir);
  if (!workspace) {
    errors << workspace.error().message;
    if (!workspace.error().message.ends_with('\n')) {
      errors << '\n';
    }
    return ExitCodeFor(workspace.error());
  }
  errors << workspace->warnings << workspace->refused;
  bool wrong = !workspace->refused.empty();
  for (const matchers::ExampleFailure& failure : matchers::RunExamples(workspace->judge->rules())) {
    wrong = true;
    errors << fmt::format("{}: rule '{}': the example \"{}\" should {}match: {}\n",
                          config::Format(failure.where), failure.rule, failure.example,
                          failure.kind == matchers::ExampleFailure::Kind::kShouldHit ? "" : "not ",
                          failure.why);
  }
  // Templates and the channel's settings are only known to fit once they are made.
  const auto composer = MakeComposer(*workspace);
  if (!composer) {
    errors << composer.error().message << '\n';
    wrong = true;
  } else if (const auto sink = alerts::MakeSink(workspace->config.settings, **composer); !sink) {
    errors << sink.error().message << '\n';
    wrong = true;
  }
  if (wrong) {
    return ExitCode::kUsage;
  }
  const config::Settings& settings = workspace->config.settings;
  std::size_t enabled = 0;
  for (const config::Source& source : workspace->config.sources) {
    enabled += source.enabled ? 1 : 0;
  }
  out << fmt::format("The configuration in {} is right: {}, {} ({} on), {}, {}.\n",
                     options.config_dir.string(), Count(settings.schools.size(), "school"),
                     Count(workspace->config.sources.size(), "source"), enabled,
                     Count(settings.contacts.size(), "contact"),
                     Count(workspace->judge->rules().pack().rules.size(), "rule"));
  if (options.online == Online::kNo) {
    return ExitCode::kDone;
  }
  const Signals signals(Hangup::kStops);
  out << "Sources (one polite request each):\n" << std::flush;
  const core::Result<std::size_t> troubles =
      SourceProbe(*workspace, out).Run(options.connect_overrides, signals.token());
  if (!troubles) {
    return ReportError(troubles.error(), errors);
  }
  wrong = *troubles > 0;
  const std::vector<std::string> channels = alerts::ChannelsInUse(settings);
  if (std::ranges::find(channels, "smtp") != channels.end()) {
    const core::Result<void> mail = ProbeMail(settings);
    out << fmt::format("Mail server {}: {}\n", settings.alerts.smtp.host,
                       mail ? "works" : "! " + mail.error().message);
    wrong = wrong || !mail;
  }
  // A webhook and a mail program say nothing before they are given something.
  out << "Send a test with: schoolwatch alerts test --to ADDRESS\n";
  return wrong ? ExitCode::kActionNeeded : ExitCode::kDone;
}

ExitCode PrintSchema(const std::string& name, std::ostream& out, std::ostream& errors) {
  const std::map<std::string, std::string> schemas = AllSchemas();
  if (name.empty()) {
    for (const auto& [file, text] : schemas) {
      out << file << '\n';
    }
    return ExitCode::kDone;
  }
  const auto found = schemas.find(name);
  if (found == schemas.end()) {
    errors << "schoolwatch: there is no schema of '" << name
           << "'; `schoolwatch schema` lists them\n";
    return ExitCode::kUsage;
  }
  out << found->second;
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
