#include "app/commands/rules_eval.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <ostream>
#include <utility>

#include "app/json_text.h"
#include "app/post_lines.h"
#include "app/scorecard.h"
#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, kVerdicts> kVerdictNames{"mention", "alert", "safeguarding",
                                                                "defamatory", "reputational"};
constexpr std::size_t kListedRules = 10;
constexpr std::size_t kListedHits = 6;

// The errors that can be listed, by name.
struct ErrorKind {
  std::string_view name;
  bool (*is)(const ScoredPost& post);
};
template <Verdict kVerdict>
bool Differs(const ScoredPost& post) {
  return post.Was(kVerdict) != post.Judged(kVerdict);
}
constexpr std::array<ErrorKind, 8> kErrorKinds{
    ErrorKind{"safeguarding", Differs<Verdict::kSafeguarding>},
    ErrorKind{"defamatory", Differs<Verdict::kDefamatory>},
    ErrorKind{"reputational", Differs<Verdict::kReputational>},
    ErrorKind{"mention", Differs<Verdict::kMention>},
    ErrorKind{"schools", [](const ScoredPost& post) { return !post.right_schools; }},
    ErrorKind{"urgent", [](const ScoredPost& post) { return post.IsUrgentMissed(); }},
    ErrorKind{"false_alarms",
              [](const ScoredPost& post) {
                return !post.Was(Verdict::kAlert) && post.Judged(Verdict::kAlert);
              }},
    ErrorKind{"missed", [](const ScoredPost& post) {
                return post.Was(Verdict::kAlert) && !post.Judged(Verdict::kAlert);
              }}};

std::string Names(const std::vector<core::Category>& categories) {
  std::string names;
  for (const core::Category category : categories) {
    names += (names.empty() ? "" : ", ") + std::string(core::CategoryName(category));
  }
  return names.empty() ? "harmless" : names;
}

double Share(std::size_t part, std::size_t all) {
  return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
}

json::array Ends(const Interval& interval) { return {interval.low, interval.high}; }

// "0.912 (0.88-0.94)".
std::string Figure(double value, const Interval& interval) {
  return fmt::format("{:.3f} ({:.2f}–{:.2f})", value, interval.low, interval.high);
}

// --- for people

void PrintTable(const Scorecard& card, const Scorecard::F1Intervals& f1, std::ostream& out) {
  out << fmt::format("  {:<13} {:<18} {:<18} {:<18} {:>5} {:>6} {:>6}\n", "", "precision", "recall",
                     "F1", "right", "wrong", "missed");
  for (std::size_t index = 0; index < kVerdicts; ++index) {
    const Tally& tally = card.TallyOf(static_cast<Verdict>(index));
    out << fmt::format(
        "  {:<13} {:<18} {:<18} {:<18} {:>5} {:>6} {:>6}\n", kVerdictNames[index],
        Figure(tally.Precision(), WilsonInterval(tally.right, tally.right + tally.wrong)),
        Figure(tally.Recall(), WilsonInterval(tally.right, tally.right + tally.missed)),
        Figure(tally.F1(), f1.f1[index]), tally.right, tally.wrong, tally.missed);
  }
  out << fmt::format("  {:<13} {:<18} {:<18} {}  mean of the three categories\n\n", "macro F1", "",
                     "", Figure(card.MacroF1(), f1.macro));
}

void PrintShare(std::string_view label, std::size_t part, std::size_t all, std::ostream& out) {
  out << fmt::format(
      "  {:<46} {}  {} of {}\n", label,
      all == 0 ? fmt::format("{:<18}", "–") : Figure(Share(part, all), WilsonInterval(part, all)),
      part, all);
}

void PrintSeverities(const Scorecard& card, std::ostream& out) {
  out << "\nHow soon: a row is what people say, a column what the rules say.\n          ";
  for (int judged = 0; judged < 5; ++judged) {
    out << fmt::format("{:>8}", core::SeverityName(static_cast<core::Severity>(judged)));
  }
  out << '\n';
  for (std::size_t said = 0; said < 5; ++said) {
    out << fmt::format("  {:<8}", core::SeverityName(static_cast<core::Severity>(said)));
    for (const std::size_t count : card.severities[said]) {
      out << fmt::format("{:>8}", count);
    }
    out << '\n';
  }
}

using RankedRule = std::pair<std::string, Scorecard::RuleUse>;

