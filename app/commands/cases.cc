#include "app/commands/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <limits>
#include <ostream>
#include <ranges>
#include <sstream>
#include <vector>

#include "alerts/response_clock.h"
#include "app/json_text.h"
#include "app/pipeline/standing.h"
#include "app/terminal.h"
#include "core/text/fold.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

// Newest posts of a case that `list` looks at for its growth.
constexpr std::size_t kLookedAt = 50;
constexpr std::size_t kColumns = 80;

std::string Join(const std::vector<core::Category>& categories) {
  std::string text;
  for (const core::Category category : categories) {
    text += (text.empty() ? "" : ", ") + std::string(core::CategoryName(category));
  }
  return text;
}

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

void PrintIndented(std::ostream& out, std::string_view text) {
  const std::string safe = SafeForTerminal(text);
  for (std::size_t start = 0; start < safe.size();) {
    const std::size_t end = std::min(safe.find('\n', start), safe.size());
    const std::string lines = Wrap(std::string_view(safe).substr(start, end - start), 6, kColumns);
    out << (lines.empty() ? "\n" : lines);
    start = end + 1;
  }
}

// `text` in lines behind `label`.
std::string Labelled(std::string_view label, std::string_view text) {
  const std::size_t indent = DisplayWidth(label);
  std::string lines = Wrap(text, indent, kColumns);
  return lines.empty() ? std::string(label) + "\n" : lines.replace(0, indent, label);
}

// To the minute, and in UTC, which the Z says.
std::string Minute(core::Timestamp time) { return core::FormatRfc3339(time).substr(0, 16) + "Z"; }

// "closed: no concern".
std::string StateOf(const core::Case& one) {
  std::string state(core::CaseStateName(one.state));
  if (one.outcome != core::CaseOutcome::kNone) {
    state += ": " + std::string(core::CaseOutcomeName(one.outcome));
  }
  return state;
}

// What happened by itself since a person last did something: "got worse", "reopened", "growing
// fast"; else empty.
std::string_view UnseenTurn(const core::Case& one) {
  for (const core::CaseEvent& event : one.history | std::views::reverse) {
    if (!event.who.empty()) {
      break;
    }
    if (event.kind == core::CaseEventKind::kWorse || event.kind == core::CaseEventKind::kReopened ||
        event.kind == core::CaseEventKind::kGrowing) {
      return core::CaseEventKindName(event.kind);
    }
  }
  return "";
}

struct Growth {
  std::size_t last_day = 0;
  std::size_t last_week = 0;
};

void AddTo(Growth& growth, const core::Finding& finding, core::Timestamp now) {
  if (!finding.edit_of.empty()) {
    return;  // The post is counted already.
  }
  growth.last_day += finding.fetched_at > now - std::chrono::days(1) ? 1u : 0u;
  growth.last_week += finding.fetched_at > now - std::chrono::days(7) ? 1u : 0u;
}

// The posts of a case that are still there, oldest first; at most the `most` newest.
core::Result<std::vector<core::Finding>> LoadNewest(const storage::CaseReader& cases,
                                                    const core::Case& of, std::size_t most) {
  std::vector<core::Finding> findings;
  const std::size_t skipped = of.findings.size() - std::min(of.findings.size(), most);
  for (const std::string& id : of.findings | std::views::drop(skipped)) {
    core::Result<core::Finding> finding = cases.LoadFinding(id);
    if (finding) {
      findings.push_back(*std::move(finding));
    } else if (finding.error().kind != core::ErrorKind::kNotFound) {  // Erased.
      return core::Fail(std::move(finding).error());
    }
  }
  return findings;
}

std::string SpreadOf(const core::Case& one) {
  return fmt::format("{}, {}, {}", Count(core::PostsIn(one), "post"), Count(one.authors, "author"),
                     Count(one.sources.size(), "place"));
}

json::object GrowthOf(const Growth& growth) {
  return {{"last_24_hours", growth.last_day}, {"last_7_days", growth.last_week}};
}

