#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/case_changes.h"
#include "app/command_table.h"
#include "app/commands/cases.h"
#include "app/look_gate.h"
#include "app/terminal.h"
#include "config/duration.h"
#include "core/clock.h"
#include "storage/store.h"

// What was found, and what people do about it.
namespace schoolwatch::app {
namespace {

struct CaseArguments {
  std::string school;
  std::string state;
  std::string outcome;
  std::string category;
  std::string at_least;
  std::string since;
  std::string words;
  std::size_t limit = 100;
  std::string id;
  std::string into;
  std::vector<std::string> findings;
  std::string note;
  LookPermit permit;
  bool json = false;

  OutputForm form() const { return json ? OutputForm::kJsonLines : OutputForm::kForPeople; }
};

core::Timestamp Now() { return core::SystemClock().Now(); }

// "7 days", or a day or a time.
core::Result<core::Timestamp> ParseSince(const std::string& text) {
  if (const auto ago = config::ParseDuration(text)) {
    return Now() - *ago;
  }
  const auto time = core::ParseRfc3339(text);
  const auto day = time ? time : core::ParseRfc3339(text + "T00:00:00Z");
  if (!day) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "--since '" + text +
                          "' is no time; it must be as \"7 days\", \"2026-11-20\" or "
                          "\"2026-11-20T18:00:00Z\"");
  }
  return *day;
}

core::Result<storage::CaseFilter> FilterOf(const CaseArguments& arguments) {
  storage::CaseFilter filter;
  filter.school = arguments.school;
  filter.limit = arguments.limit;
  if (!arguments.state.empty()) {
    SW_ASSIGN(filter.state, core::ParseCaseState(arguments.state));
  }
  if (!arguments.outcome.empty()) {
    SW_ASSIGN(filter.outcome, core::ParseCaseOutcome(arguments.outcome));
  }
  if (!arguments.category.empty()) {
    SW_ASSIGN(filter.category, core::ParseCategory(arguments.category));
  }
  if (!arguments.at_least.empty()) {
    SW_ASSIGN(filter.at_least, core::ParseSeverity(arguments.at_least));
  }
  if (!arguments.since.empty()) {
    SW_ASSIGN(filter.since, ParseSince(arguments.since));
  }
  return filter;
}

std::span<const core::School> Watched(const StoreSession& session) {
  return session.config == nullptr ? std::span<const core::School>()
                                   : session.config->settings.schools;
}

core::Result<void> List(StoreSession& session, const CaseArguments& arguments) {
  SW_ASSIGN(storage::CaseFilter filter, FilterOf(arguments));
  if (session.store == nullptr) {
    (void)ReportNoStore(session);
    return {};
  }
  SW_TRY(CheckSchool(*session.store, Watched(session), arguments.school));
  return ListCases(*session.store,
                   {.filter = std::move(filter),
                    .words = arguments.words,
                    .form = arguments.form(),
                    .now = Now()},
                   session.out);
}

core::Result<void> Show(StoreSession& session, const CaseArguments& arguments) {
  SW_ASSIGN(const core::Case shown, session.store->LoadCase(arguments.id));
  // Before it is shown: nobody looks without the log's knowing.
  SW_TRY(CountLookAtCase(session, shown, arguments.permit, LookEntry::kAlways, Now()));
  return ShowCase(*session.store, arguments.id, arguments.form(), Now(), session.out,
                  session.config == nullptr
                      ? nullptr
                      : &config::CalendarOf(session.config->settings, shown.school));
}

core::Result<void> Examples(StoreSession& session, const CaseArguments& arguments) {
  SW_TRY(CheckSchool(*session.store, Watched(session), arguments.school));
  return ListExamples(*session.store, arguments.school, arguments.form(), session.out);
}

Decision DecisionOf(const StoreSession& session, const CaseArguments& arguments) {
  return {.who = session.user, .reason = arguments.note, .at = Now()};
}