std::vector<RankedRule> WorstRules(const Scorecard& card) {
  std::vector<RankedRule> ranked(card.rules.begin(), card.rules.end());
  std::ranges::stable_sort(ranked, std::greater<>{},
                           [](const RankedRule& rule) { return rule.second.wrong; });
  return ranked;
}

void PrintRules(const Scorecard& card, std::ostream& out) {
  const std::vector<RankedRule> ranked = WorstRules(card);
  if (ranked.empty() || ranked.front().second.wrong == 0) {
    return;
  }
  out << "\nRules behind most wrong categories (posts that it helped to judge):\n"
      << fmt::format("  {:>5} {:>5}\n", "wrong", "right");
  for (std::size_t index = 0; index < std::min(kListedRules, ranked.size()); ++index) {
    const auto& [rule, use] = ranked[index];
    if (use.wrong > 0) {
      out << fmt::format("  {:>5} {:>5}  {}\n", use.wrong, use.right, rule);
    }
  }
}

void PrintError(const ScoredPost& post, std::ostream& out) {
  const PostLabel& label = post.line.label;
  out << fmt::format("\n{} {} [{}{}{}]\n", config::Format(post.line.where),
                     SafeForTerminal(post.line.id), SafeForTerminal(label.school),
                     post.line.post.platform.empty() ? "" : ", ",
                     SafeForTerminal(post.line.post.platform));
  const std::string words = post.line.post.title.empty()
                                ? post.line.post.text
                                : post.line.post.title + " | " + post.line.post.text;
  out << Wrap(SafeForTerminal(std::string_view(words).substr(0, 600)), 4, TerminalWidth(stdout));
  const auto about = [](bool mentions) { return mentions ? "" : ", not about the school"; };
  out << fmt::format("  people: {}, {}{}{}\n", Names(label.categories),
                     core::SeverityName(label.severity), about(label.mentions),
                     label.why.empty() ? "" : " (" + SafeForTerminal(label.why) + ")");
  out << fmt::format("  rules:  {}, {}{}\n", Names(post.categories),
                     core::SeverityName(post.severity), about(post.mentions));
  if (!post.right_schools) {
    std::string named;
    for (const core::SchoolScore& school : post.judgement.schools) {
      named += (named.empty() ? "" : ", ") + school.school;
    }
    out << fmt::format("  schools named: {}\n", named.empty() ? "none" : named);
  }
  std::size_t listed = 0;
  for (const core::Hit& hit : post.judgement.hits) {
    if (++listed > kListedHits) {
      break;
    }
    out << fmt::format("    {:+.2f} {} \"{}\"\n", hit.weight, hit.rule,
                       config::ForMessage(SafeForTerminal(hit.text)));
  }
}

void PrintForPeople(const Scorecard& card, const EvalOptions& options, const std::string& version,
                    std::ostream& out) {
  out << fmt::format("{}{}, rules {}. In brackets: 95 % intervals.\n\n",
                     Count(card.posts().size(), "post"),
                     options.half == Half::kOdd    ? " with odd numbers"
                     : options.half == Half::kEven ? " with even numbers"
                                                   : "",
                     version);
  PrintTable(card, card.DrawIntervals(), out);
  PrintShare("exactly the right schools named", card.exact_schools, card.about_any, out);
  PrintShare("harmless posts that alarm", card.harmless_alarmed, card.harmless, out);
  PrintShare("urgent posts judged high or urgent", card.urgent_caught, card.urgent, out);
  PrintShare("of those judged urgent, really high or urgent", card.said_urgent_right,
             card.said_urgent, out);
  out << fmt::format("  {:<46} {:.3f}\n", "severity: steps off, on average",
                     Share(card.steps_off, card.with_category));
  PrintSeverities(card, out);
  PrintRules(card, out);
}

// --- for programs