// Folded words that somebody looks for.
class Search {
 public:
  explicit Search(std::string_view words) {
    std::istringstream split(core::Fold(words).text);
    for (std::string word; split >> word;) {
      words_.push_back(std::move(word));
    }
  }
  bool empty() const { return words_.empty(); }
  bool IsIn(std::string_view text) const {
    const std::string folded = core::Fold(text).text;
    return std::ranges::all_of(
        words_, [&](const std::string& word) { return folded.find(word) != std::string::npos; });
  }

 private:
  std::vector<std::string> words_;
};

// All words of a case.
core::Result<std::string> LoadText(const storage::CaseReader& cases, const core::Case& of) {
  std::string text = of.title;
  SW_ASSIGN(const std::vector<core::Finding> findings,
            LoadNewest(cases, of, std::numeric_limits<std::size_t>::max()));
  for (const core::Finding& finding : findings) {
    const core::Post& post = finding.post;
    for (const std::string* part : {&post.title, &post.text, &post.author, &post.url}) {
      text += "\n" + *part;
    }
  }
  return text;
}

void PrintRow(const core::Case& one, const Growth& growth, std::ostream& out) {
  const std::string_view turn = UnseenTurn(one);
  const std::string head =
      fmt::format("{:<9} {:<7} {:<8} {}{}", one.id, core::SeverityName(one.severity),
                  core::CaseStateName(one.state), Minute(one.changed_at),
                  turn.empty() ? "" : fmt::format("  ! {}", turn));
  const std::string categories = Join(one.categories);
  const bool fits = head.size() + 2 + categories.size() <= kColumns;
  out << head << (categories.empty() ? "" : fits ? "  " : "\n          ") << categories << '\n';
  std::string spread = SpreadOf(one);
  if (growth.last_day > 0 && growth.last_day < core::PostsIn(one)) {
    spread += fmt::format(", {} in the last 24 h", growth.last_day);
  }
  if (one.outcome != core::CaseOutcome::kNone) {
    spread += fmt::format(" · {}", core::CaseOutcomeName(one.outcome));
  }
  out << Wrap(fmt::format("{} · {} · {}", one.school, spread, SafeForTerminal(one.title)), 10,
              kColumns);
}

void PrintHistory(const core::Case& one, std::ostream& out) {
  if (one.history.empty()) {
    return;
  }
  out << "\n  History\n";
  for (const core::CaseEvent& event : one.history) {
    std::string what = SafeForTerminal(core::CaseEventWords(event));
    if (!event.finding.empty() && event.kind != core::CaseEventKind::kOpened) {
      what += fmt::format(" (post {})", event.finding);
    }
    out << Labelled("    " + Minute(event.at) + "  ",
                    event.who.empty() ? what : what + " by " + SafeForTerminal(event.who));
    PrintIndented(out, event.reason);
  }
}

// What became of the post since it was found, and what it was before.
void PrintChanges(const core::Finding& finding, const std::vector<core::PostVersion>& versions,
                  const EditsById& edits, std::ostream& out) {
  if (!finding.edit_of.empty()) {
    out << fmt::format("    an edit of post {}\n", finding.edit_of);
  }
  for (const core::PostVersion& version : versions) {
    const std::string_view judged = version.categories.empty()
                                        ? std::string_view("no concern")
                                        : core::SeverityName(version.severity);
    out << fmt::format(
        "    {} {} ({}), it read:\n",
        version.at < finding.fetched_at ? "before the edit, first read" : "edited since, as read",
        Minute(version.at), judged);
    PrintIndented(out, version.title);
    PrintIndented(out, version.text);
  }
  if (const core::Finding& newest = NewestText(finding, edits); &newest != &finding) {
    out << fmt::format("    edited since: post {} tells whether it is still there\n", newest.id);
    return;
  }
  const core::Standing& standing = finding.standing;
  if (standing.gone && standing.missed_at == core::Timestamp{}) {
    out << "    gone: deleted at its source\n";  // As the platform said; no look missed it.
  } else if (standing.gone) {
    out << fmt::format("    gone: it went {}\n", GoneSince(standing, finding.fetched_at));
  } else if (standing.missed_at != core::Timestamp{}) {
    out << fmt::format("    not found there on {}; another look will tell\n",
                       Minute(standing.missed_at));
  } else if (standing.seen_at > finding.fetched_at) {
    out << fmt::format("    still there on {}\n", Minute(standing.seen_at));
  }
}

