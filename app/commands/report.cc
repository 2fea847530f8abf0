#include "app/commands/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <utility>
#include <vector>

#include "alerts/clean_text.h"
#include "alerts/template_set.h"
#include "app/notices/notice_item.h"
#include "app/notices/report_numbers.h"
#include "core/outcome.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kColumns = 78;

core::Result<ExitCode> Make(StoreSession& session, const ReportArguments& arguments,
                            core::Timestamp now) {
  const config::Settings& settings = session.config->settings;
  SW_ASSIGN(const alerts::ReportFor audience, alerts::ParseReportFor(arguments.audience));
  const bool governors = audience == alerts::ReportFor::kGovernors;
  const std::string role = !arguments.role.empty() ? arguments.role
                           : governors             ? "chair"
                                                   : "headteacher";
  if (!arguments.school.empty() &&
      std::ranges::find(settings.schools, arguments.school, &core::School::key) ==
          settings.schools.end()) {
    return core::Fail(core::ErrorKind::kBadInput, "there is no school '" + arguments.school + "'");
  }
  const std::vector<const config::Contact*> readers =
      ContactsFor(settings.contacts, {role}, arguments.school, Fallback::kNone);
  if (readers.empty()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "there is no contact with the role '" + role +
                          "': whose report is it? say --to ROLE, since cases that may be about "
                          "its reader are left out");
  }
  const core::Timestamp until = arguments.until.value_or(now);
  const ReportScope scope{
      .reader = *readers.front(),
      .audience = audience,
      .from = arguments.since.value_or(until - std::chrono::days(governors ? 90 : 7)),
      .to = until,
      .school = arguments.school};
  if (scope.from >= scope.to) {
    return core::Fail(core::ErrorKind::kBadInput, "the time of a report ends before it begins");
  }
  SW_ASSIGN(core::Notice notice,
            MakeReport(*session.config, session.data_dir, *session.store, scope));
  if (arguments.form == ReportArguments::Form::kHtml) {
    SW_ASSIGN(const auto page,
              alerts::TemplateSet::Load(session.data_dir / "templates", {"message"}));
    alerts::View view;
    view.Set("subject", notice.subject).Set("html", notice.html);
    session.out << page->Render("message.html", view);
    return ExitCode::kDone;
  }
  if (arguments.form == ReportArguments::Form::kQueued) {
    core::DocumentOutcome outcome;
    outcome.by = core::AuditActor::kOperator;
    outcome.outbox.push_back(NoticeItem(
        scope.reader, std::move(notice), fmt::format("asked for at {}", core::FormatRfc3339(now)),
        arguments.school.empty() ? OnlySchool(scope.reader, settings) : arguments.school, now));
    SW_TRY(session.store->Commit({&outcome, 1}));
    session.out << "The next run sends it to " << scope.reader.email << ".\n";
    return ExitCode::kDone;
  }
  session.out << notice.subject << "\n\n" << alerts::WrapLines(notice.text, kColumns);
  return ExitCode::kDone;
}

}  // namespace

ExitCode ReportCommand(StoreSession& session, const ReportArguments& arguments,
                       core::Timestamp now) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  const core::Result<ExitCode> made = Make(session, arguments, now);
  return made ? *made : ReportError(made.error(), session.errors);
}

}  // namespace schoolwatch::app