// Commits what was decided, and says how the case stands now.
core::Result<void> Carry(StoreSession& session, core::Result<core::DocumentOutcome> decided) {
  if (!decided) {
    return core::Fail(std::move(decided).error());
  }
  decided->by = core::AuditActor::kOperator;
  SW_TRY(session.store->Commit({&*decided, 1}));
  for (const core::Case& changed : decided->cases) {
    if (!changed.merged_into.empty()) {
      session.out << fmt::format("Case {} is now part of case {}.\n", changed.id,
                                 changed.merged_into);
      continue;
    }
    session.out << fmt::format("Case {} is {}{}, with {}.\n", changed.id,
                               core::CaseStateName(changed.state),
                               changed.outcome == core::CaseOutcome::kNone
                                   ? ""
                                   : fmt::format(" as {}", core::CaseOutcomeName(changed.outcome)),
                               Count(core::PostsIn(changed), "post"));
  }
  if (!decided->examples.empty()) {
    session.out << fmt::format(
        "{} kept, with names masked, as what the rules should let be (`rules test` tries them).\n",
        decided->examples.size() == 1 ? "The post is" : "Its posts are");
  }
  return {};
}

core::Result<void> Seen(StoreSession& session, const CaseArguments& arguments) {
  return Carry(session, SetState(*session.store, arguments.id, core::CaseState::kSeen,
                                 DecisionOf(session, arguments)));
}

core::Result<void> Take(StoreSession& session, const CaseArguments& arguments) {
  return Carry(session, SetState(*session.store, arguments.id, core::CaseState::kInHand,
                                 DecisionOf(session, arguments)));
}

core::Result<void> Close(StoreSession& session, const CaseArguments& arguments) {
  SW_ASSIGN(const core::CaseOutcome outcome, core::ParseCaseOutcome(arguments.outcome));
  const config::Settings& settings = session.config->settings;
  const NameMask mask(settings.schools, settings.contacts);
  return Carry(session, CloseCase(*session.store, arguments.id, outcome, mask,
                                  DecisionOf(session, arguments)));
}

core::Result<void> Reopen(StoreSession& session, const CaseArguments& arguments) {
  return Carry(session, ReopenCase(*session.store, arguments.id, DecisionOf(session, arguments)));
}

core::Result<void> Note(StoreSession& session, const CaseArguments& arguments) {
  return Carry(session, NoteCase(*session.store, arguments.id, DecisionOf(session, arguments)));
}

core::Result<void> Merge(StoreSession& session, const CaseArguments& arguments) {
  return Carry(session, MergeCases(*session.store, arguments.id, arguments.into,
                                   DecisionOf(session, arguments)));
}

core::Result<void> Split(StoreSession& session, const CaseArguments& arguments) {
  return Carry(session, SplitCase(*session.store, arguments.id, arguments.findings,
                                  DecisionOf(session, arguments)));
}

// The rows' common part: one set of arguments, one way to run.
class CaseTable {
 public:
  using Work = core::Result<void> (*)(StoreSession&, const CaseArguments&);

  CaseTable(CLI::App& cases, CommandContext& context) : cases_(cases), context_(context) {}

  CaseArguments& arguments() { return *arguments_; }

  enum class Again { kNo, kFine };  // Whether giving it twice does no harm.

  CLI::App& Add(const char* name, const char* help, storage::OpenMode mode, Work work,
                Again again = Again::kNo) {
    CLI::App* const command = cases_.add_subcommand(name, help);
    command->callback([&context = context_, arguments = arguments_, mode, work, again] {
      ChooseStoreCommand(context, {.holder = "schoolwatch cases",
                                   .mode = mode,
                                   .work =
                                       [=](StoreSession& session) {
                                         if (session.store == nullptr && work != List) {
                                           return ReportNoStore(session);
                                         }
                                         const core::Result<void> done = work(session, *arguments);
                                         return done ? ExitCode::kDone
                                                     : ReportError(done.error(), session.errors);
                                       },
                                   .repeatable = again == Again::kFine});
    });
    return *command;
  }
  CLI::App& AddOnCase(const char* name, const char* help, storage::OpenMode mode, Work work,
                      Again again = Again::kNo) {
    CLI::App& command = Add(name, help, mode, work, again);
    command.add_option("ID", arguments_->id, "The case's id or its beginning")->required();
    return command;
  }
  CLI::Option* AddNote(CLI::App& command, const char* help) {
    return command.add_option("--note", arguments_->note, help);
  }