void PrintFinding(const core::Finding& finding, const std::vector<core::PostVersion>& versions,
                  const EditsById& edits, std::ostream& out) {
  const core::Post& post = finding.post;
  out << '\n'
      << Wrap(fmt::format("{} · {} · {} · post {}", core::SeverityName(finding.judgement.severity),
                          post.author.empty() ? "no name shown" : SafeForTerminal(post.author),
                          post.published ? core::FormatRfc3339(*post.published)
                                         : SafeForTerminal(post.published_text),
                          finding.id),
              2, kColumns);
  if (!post.url.empty()) {
    out << "    " << SafeForTerminal(post.url) << '\n';
  }
  if (!post.title.empty()) {
    PrintIndented(out, post.title);
  }
  PrintIndented(out, post.text);
  PrintChanges(finding, versions, edits, out);
  for (const core::Hit& hit : finding.judgement.hits) {
    out << Labelled(
        "    why: ",
        fmt::format("{} ({}rule {})", hit.why,
                    hit.text.empty() ? "" : "“" + SafeForTerminal(hit.text) + "”; ", hit.rule));
  }
}

}  // namespace

core::Result<void> CheckSchool(const storage::CaseReader& cases,
                               std::span<const core::School> watched, std::string_view key) {
  if (key.empty() || std::ranges::find(watched, key, &core::School::key) != watched.end()) {
    return {};
  }
  storage::CaseFilter filter;
  filter.school = key;
  filter.limit = 1;
  SW_ASSIGN(const std::vector<core::Case> earlier, cases.ListCases(filter));
  if (!earlier.empty()) {
    return {};
  }
  std::vector<std::string> keys;
  for (const core::School& school : watched) {
    keys.push_back(school.key);
  }
  return core::Fail(core::ErrorKind::kBadInput,
                    fmt::format("there is no school '{}'; these are watched: {}",
                                SafeForTerminal(key), Join(keys)));
}

core::Result<void> ListCases(const storage::CaseReader& cases, const CaseList& list,
                             std::ostream& out) {
  const Search search(list.words);
  storage::CaseFilter filter = list.filter;
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  // One more, so that it is known whether there are more; or all, of which some are found.
  filter.limit = !search.empty() || filter.limit == kAll ? kAll : filter.limit + 1;
  SW_ASSIGN(const std::vector<core::Case> found, cases.ListCases(filter));
  std::size_t shown = 0;
  bool are_more = false;
  for (const core::Case& one : found) {
    if (!search.empty()) {
      SW_ASSIGN(const std::string text, LoadText(cases, one));
      if (!search.IsIn(text)) {
        continue;
      }
    }
    if (shown == list.filter.limit) {
      are_more = true;
      break;
    }
    ++shown;
    SW_ASSIGN(const std::vector<core::Finding> newest, LoadNewest(cases, one, kLookedAt));
    Growth growth;
    for (const core::Finding& finding : newest) {
      AddTo(growth, finding, list.now);
    }
    if (list.form == OutputForm::kJsonLines) {
      json::object object = ToJson(one);
      object["growth"] = GrowthOf(growth);
      out << json::serialize(object) << '\n';
    } else {
      PrintRow(one, growth, out);
    }
  }
  if (list.form == OutputForm::kForPeople && shown == 0) {
    out << "No cases.\n";
  } else if (list.form == OutputForm::kForPeople && are_more) {
    out << fmt::format(
        "Only the {} that changed last {} shown. For more: --limit {}, or filters such as "
        "--state.\n",
        Count(shown, "case"), shown == 1 ? "is" : "are", 10 * shown);
  }
  return {};
}

