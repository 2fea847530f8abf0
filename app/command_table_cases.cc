#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

#include "app/command_table.h"
#include "app/commands/cases.h"
#include "storage/store.h"

// What was found, and what people do about it.
namespace schoolwatch::app {
namespace {

struct CaseArguments {
  std::string school;
  std::string state;
  std::string category;
  std::string at_least;
  std::size_t limit = 100;
  std::string id;
  bool json = false;

  OutputForm form() const { return json ? OutputForm::kJsonLines : OutputForm::kForPeople; }
};

core::Result<storage::CaseFilter> FilterOf(const CaseArguments& arguments) {
  storage::CaseFilter filter;
  filter.school = arguments.school;
  filter.limit = arguments.limit;
  if (!arguments.state.empty()) {
    SW_ASSIGN(filter.state, core::ParseCaseState(arguments.state));
  }
  if (!arguments.category.empty()) {
    SW_ASSIGN(filter.category, core::ParseCategory(arguments.category));
  }
  if (!arguments.at_least.empty()) {
    SW_ASSIGN(filter.at_least, core::ParseSeverity(arguments.at_least));
  }
  return filter;
}

ExitCode List(StoreSession& session, const CaseArguments& arguments) {
  const core::Result<storage::CaseFilter> filter = FilterOf(arguments);
  if (!filter) {
    return ReportError(filter.error(), session.errors);
  }
  if (session.store == nullptr) {
    (void)ReportNoStore(session);
    return ExitCode::kDone;
  }
  const auto listed = ListCases(*session.store, *filter, arguments.form(), session.out);
  return listed ? ExitCode::kDone : ReportError(listed.error(), session.errors);
}

ExitCode Show(StoreSession& session, const CaseArguments& arguments) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  const auto shown = ShowCase(*session.store, arguments.id, arguments.form(), session.out);
  return shown ? ExitCode::kDone : ReportError(shown.error(), session.errors);
}

}  // namespace

void AddCasesCommands(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<CaseArguments>();
  const auto reads = [&context, arguments](ExitCode (*work)(StoreSession&, const CaseArguments&)) {
    return [&context, arguments, work] {
      ChooseStoreCommand(context, {.holder = "schoolwatch cases",
                                   .mode = storage::OpenMode::kReadOnly,
                                   .work = [arguments, work](StoreSession& session) {
                                     return work(session, *arguments);
                                   }});
    };
  };
  CLI::App* cases = app.add_subcommand("cases", "What was found, story by story");
  cases->require_subcommand(1);
  CLI::App* list = cases->add_subcommand("list", "All cases, newest change first");
  list->add_option("--school", arguments->school, "Only this school's");
  list->add_option("--state", arguments->state, "new, seen, \"in hand\" or closed");
  list->add_option("--category", arguments->category, "safeguarding, defamatory or reputational");
  list->add_option("--at-least", arguments->at_least, "low, medium, high or urgent");
  list->add_option("--limit", arguments->limit, "At most so many")->capture_default_str();
  list->add_flag("--json", arguments->json, "JSON Lines");
  list->callback(reads(List));
  CLI::App* show = cases->add_subcommand("show", "One case with all its posts");
  show->add_option("ID", arguments->id, "The case's id or its beginning")->required();
  show->add_flag("--json", arguments->json, "One JSON object");
  show->callback(reads(Show));
}

}  // namespace schoolwatch::app