 private:
  CLI::App& cases_;
  CommandContext& context_;
  std::shared_ptr<CaseArguments> arguments_ = std::make_shared<CaseArguments>();
};

}  // namespace

void AddCasesCommands(CLI::App& app, CommandContext& context) {
  constexpr auto kRead = storage::OpenMode::kReadOnly;
  constexpr auto kWrite = storage::OpenMode::kReadWrite;
  CLI::App* cases =
      app.add_subcommand("cases", "What was found, story by story, and what was done about it");
  cases->require_subcommand(1);
  CaseTable table(*cases, context);
  CaseArguments& arguments = table.arguments();

  CLI::App& list = table.Add("list", "All cases, newest change first", kRead, List);
  list.add_option("--school", arguments.school, "Only this school's");
  list.add_option("--state", arguments.state, "new, seen, in-hand or closed");
  list.add_option("--outcome", arguments.outcome, "Closed as this (see close)");
  list.add_option("--category", arguments.category, "safeguarding, defamatory or reputational");
  list.add_option("--at-least", arguments.at_least, "low, medium, high or urgent");
  list.add_option("--since", arguments.since, "Changed since: \"7 days\", or a date");
  list.add_option("--text", arguments.words, "Words that all stand in its title or posts");
  list.add_option("--limit", arguments.limit, "At most so many, those that changed last")
      ->capture_default_str();
  list.add_flag("--json", arguments.json, "JSON Lines");

  CLI::App& show = table.AddOnCase(
      "show", "One case with its history and all its posts; the audit log records it", kWrite, Show,
      CaseTable::Again::kFine);
  AddLookPermit(show, arguments.permit);
  show.add_flag("--json", arguments.json, "One JSON object");

  CLI::App& seen = table.AddOnCase("seen", "Somebody has looked at it", kWrite, Seen);
  table.AddNote(seen, "A word about it");
  CLI::App& take = table.AddOnCase("take", "Somebody deals with it: it is in hand", kWrite, Take);
  table.AddNote(take, "A word about it");

  CLI::App& close = table.AddOnCase("close", "It is dealt with", kWrite, Close);
  close
      .add_option("--as", arguments.outcome,
                  "concern, complaint, lawful-criticism, no-concern, not-about-us, "
                  "reported-to-platform or referred")
      ->required();
  table.AddNote(close, "Why; needed for safeguarding, and where a post is set aside");
  CLI::App& reopen = table.AddOnCase("reopen", "A closed case is in hand again", kWrite, Reopen);
  table.AddNote(reopen, "Why")->required();

  CLI::App& note = table.AddOnCase("note", "Adds a note to its history", kWrite, Note);
  note.add_option("TEXT", arguments.note, "The note")->required();

  CLI::App& merge =
      table.AddOnCase("merge", "Moves all posts of one case into another", kWrite, Merge);
  merge.add_option("INTO", arguments.into, "The case that has them afterwards")->required();
  table.AddNote(merge, "Why")->required();

  CLI::App& split =
      table.AddOnCase("split", "Makes a new case of some of its posts", kWrite, Split);
  split.add_option("POSTS", arguments.findings, "Their ids, as show prints them")->required();
  table.AddNote(split, "Why")->required();

  CLI::App& examples = table.Add(
      "examples", "Posts that were closed as no concern or not about us, with names masked", kRead,
      Examples);
  examples.add_option("--school", arguments.school, "Only this school's");
  examples.add_flag("--json", arguments.json, "JSON Lines, as the rules commands read posts");

  AddCaseArchiveCommands(*cases, context);
}

}  // namespace schoolwatch::app
