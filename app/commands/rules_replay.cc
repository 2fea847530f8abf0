#include "app/commands/rules_replay.h"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <map>
#include <ostream>
#include <utility>

#include "app/json_text.h"
#include "app/terminal.h"
#include "config/diagnostics.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;
using Kind = ReplayChange::Kind;

constexpr std::array<Kind, 5> kKinds{Kind::kGained, Kind::kLost, Kind::kSooner, Kind::kLater,
                                     Kind::kOther};

std::string_view HeadOf(Kind kind) {
  switch (kind) {
    case Kind::kGained:
      return "Gained: alarms only with the new rules";
    case Kind::kLost:
      return "Lost: alarms only with the old rules";
    case Kind::kSooner:
      return "Sooner: more severe with the new rules";
    case Kind::kLater:
      return "Later: less severe with the new rules";
    case Kind::kOther:
      return "Other categories";
  }
  return "";
}

std::string Verdict(const core::Judgement& judgement) {
  std::string text;
  for (const core::Category category : judgement.categories) {
    text += (text.empty() ? "" : ", ") + std::string(core::CategoryName(category));
  }
  return text.empty() ? "no alarm"
                      : fmt::format("{} ({})", text, core::SeverityName(judgement.severity));
}

std::size_t CountOf(const Replay& replay, Kind kind) {
  std::size_t count = 0;
  for (const ReplayChange& change : replay.changes) {
    count += change.kind == kind ? 1u : 0u;
  }
  return count;
}

// What each side adds to the sums: rules and cues by the words of their terms.
struct TermChange {
  double before = 0;
  double after = 0;
};
std::map<std::pair<core::Category, std::string>, TermChange> TermChanges(
    const ReplayChange& change) {
  std::map<std::pair<core::Category, std::string>, TermChange> terms;
  for (const core::Term& term : change.before.terms) {
    terms[{term.category, term.label}].before += term.value;
  }
  for (const core::Term& term : change.after.terms) {
    terms[{term.category, term.label}].after += term.value;
  }
  std::erase_if(terms, [](const auto& one) { return one.second.before == one.second.after; });
  return terms;
}

const core::Hit* FindHit(const ReplayChange& change, std::string_view label) {
  for (const core::Judgement* judgement : {&change.after, &change.before}) {
    for (const core::Hit& hit : judgement->hits) {
      if (label == "rule " + hit.rule) {
        return &hit;
      }
    }
  }
  return nullptr;
}

void PrintChange(const ReplayChange& change, const core::Post& post, std::ostream& out) {
  std::string where = post.url.empty() ? post.id : post.url;
  if (post.published) {
    where += (where.empty() ? "" : " ") + core::FormatRfc3339(*post.published).substr(0, 10);
  }
  const std::string words = post.visibility == core::Visibility::kReportedPrivate
                                ? "(reported in private)"
                            : post.title.empty() ? post.text
                                                 : post.title + " | " + post.text;
  out << fmt::format("\n  {}\n", SafeForTerminal(where))
      << Wrap(SafeForTerminal(std::string_view(words).substr(0, 400)), 4, TerminalWidth(stdout))
      << fmt::format("  {} -> {}\n", Verdict(change.before), Verdict(change.after));
  for (const auto& [key, values] : TermChanges(change)) {
    const auto& [category, label] = key;
    const core::Hit* hit = FindHit(change, label);
    const std::string_view what = values.before == 0 ? "new" : values.after == 0 ? "gone" : "other";
    out << fmt::format(
        "    {:<5} {:+.2f} -> {:+.2f}  {}, {}{}\n", what, values.before, values.after,
        core::CategoryName(category), SafeForTerminal(label),
        hit == nullptr ? ""
                       : fmt::format(" \"{}\"", config::ForMessage(SafeForTerminal(hit->text))));
  }
}

std::string PerWeek(std::size_t mails, double weeks) {
  return fmt::format("{:.1f}", static_cast<double>(mails) / weeks);
}