core::Result<void> ShowCase(const storage::CaseReader& cases, std::string_view id, OutputForm form,
                            core::Timestamp now, std::ostream& out,
                            const core::SchoolCalendar* calendar) {
  SW_ASSIGN(const core::Case one, cases.LoadCase(id));
  const core::Timestamp due =
      calendar == nullptr ? core::Timestamp{} : alerts::AnswerDue(*calendar, one);
  SW_ASSIGN(const std::vector<core::Finding> findings,
            LoadNewest(cases, one, std::numeric_limits<std::size_t>::max()));
  Growth growth;
  for (const core::Finding& finding : findings) {
    AddTo(growth, finding, now);
  }
  if (form == OutputForm::kJsonLines) {
    json::object object = ToJson(one);
    object["growth"] = GrowthOf(growth);
    if (due != core::Timestamp{}) {
      object["answer_due"] = core::FormatRfc3339(due);
    }
    json::array events;
    for (const core::CaseEvent& event : one.history) {
      events.emplace_back(ToJson(event));
    }
    object["history"] = std::move(events);
    json::array array;
    for (const core::Finding& finding : findings) {
      SW_ASSIGN(const auto versions, cases.LoadVersions(finding.id));
      json::object shown = ToJson(finding);
      json::array texts;
      for (const core::PostVersion& version : versions) {
        texts.emplace_back(ToJson(version));
      }
      if (!texts.empty()) {
        shown["versions"] = std::move(texts);
      }
      array.emplace_back(std::move(shown));
    }
    object["findings"] = std::move(array);
    out << json::serialize(object) << '\n';
    return {};
  }
  const std::string_view turn = UnseenTurn(one);
  out << Labelled(fmt::format("Case {}: ", one.id), SafeForTerminal(one.title));
  out << fmt::format("  School     {}\n  State      {}{}\n  Severity   {}\n  Possible   {}\n",
                     one.school, StateOf(one), turn.empty() ? "" : fmt::format(" (it {})", turn),
                     core::SeverityName(one.severity), Join(one.categories));
  if (!one.topics.empty()) {
    out << fmt::format("  Topics     {}\n", Join(one.topics));
  }
  out << fmt::format(
      "  Opened     {}\n  Changed    {}\n  Spread     {}\n  Growth     {} in the last 24 h, {} in "
      "the last 7 days\n",
      core::FormatRfc3339(one.opened_at), core::FormatRfc3339(one.changed_at), SpreadOf(one),
      Count(growth.last_day, "post"), growth.last_week);
  if (due != core::Timestamp{}) {
    out << fmt::format("  Answer by  {}{}\n", core::FormatRfc3339(due),
                       due < now ? " (overdue)" : "");
  }
  PrintHistory(one, out);
  EditsById edits;
  for (const core::Finding& finding : findings) {
    if (!finding.edit_of.empty()) {
      edits.emplace(finding.edit_of, &finding);
    }
  }
  for (const core::Finding& finding : findings) {
    SW_ASSIGN(const auto versions, cases.LoadVersions(finding.id));
    PrintFinding(finding, versions, edits, out);
  }
  return {};
}

core::Result<void> ListExamples(const storage::ExampleReader& examples, std::string_view school,
                                OutputForm form, std::ostream& out) {
  SW_ASSIGN(const std::vector<core::KeptExample> kept, examples.ListExamples());
  std::size_t shown = 0;
  for (const core::KeptExample& example : kept) {
    if (!school.empty() && example.school != school) {
      continue;
    }
    ++shown;
    if (form == OutputForm::kJsonLines) {
      out << json::serialize(ToJson(example)) << '\n';
      continue;
    }
    out << fmt::format("Case {} · {} · {}\n", example.case_id, example.school,
                       core::CaseOutcomeName(example.outcome));
    PrintIndented(out, example.post.title);
    PrintIndented(out, example.post.text);
  }
  if (form == OutputForm::kForPeople) {
    out << (shown == 0
                ? "No examples are kept.\n"
                : "Names are masked by how they look, and some may remain: read these before "
                  "you\npass them on.\n");
  }
  return {};
}

}  // namespace schoolwatch::app