void PrintAsJson(const Scorecard& card, const EvalOptions& options, const std::string& version,
                 std::ostream& out) {
  const Scorecard::F1Intervals f1 = card.DrawIntervals();
  for (std::size_t index = 0; index < kVerdicts; ++index) {
    const Tally& tally = card.TallyOf(static_cast<Verdict>(index));
    out << json::serialize(json::object{
               {"type", "figure"},
               {"of", kVerdictNames[index]},
               {"precision", tally.Precision()},
               {"precision_95", Ends(WilsonInterval(tally.right, tally.right + tally.wrong))},
               {"recall", tally.Recall()},
               {"recall_95", Ends(WilsonInterval(tally.right, tally.right + tally.missed))},
               {"f1", tally.F1()},
               {"f1_95", Ends(f1.f1[index])},
               {"right", tally.right},
               {"wrong", tally.wrong},
               {"missed", tally.missed}})
        << '\n';
  }
  for (const auto& [rule, use] : WorstRules(card)) {
    out << json::serialize(json::object{
               {"type", "rule"}, {"rule", rule}, {"right", use.right}, {"wrong", use.wrong}})
        << '\n';
  }
  json::array severities;
  for (const auto& row : card.severities) {
    severities.push_back(json::array(row.begin(), row.end()));
  }
  const auto share = [](std::size_t part, std::size_t all) {
    return json::object{
        {"part", part}, {"all", all}, {"interval_95", Ends(WilsonInterval(part, all))}};
  };
  out << json::serialize(
             json::object{{"type", "summary"},
                          {"posts", card.posts().size()},
                          {"half", options.half == Half::kOdd    ? "odd"
                                   : options.half == Half::kEven ? "even"
                                                                 : "both"},
                          {"rules_version", version},
                          {"macro_f1", card.MacroF1()},
                          {"macro_f1_95", Ends(f1.macro)},
                          {"right_schools", share(card.exact_schools, card.about_any)},
                          {"wrong_schools_per_post", Share(card.wrong_schools, card.about_any)},
                          {"harmless_alarmed", share(card.harmless_alarmed, card.harmless)},
                          {"urgent_caught", share(card.urgent_caught, card.urgent)},
                          {"said_urgent_right", share(card.said_urgent_right, card.said_urgent)},
                          {"severity_steps_off", Share(card.steps_off, card.with_category)},
                          {"severities", std::move(severities)}})
      << '\n';
}

json::array Names(const std::vector<core::Category>& categories, json::array names) {
  for (const core::Category category : categories) {
    names.emplace_back(core::CategoryName(category));
  }
  return names;
}

void PrintErrorAsJson(const ScoredPost& post, std::ostream& out) {
  out << json::serialize(json::object{{"type", "error"},
                                      {"id", post.line.id},
                                      {"file", post.line.where.file},
                                      {"line", post.line.where.line},
                                      {"school", post.line.label.school},
                                      {"mentions", post.line.label.mentions},
                                      {"categories", Names(post.line.label.categories, {})},
                                      {"severity", core::SeverityName(post.line.label.severity)},
                                      {"judgement", ToJson(post.judgement)}})
      << '\n';
}

}  // namespace

ExitCode EvaluateRules(const matchers::Judge& judge, const EvalOptions& options, std::ostream& out,
                       std::ostream& errors) {
  const auto* const kind = std::ranges::find(kErrorKinds, options.errors, &ErrorKind::name);
  if (!options.errors.empty() && kind == kErrorKinds.end()) {
    errors
        << "schoolwatch: --errors '" << options.errors
        << "' is not known; it must be safeguarding, defamatory, reputational, mention, schools, "
           "urgent, false_alarms or missed\n";
    return ExitCode::kUsage;
  }
  Scorecard card;
  ProgressLine progress;
  for (const std::filesystem::path& corpus : options.corpora) {
    const core::Result<void> read =
        ReadPostFile(corpus, {.labels = Labels::kNeeded, .half = options.half}, [&](PostLine line) {
          core::Judgement judgement = judge.Evaluate(line.post);
          card.Add(std::move(line), std::move(judgement));
          if (card.posts().size() % 100 == 0) {
            progress.Show(fmt::format("{} posts judged", card.posts().size()));
          }
        });
    if (!read) {
      return ReportError(read.error(), errors);
    }
  }
  progress.Clear();
  const std::string& version = judge.rules().pack().version;
  if (options.form == OutputForm::kJsonLines) {
    PrintAsJson(card, options, version, out);
  } else {
    PrintForPeople(card, options, version, out);
  }
  if (kind == kErrorKinds.end()) {
    return ExitCode::kDone;
  }
  std::size_t listed = 0;
  for (const ScoredPost& post : card.posts()) {
    if (!kind->is(post)) {
      continue;
    }
    ++listed;
    if (options.form == OutputForm::kJsonLines) {
      PrintErrorAsJson(post, out);
    } else {
      PrintError(post, out);
    }
  }
  if (options.form == OutputForm::kForPeople) {
    out << fmt::format("\n{} ({}).\n", Count(listed, "error"), options.errors);
  }
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
