#include "app/commands/demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ostream>
#include <set>

#include "alerts/channels/channel.h"
#include "app/commands/round_report.h"
#include "app/demo/town.h"
#include "app/fetcher.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/run_pass.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "app/workspace.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

// Shows each mail as text before the real channel writes it.
class ShowingSink final : public alerts::AlertSink {
 public:
  ShowingSink(alerts::AlertSink& next, const alerts::Composer& composer, std::ostream& out)
      : next_(next), composer_(composer), out_(out) {}

  core::Result<void> Deliver(const alerts::AlertBatch& batch) override {
    SW_ASSIGN(const alerts::MailMessage mail, composer_.Compose(batch));
    SW_TRY(next_.Deliver(batch));
    out_ << fmt::format("\n  ┌ To: {}\n  │ Subject: {}\n  │\n", mail.to, mail.subject);
    std::string_view text = mail.text;
    if (!shown_.insert(mail.text).second) {
      text = "(the same words as in a mail above)";
    }
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      if (line.ends_with('\r')) {
        line.remove_suffix(1);
      }
      out_ << "  │ " << SafeForTerminal(line) << '\n';
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    out_ << "  └\n";
    return {};
  }

 private:
  alerts::AlertSink& next_;
  const alerts::Composer& composer_;
  std::ostream& out_;
  std::set<std::string> shown_;
};

core::Result<fs::path> MakeFolder(const std::optional<fs::path>& wanted) {
  std::error_code error;
  if (wanted) {
    fs::create_directories(*wanted, error);
    if (error || !fs::is_empty(*wanted, error) || error) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "the folder '" + wanted->string() + "' must be empty and writable");
    }
    return fs::absolute(*wanted);
  }
  std::string pattern = (fs::temp_directory_path(error) / "schoolwatch-demo-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    return core::Fail(core::ErrorKind::kUnavailable, "no temporary folder can be made: " + pattern);
  }
  return fs::path(pattern);
}

// Everything that both passes share.
struct Demo {
  Workspace workspace;
  std::unique_ptr<Town> town;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<alerts::Composer> composer;
  std::unique_ptr<alerts::AlertSink> sink;
  core::SystemClock clock;
};

core::Result<void> Prepare(const DemoOptions& options, const fs::path& folder, Demo& demo) {
  std::error_code error;
  for (const char* file : {"schoolwatch.yaml", "sources.yaml"}) {
    fs::copy_file(options.data_dir / "demo" / file, folder / file, error);
    if (error) {
      return core::Fail(
          core::ErrorKind::kUnavailable,
          fmt::format("cannot copy '{}' to '{}': {}", (options.data_dir / "demo" / file).string(),
                      folder.string(), error.message()));
    }
  }
  SW_ASSIGN(demo.workspace, LoadWorkspace(folder, options.data_dir));
  SW_ASSIGN(demo.town, Town::Open(options.data_dir / "demo", demo.clock.Now()));
  SW_ASSIGN(demo.store, storage::Store::Open(demo.workspace.config.settings.storage.folder,
                                             storage::OpenMode::kReadWrite, "schoolwatch demo"));
  SW_ASSIGN(demo.composer, MakeComposer(demo.workspace));
  SW_ASSIGN(demo.sink, alerts::MakeSink(demo.workspace.config.settings, *demo.composer));
  return {};
}

core::Result<DeliveryReport> OnePass(Demo& demo, std::stop_token stop, std::ostream& out) {
  RunOptions run;
  run.schedule = Schedule::kAll;
  // The town's names lead to its server, whatever the machine's resolver thinks of them.
  run.connect_overrides.push_back(
      {.host = "", .port = 0, .to_host = "127.0.0.1", .to_port = demo.town->port()});
  SW_ASSIGN(const std::unique_ptr<net::Fetcher> fetcher,
            MakeFetcher(demo.workspace.config.settings, run.connect_overrides));
  ProgressLine progress;
  core::Result<PassReport> pass = RunPass(
      demo.workspace, demo.store.get(), *fetcher, demo.clock, run,
      [&progress](const Progress& so_far) {
        progress.Show(fmt::format("{} read, {}, {}", Count(so_far.documents, "page"),
                                  Count(so_far.posts, "post"),
                                  Count(so_far.findings, "possible concern")));
      },
      std::move(stop));
  progress.Clear();
  if (!pass) {
    return core::Fail(std::move(pass).error());
  }
  PrintDetails(*pass, out);
  if (!pass->findings.empty()) {
    out << "Possible concerns found:\n";
  }
  for (const core::Finding& finding : pass->findings) {
    std::string categories;
    for (const core::Category category : finding.judgement.categories) {
      categories += (categories.empty() ? "" : ", ") + std::string(core::CategoryName(category));
    }
    out << fmt::format("  {:<7} {} [case {}]\n          {}\n",
                       core::SeverityName(finding.judgement.severity), categories, finding.case_id,
                       SafeForTerminal(finding.post.url));
  }
  out << "Mails:\n";
  ShowingSink showing(*demo.sink, *demo.composer, out);
  SW_ASSIGN(DeliveryReport delivery,
            DeliverWaiting(demo.workspace, *demo.store, showing, demo.clock, DeliveryRound::kAll));
  if (delivery.sent == 0) {
    out << "  none\n";
  }
  out << '\n' << SummaryLine(*pass, delivery) << '\n';
  return delivery;
}

}  // namespace

ExitCode DemoCommand(const DemoOptions& options, std::ostream& out, std::ostream& errors) {
  const auto fail = [&errors](const core::Error& error) { return ReportError(error, errors); };
  const Signals signals(Hangup::kStops);
  core::Result<fs::path> folder = MakeFolder(options.folder);
  if (!folder) {
    return fail(folder.error());
  }
  Demo demo;
  if (core::Result<void> ready = Prepare(options, *folder, demo); !ready) {
    return fail(ready.error());
  }
  out << "This is schoolwatch at work on a make-believe town, served by this program to itself\n"
         "(127.0.0.1, port "
      << demo.town->port() << "). The school, the town and the people are invented.\n\n"
      << "== First pass: everything is new\n"
      << std::flush;
  core::Result<DeliveryReport> first = OnePass(demo, signals.token(), out);
  if (!first) {
    return fail(first.error());
  }
  if (signals.token().stop_requested()) {
    return ExitCode::kDone;
  }
  out << "\n== Second pass: some comments are new, the rest was seen before\n" << std::flush;
  demo.town->StartSecondPass();
  core::Result<DeliveryReport> second = OnePass(demo, signals.token(), out);
  if (!second) {
    return fail(second.error());
  }
  const fs::path mails = demo.workspace.config.settings.alerts.folder;
  out << fmt::format(
      "\nThe {} of both passes lie as .eml files in\n  {}\nand the configuration and the store "
      "beside them in\n  {}\nLook at a case:  schoolwatch --config {} cases list\n",
      Count(first->sent + second->sent, "mail"), mails.string(), folder->string(),
      folder->string());
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
