#include "app/coverage/coverage_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "alerts/wording.h"
#include "app/intake/intake_ways.h"
#include "app/terminal.h"
#include "core/text/html_escape.h"

namespace schoolwatch::app {
namespace {

using core::EscapeHtml;

// Contrast of all text is at least 7:1 in both schemes (WCAG 2.2, level AAA).
constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #444; --line: #bbb;
        --card: #f6f6f4; --link: #00418a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eee; --paper: #161616; --soft: #c4c4c4; --line: #555; --card: #222;
          --link: #9ecbff; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin: 2rem 0 .25rem; }
h3 { font-size: 1rem; margin: 0; } p { margin: .25rem 0 .75rem; } a { color: var(--link); }
ul { list-style: none; margin: .5rem 0; padding: 0; }
li { background: var(--card); border: 1px solid var(--line); border-radius: .25rem;
     padding: .5rem .75rem; margin: .5rem 0; }
li p, li dl { margin: .25rem 0 0; }
dl { display: grid; grid-template-columns: max-content 1fr; column-gap: .75rem; }
dt { color: var(--soft); } dd { margin: 0; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
nav li { background: none; border: 0; padding: .25rem 0; margin: 0; }
.small { font-size: .9rem; color: var(--soft); }
@media print { body { max-width: none; } li { break-inside: avoid; } nav { display: none; } }
)";

struct Part {
  NameState state;
  std::string_view id;
  std::string_view title;
  std::string_view means;
};

constexpr Part kParts[] = {
    {NameState::kWatched, "watched", "Watched",
     "Public posts there are read regularly, as far as each entry says."},
    {NameState::kNotYet, "not-yet", "Set up, not looked at yet",
     "The next run looks there for the first time."},
    {NameState::kTrouble, "not-working", "Set up, but not working",
     "IT should look into these: at present nothing is seen there."},
    {NameState::kIndirect, "by-searches", "Seen only where a search finds it",
     "These places are not read themselves. What search engines find there is seen; the rest "
     "must be reported by people."},
    {NameState::kNoSource, "could-be", "Could be watched",
     "Nothing is missing but an entry in the settings."},
    {NameState::kLacksCredential, "lacks", "Could be watched with an account or a key",
     "The school decides whether that is worth the trouble or the money."},
    {NameState::kOff, "off", "Switched off", "These are not watched at present."},
    {NameState::kNotWatchable, "not-watchable", "Cannot be watched",
     "No lawful way leads there, for us or anybody: they are private, or closed to programs. What "
     "is said there is known only if somebody reports it."},
};

class Page {
 public:
  Page(std::span<const NameCoverage> names, std::span<const SourceCoverage> sources,
       core::Timestamp now, const std::string& time_zone)
      : names_(names),
        sources_(sources),
        now_(now),
        time_zone_(time_zone),
        clock_(alerts::LocalClock::Make(time_zone)) {}

  std::string Make(const std::vector<core::School>& schools) {
    const std::string title =
        "What is watched for " +
        (schools.size() == 1 ? schools.front().name : Count(schools.size(), "school"));
    out_ = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n"
        "<h1>{0}</h1>\n<p>As it was on {2}. Only what is public is read, by a program that follows "
        "each site's rules for programs; it logs in nowhere as a person, joins no groups and reads "
        "nobody's own profile. What is said in private is not seen.</p>\n",
        EscapeHtml(title), kStyle, Local(now_));
    AddContents();
    for (const Part& part : kParts) {
      AddPart(part);
    }
    AddReports();
    out_ +=
        "<p class=\"small\">Posts read: all public posts that were looked at there, most of which "
        "are not about the school. A platform may hold back posts from programs, so that nothing "
        "was found does not prove that nothing was said.</p>\n</main>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  std::string Local(core::Timestamp time) const {
    return EscapeHtml(clock_ ? (*clock_)->Format(time) : core::FormatLocalTime(time, time_zone_));
  }

  auto CountOf(NameState state) const {
    return std::ranges::count(names_, state, &NameCoverage::state);
  }

  void AddContents() {
    out_ += "<nav aria-label=\"On this page\">\n<ul>\n";
    for (const Part& part : kParts) {
      if (const auto count = CountOf(part.state); count > 0) {
        out_ += fmt::format("<li><a href=\"#{}\">{}</a>: {}</li>\n", part.id, part.title, count);
      }
    }
    out_ += "<li><a href=\"#reports\">What people report</a></li>\n</ul>\n</nav>\n";
  }