void PrintMails(const Replay& replay, std::ostream& out) {
  const MailCount& old_one = replay.mails_before;
  const MailCount& new_one = replay.mails_after;
  if (replay.weeks == 0) {
    out << fmt::format(
        "Mails over all these posts: {} -> {} (at once {} -> {}, digests {} -> {}). "
        "The posts have no times, so mails a week cannot be told.\n",
        old_one.all(), new_one.all(), old_one.at_once, new_one.at_once, old_one.digests,
        new_one.digests);
    return;
  }
  out << fmt::format(
      "Mails a week, all recipients: {} -> {} (at once {} -> {}, digests {} -> {}), over {:.1f} "
      "weeks.\n",
      PerWeek(old_one.all(), replay.weeks), PerWeek(new_one.all(), replay.weeks),
      PerWeek(old_one.at_once, replay.weeks), PerWeek(new_one.at_once, replay.weeks),
      PerWeek(old_one.digests, replay.weeks), PerWeek(new_one.digests, replay.weeks), replay.weeks);
}

void PrintForPeople(const Replay& replay, std::span<const ReplayPost> posts,
                    const matchers::Judge& before, const matchers::Judge& after,
                    const ReplayView& view, std::ostream& out) {
  out << fmt::format(
      "{} judged twice.\n  old: {}, {}, version {}\n  new: {}, {}, version {}\n\n",
      Count(posts.size(), "post"), view.old_name, Count(before.rules().pack().rules.size(), "rule"),
      before.rules().pack().version, view.new_name,
      Count(after.rules().pack().rules.size(), "rule"), after.rules().pack().version);
  std::string sums;
  for (const Kind kind : kKinds) {
    sums += fmt::format("{}{} {}", sums.empty() ? "" : ", ", CountOf(replay, kind),
                        kind == Kind::kOther ? "in other categories" : ReplayKindName(kind));
  }
  out << fmt::format("{}, {} unchanged.\n", sums, posts.size() - replay.changes.size());
  PrintMails(replay, out);
  for (const auto& [rule, count] : replay.shadow) {
    out << fmt::format("Shadow rule {} matched in {}.\n", rule, Count(count, "post"));
  }
  if (view.remembered) {
    out << "The store keeps only posts that were possible concerns: what new rules would gain "
           "among the others\nshows with --posts FILE.\n";
  }
  for (const Kind kind : kKinds) {
    std::size_t shown = 0;
    for (const ReplayChange& change : replay.changes) {
      if (change.kind != kind || ++shown > view.limit) {
        continue;
      }
      if (shown == 1) {
        out << fmt::format("\n{}\n", HeadOf(kind));
      }
      PrintChange(change, posts[change.post].post, out);
    }
    if (shown > view.limit) {
      out << fmt::format("\n  … and {} more: --limit shows more of them.\n", shown - view.limit);
    }
  }
}

json::object MailsOf(const MailCount& mails) {
  return {{"at_once", mails.at_once}, {"digests", mails.digests}};
}

void PrintAsJson(const Replay& replay, std::span<const ReplayPost> posts,
                 const matchers::Judge& before, const matchers::Judge& after, std::ostream& out) {
  for (const ReplayChange& change : replay.changes) {
    out << json::serialize(json::object{{"type", "change"},
                                        {"change", ReplayKindName(change.kind)},
                                        {"post", ToJson(posts[change.post].post)},
                                        {"before", ToJson(change.before)},
                                        {"after", ToJson(change.after)}})
        << '\n';
  }
  for (const auto& [rule, count] : replay.shadow) {
    out << json::serialize(json::object{{"type", "shadow"}, {"rule", rule}, {"posts", count}})
        << '\n';
  }
  json::object summary{{"type", "summary"},
                       {"posts", posts.size()},
                       {"rules_before", before.rules().pack().version},
                       {"rules_after", after.rules().pack().version},
                       {"mails_before", MailsOf(replay.mails_before)},
                       {"mails_after", MailsOf(replay.mails_after)}};
  for (const Kind kind : kKinds) {
    summary[ReplayKindName(kind)] = CountOf(replay, kind);
  }
  if (replay.weeks > 0) {
    summary["weeks"] = replay.weeks;
  }
  out << json::serialize(summary) << '\n';
}

}  // namespace

void PrintReplay(const Replay& replay, std::span<const ReplayPost> posts,
                 const matchers::Judge& before, const matchers::Judge& after,
                 const ReplayView& view, std::ostream& out) {
  if (view.form == OutputForm::kJsonLines) {
    PrintAsJson(replay, posts, before, after, out);
  } else {
    PrintForPeople(replay, posts, before, after, view, out);
  }
}

}  // namespace schoolwatch::app
