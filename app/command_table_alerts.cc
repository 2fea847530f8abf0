#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "app/command_table.h"
#include "app/commands/alerts_retry.h"
#include "app/commands/alerts_route.h"
#include "app/commands/alerts_test.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "storage/store.h"

// Who is told, and how it reaches them.
namespace schoolwatch::app {
namespace {

struct RouteArguments {
  std::string id;
  RouteQuestion question;
  bool explain = false;
  bool json = false;
};

core::Timestamp Now() { return core::SystemClock().Now(); }

core::Result<void> Route(const CommandContext& context, const RouteArguments& arguments) {
  const RouteQuestion& question = arguments.question;
  const bool given = !question.categories.empty();
  if (arguments.explain && !given && question.text.empty() && question.title.empty()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "what is to be explained? give a case's or a post's id, --text, or "
                      "--category");
  }
  if (arguments.explain && !given) {
    SW_ASSIGN(const auto data_dir, FindDataDir(context));
    SW_ASSIGN(const Workspace workspace,
              LoadWorkspace(context.config_dir, data_dir, config::Secrets::kLeave));
    return ExplainRoute(workspace.config.settings, question, workspace.judge.get(), Now(),
                        std::cout);
  }
  config::Diagnostics problems;
  SW_ASSIGN(const config::Configuration configuration,
            config::LoadConfiguration(context.config_dir, problems, config::Secrets::kLeave));
  if (!arguments.explain) {
    PrintRoute(configuration.settings, std::cout);
    return {};
  }
  return ExplainRoute(configuration.settings, question, nullptr, Now(), std::cout);
}

void AddRoute(CLI::App& alerts, CommandContext& context) {
  auto arguments = std::make_shared<RouteArguments>();
  RouteQuestion& question = arguments->question;
  CLI::App* route = alerts.add_subcommand(
      "route", "The tree that says who is told; with --explain, who is told of one thing and why");
  route->add_option("ID", arguments->id, "A case's or a post's id, or its beginning");
  route->add_flag("--explain", arguments->explain,
                  "Who would be told, by which branch, when; who would not, and why");
  route->add_option("--text", question.text, "A post's text, judged as a run would judge it");
  route->add_option("--title", question.title, "Its title");
  route->add_option("--school", question.school, "The school's key");
  route->add_option("--category", question.categories,
                    "safeguarding, defamatory or reputational, instead of judging");
  route->add_option("--severity", question.severity, "none, low, medium, high or urgent")
      ->capture_default_str();
  route->add_option("--topic", question.topics, "What it is about, as rules name it");
  route->add_option("--source", question.source, "The source's key");
  route->add_flag("--json", arguments->json, "One JSON object");
  route->callback([&context, arguments] {
    arguments->question.form = arguments->json ? OutputForm::kJsonLines : OutputForm::kForPeople;
    if (arguments->id.empty()) {
      context.chosen = [&context, arguments] { return Report(Route(context, *arguments)); };
      return;
    }
    ChooseStoreCommand(
        context, {.holder = "schoolwatch alerts route",
                  .mode = storage::OpenMode::kReadOnly,
                  .work = [arguments](StoreSession& session) {
                    if (session.store == nullptr) {
                      return ReportNoStore(session);
                    }
                    const core::Result<void> done =
                        ExplainCaseRoute(*session.store, session.config->settings, arguments->id,
                                         arguments->question.form, Now(), session.out);
                    return done ? ExitCode::kDone : ReportError(done.error(), session.errors);
                  }});
  });
}

void AddTest(CLI::App& alerts, CommandContext& context) {
  auto options = std::make_shared<AlertsTestOptions>();
  CLI::App* test = alerts.add_subcommand(
      "test", "Sends an invented alert the way that real ones go, and says what was answered");
  test->add_option("--to", options->to, "The recipient's address")->required();
  test->add_option("--channel", options->channel,
                   "smtp, sendmail, webhook or folder; else as the recipient is told")
      ->check(CLI::IsMember({"smtp", "sendmail", "webhook", "folder"}));
  test->callback([&context, options] {
    context.chosen = [&context, options] {
      const core::Result<std::filesystem::path> data_dir = FindDataDir(context);
      if (!data_dir) {
        return Report(data_dir.error());
      }
      options->config_dir = context.config_dir;
      options->data_dir = *data_dir;
      return AlertsTestCommand(*options, std::cout, std::cerr);
    };
  });
}

void AddRetry(CLI::App& alerts, CommandContext& context) {
  alerts.add_subcommand("retry", "Has the next run send what was given up, to the same addresses")
      ->callback([&context] {
        ChooseStoreCommand(context,
                           {.holder = "schoolwatch alerts retry",
                            .mode = storage::OpenMode::kReadWrite,
                            .work =
                                [](StoreSession& session) {
                                  if (session.store == nullptr || session.config == nullptr) {
                                    return ReportNoStore(session);
                                  }
                                  const core::Result<void> done =
                                      RetryGivenUp(*session.store, session.config->settings,
                                                   core::SystemClock().Now(), session.out);
                                  return done ? ExitCode::kDone
                                              : ReportError(done.error(), session.errors);
                                },
                            .repeatable = true});
      });
}

}  // namespace

void AddAlertsCommands(CLI::App& app, CommandContext& context) {
  CLI::App* alerts = app.add_subcommand("alerts", "Who is told of what, and how it reaches them");
  alerts->require_subcommand(1);
  AddRoute(*alerts, context);
  AddTest(*alerts, context);
  AddRetry(*alerts, context);
}

}  // namespace schoolwatch::app