  void AddPart(const Part& part) {
    if (CountOf(part.state) == 0) {
      return;
    }
    out_ += fmt::format(
        "<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n<p>{2}</p>\n"
        "<ul>\n",
        part.id, part.title, part.means);
    for (const NameCoverage& one : names_) {
      if (one.state == part.state) {
        AddName(one);
      }
    }
    out_ += "</ul>\n</section>\n";
  }

  void AddReports() {
    out_ +=
        "<section aria-labelledby=\"reports\">\n<h2 id=\"reports\">What people report</h2>\n"
        "<p>What no program may read is known only if somebody sends it in.</p>\n<ul>\n";
    bool any = false;
    for (const SourceCoverage& one : sources_) {
      if (!IsIntakeWay(one.source->name)) {
        continue;
      }
      any = true;
      const core::SourceState& state = one.remembered;
      out_ += fmt::format(
          "<li>\n<h3>{}</h3>\n",
          EscapeHtml(alerts::Capitalised(std::string(IntakeWayTitle(one.source->name)))));
      if (state.failures > 0) {
        out_ += "<p>It could not be read at the last look; what was sent waits there.</p>\n";
      }
      out_ += "<dl>\n";
      AddRow("Last read",
             state.last_worked_at == core::Timestamp{} ? "never yet" : Local(state.last_worked_at));
      AddRow("Reports taken", std::to_string(state.posts_seen));
      out_ += "</dl>\n</li>\n";
    }
    if (!any) {
      out_ += "<li><p>No mailbox or folder is set up, so nobody can send anything in.</p></li>\n";
    }
    out_ += "</ul>\n</section>\n";
  }

  void AddRow(std::string_view name, const std::string& html) {
    if (!html.empty()) {
      out_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html);
    }
  }

  void AddName(const NameCoverage& one) {
    out_ += fmt::format("<li>\n<h3>{}</h3>\n", EscapeHtml(one.name->name));
    if (!one.why.empty()) {
      out_ += fmt::format("<p>{}</p>\n", EscapeHtml(one.why));
    }
    out_ += "<dl>\n";
    const bool is_read = one.state == NameState::kWatched || one.state == NameState::kTrouble;
    if (is_read) {
      AddRow("Last look", one.last_look == core::Timestamp{} ? "none yet" : Local(one.last_look));
      AddRow("Newest post",
             one.newest_post == core::Timestamp{} ? "none yet" : Local(one.newest_post));
      AddRow("Posts read", std::to_string(one.posts_seen));
    }
    std::string covers;
    std::string not_covered;
    for (const crawler::Platform* platform : Shown(one)) {
      AddSentence(covers, platform->covers);
      AddSentence(not_covered, platform->not_covered);
    }
    if (one.state != NameState::kNotWatchable && one.state != NameState::kIndirect) {
      AddRow(is_read ? "Seen" : "Would be seen", EscapeHtml(covers));
      AddRow("Never seen", EscapeHtml(not_covered));
    }
    AddRow("How to report", EscapeHtml(one.report));
    out_ += "</dl>\n</li>\n";
  }

  // Of the platforms that a source asks, or else the most telling one.
  static std::vector<const crawler::Platform*> Shown(const NameCoverage& one) {
    std::vector<const crawler::Platform*> shown;
    for (const crawler::Platform* platform : one.platforms) {
      if (std::ranges::any_of(one.sources, [&](const SourceCoverage* source) {
            return source->source->platform == platform->name ||
                   source->source->recipe == platform->name;
          })) {
        shown.push_back(platform);
      }
    }
    if (shown.empty() && one.sources.empty() && !one.platforms.empty()) {
      shown.push_back(one.platforms.front());
    }
    return shown;
  }

  static void AddSentence(std::string& text, std::string_view more) {
    if (more.empty() || text.contains(more)) {
      return;
    }
    text += text.empty() ? "" : text.ends_with('.') ? " " : ". ";
    text += alerts::Capitalised(more);
  }

  std::span<const NameCoverage> names_;
  std::span<const SourceCoverage> sources_;
  core::Timestamp now_;
  const std::string& time_zone_;
  const core::Result<std::unique_ptr<alerts::LocalClock>> clock_;
  std::string out_;
};

}  // namespace

std::string MakeCoveragePage(std::span<const NameCoverage> names,
                             std::span<const SourceCoverage> sources,
                             const std::vector<core::School>& schools, core::Timestamp now,
                             const std::string& time_zone) {
  return Page(names, sources, now, time_zone).Make(schools);
}

}  // namespace schoolwatch::app
