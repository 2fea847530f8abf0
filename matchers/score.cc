#include "matchers/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/text/fold.h"
#include "matchers/conditions.h"
#include "matchers/tokens.h"

namespace schoolwatch::matchers {
namespace {

constexpr double kEvadedFactor = 0.9;  // A word that had to be guessed.
constexpr double kFarLength = 60;      // Tokens in which a far match falls to 1/e …
constexpr double kFarLeast = 0.25;     // … but never below this.

// One way of reading one field: as folded, or with evasions undone.
struct View {
  core::PostField field = core::PostField::kText;
  bool evaded = false;
  core::FoldedText folded;
  std::vector<Token> tokens;
  std::vector<std::size_t> sentences;
  std::vector<RuleSet::Match> cues;
  std::vector<std::size_t> mention_tokens;  // Sorted.

  std::string_view text() const { return folded.text; }

  std::size_t TokenAt(std::size_t byte) const {
    const auto after = std::ranges::upper_bound(
        tokens, byte, {}, [](const Token& token) { return static_cast<std::size_t>(token.start); });
    return after == tokens.begin() ? 0 : static_cast<std::size_t>(after - tokens.begin()) - 1;
  }
  // Start and end of the sentence that holds `byte`.
  std::pair<std::size_t, std::size_t> SentenceAt(std::size_t byte) const {
    const auto after = std::ranges::upper_bound(sentences, byte);
    return {*std::prev(after), after == sentences.end() ? folded.text.size() : *after};
  }
};

std::vector<View> MakeViews(const core::Post& post) {
  std::vector<View> views;
  const auto add = [&views](core::PostField field, bool evaded, core::FoldedText folded) {
    if (folded.text.empty()) {
      return;
    }
    View view;
    view.field = field;
    view.evaded = evaded;
    view.folded = std::move(folded);
    Tokenise(view.text(), Spelling::kPlain, view.tokens);
    view.sentences = FindSentenceStarts(view.text());
    views.push_back(std::move(view));
  };
  for (const auto& [field, written] :
       {std::pair<core::PostField, const std::string&>{core::PostField::kTitle, post.title},
        {core::PostField::kText, post.text}}) {
    core::FoldedText folded = core::Fold(written);
    core::FoldedText evasion = core::EvasionView(folded);
    add(field, false, std::move(folded));
    add(field, true, std::move(evasion));
  }
  return views;
}

// Whether a clause ends between two places of a sentence: a negation does not reach over it.
bool HasClauseEnd(std::string_view between) {
  return between.find_first_of(".!?;,:\n") != std::string_view::npos ||
         between.find(" but ") != std::string_view::npos;
}

class MatchFinder {
 public:
  MatchFinder(const core::Post& post, const RuleSet& rules,
              std::span<const core::School* const> schools,
              std::span<const SchoolIndex::Mentions::Place> places)
      : post_(post), rules_(rules), schools_(schools), views_(MakeViews(post)) {
    // On the school's own page, or under a title that names it, every word is about the school.
    whole_ = !post.page_of.empty() || places.empty();
    for (const SchoolIndex::Mentions::Place& place : places) {
      whole_ = whole_ || place.field == core::PostField::kTitle;
    }
    for (View& view : views_) {
      words_ += view.evaded ? 0 : view.tokens.size();
      for (const SchoolIndex::Mentions::Place& place : places) {
        if (place.field == view.field) {
          view.mention_tokens.push_back(TokenOfOriginal(view, place.start));
        }
      }
      std::ranges::sort(view.mention_tokens);
    }
  }

  std::vector<CountedMatch> Find() {
    std::vector<std::pair<std::size_t, std::vector<RuleSet::Match>>> found;
    for (std::size_t index = 0; index < views_.size(); ++index) {
      if (std::vector<RuleSet::Match> matches = rules_.FindMatches(views_[index].text());
          !matches.empty()) {
        found.emplace_back(index, std::move(matches));
      }
    }
    if (found.empty()) {
      return {};
    }
    for (View& view : views_) {
      view.cues = rules_.FindCues(view.text());
    }
    std::map<std::size_t, CountedMatch> best;
    std::map<std::size_t, double> best_left;
    for (const auto& [index, matches] : found) {
      for (const RuleSet::Match& match : matches) {
        std::optional<CountedMatch> counted = Weigh(views_[index], match);
        if (!counted.has_value()) {
          continue;
        }
        const double left = WeightLeft(*counted, rules_);
        const auto known = best_left.find(match.rule);
        if (known == best_left.end() || left > known->second) {
          best_left[match.rule] = left;
          best[match.rule] = *std::move(counted);
        }
      }
    }
    std::vector<CountedMatch> all;
    for (auto& [rule, match] : best) {
      all.push_back(std::move(match));
    }
    return all;
  }

 private:
  static std::size_t TokenOfOriginal(const View& view, std::size_t original) {
    const auto after =
        std::ranges::upper_bound(view.tokens, original, {}, [&view](const Token& token) {
          return static_cast<std::size_t>(view.folded.map[token.start]);
        });
    return after == view.tokens.begin() ? 0
                                        : static_cast<std::size_t>(after - view.tokens.begin()) - 1;
  }

  bool HasMentionIn(const View& view, std::pair<std::size_t, std::size_t> sentence) const {
    return std::ranges::any_of(view.mention_tokens, [&](std::size_t token) {
      return token < view.tokens.size() && view.tokens[token].start >= sentence.first &&
             view.tokens[token].start < sentence.second;
    });
  }

  // 1 near a mention, falling with the distance.
  double Nearness(const View& view, const RuleSet::Match& match, int near) const {
    if (whole_ || view.field == core::PostField::kTitle) {
      return 1.0;
    }
    const std::size_t token = view.TokenAt(match.start);
    std::size_t distance = std::numeric_limits<std::size_t>::max();
    for (const std::size_t mention : view.mention_tokens) {
      distance = std::min(distance, mention > token ? mention - token : token - mention);
    }
    const auto full = static_cast<std::size_t>(std::max(near, 0));
    if (distance == std::numeric_limits<std::size_t>::max() || distance <= full) {
      return 1.0;  // Named only in the thread's title or by a handle: the post is all there is.
    }
    return std::max(kFarLeast, std::exp(-static_cast<double>(distance - full) / kFarLength));
  }

  bool CueApplies(std::size_t cue, const View& view, const RuleSet::Match& match) const {
    const Cue& what = rules_.pack().cues[cue];
    if (what.scope == Cue::Scope::kPost) {
      return std::ranges::any_of(views_, [cue](const View& any) {
        return std::ranges::any_of(any.cues,
                                   [cue](const RuleSet::Match& one) { return one.rule == cue; });
      });
    }
    const auto [from, to] = view.SentenceAt(match.start);
    const std::size_t match_token = view.TokenAt(match.start);
    for (const RuleSet::Match& one : view.cues) {
      if (one.rule != cue || one.start < from || one.start >= to) {
        continue;
      }
      if (what.scope == Cue::Scope::kSentence) {
        return true;
      }
      // Inside the match, where its pattern leaves room: "Reed has never ever stolen".
      if (one.start >= match.start && one.end <= match.end) {
        return true;
      }
      if (one.end <= match.start) {
        const std::size_t distance = match_token - std::min(match_token, view.TokenAt(one.end - 1));
        if (distance <= static_cast<std::size_t>(what.within) &&
            !HasClauseEnd(view.text().substr(one.end, match.start - one.end))) {
          return true;
        }
      }
    }
    return false;
  }

  bool NeedsAreMet(const View& view, const RuleSet::Match& match,
                   const ConditionInput& input) const {
    for (const auto& alternatives : rules_.LinksOf(match.rule).needs) {
      const bool met = std::ranges::any_of(alternatives, [&](const RuleLinks::ResolvedNeed& need) {
        const bool holds = need.is_cue ? CueApplies(need.index, view, match)
                                       : Conditions()[need.index].holds(input);
        return holds != need.absent;
      });
      if (!met) {
        return false;
      }
    }
    return true;
  }

  std::optional<CountedMatch> Weigh(const View& view, const RuleSet::Match& match) const {
    const Rule& rule = rules_.pack().rules[match.rule];
    const auto sentence = view.SentenceAt(match.start);
    const std::string_view sentence_text =
        view.text().substr(sentence.first, sentence.second - sentence.first);
    const bool mention_here = HasMentionIn(view, sentence);
    if (rule.near == Rule::kSameSentence && !whole_ && !mention_here) {
      return std::nullopt;
    }
    if (rules_.IsExcludedBySentence(match.rule, sentence_text)) {
      return std::nullopt;
    }
    for (const View& any : views_) {
      if (rules_.IsExcludedByText(match.rule, any.text())) {
        return std::nullopt;
      }
    }
    const ConditionInput input{.post = post_,
                               .schools = schools_,
                               .title = TextOf(core::PostField::kTitle),
                               .text = TextOf(core::PostField::kText),
                               .sentence = sentence_text,
                               .words = words_,
                               .mention_in_sentence = mention_here || whole_};
    if (!NeedsAreMet(view, match, input)) {
      return std::nullopt;
    }
    CountedMatch counted;
    counted.rule = match.rule;
    counted.field = view.field;
    counted.evaded = view.evaded;
    const core::FoldedText::Range original = view.folded.Original(match.start, match.end);
    counted.start = original.start;
    counted.end = original.end;
    counted.weight = rule.weight * (view.evaded ? kEvadedFactor : 1.0) *
                     (rule.near == Rule::kSameSentence ? 1.0 : Nearness(view, match, rule.near));
    for (const std::size_t cue : rules_.LinksOf(match.rule).cues) {
      if (CueApplies(cue, view, match)) {
        counted.cues.push_back(cue);
      }
    }
    return counted;
  }

  std::string_view TextOf(core::PostField field) const {
    for (const View& view : views_) {
      if (view.field == field && !view.evaded) {
        return view.text();
      }
    }
    return {};
  }

  const core::Post& post_;
  const RuleSet& rules_;
  std::span<const core::School* const> schools_;
  std::vector<View> views_;
  bool whole_ = false;
  std::size_t words_ = 0;
};

double Logistic(double sum) { return 1.0 / (1.0 + std::exp(-sum)); }

core::Severity Lower(core::Severity severity, int steps, core::Severity floor) {
  const int lowered =
      std::max(static_cast<int>(core::Severity::kLow), static_cast<int>(severity) - steps);
  return std::max(static_cast<core::Severity>(lowered), floor);
}

// What one category's matches come to. `left` is what remains of each after cues have taken.
struct CategorySum {
  double sum = kStartingPoint;
  std::vector<double> given;  // By match: after the group's cap.
  std::vector<double> left;
};

CategorySum SumCategory(core::Category category, const RuleSet& rules,
                        std::span<const CountedMatch> matches, std::vector<core::Term>& terms) {
  const RulePack& pack = rules.pack();
  CategorySum result;
  result.given.assign(matches.size(), 0);
  const auto belongs = [&](std::size_t index) {
    const Rule& rule = pack.rules[matches[index].rule];
    return rule.category == category && !rule.shadow;
  };
  std::map<std::size_t, double> groups;
  for (std::size_t index = 0; index < matches.size(); ++index) {
    if (belongs(index)) {
      result.given[index] = matches[index].weight;
      if (const auto group = rules.LinksOf(matches[index].rule).group; group.has_value()) {
        groups[*group] += matches[index].weight;
      }
    }
  }
  terms.push_back({category, "starting point", kStartingPoint});
  std::vector<std::size_t> order;
  for (std::size_t index = 0; index < matches.size(); ++index) {
    if (!belongs(index)) {
      continue;
    }
    // A group's matches share its cap in proportion.
    if (const auto group = rules.LinksOf(matches[index].rule).group; group.has_value()) {
      const double cap = pack.groups[*group].cap;
      if (groups[*group] > cap) {
        result.given[index] *= cap / groups[*group];
      }
    }
    order.push_back(index);
  }
  std::ranges::stable_sort(order, std::greater<>{},
                           [&](std::size_t index) { return result.given[index]; });
  for (const std::size_t index : order) {
    const Rule& rule = pack.rules[matches[index].rule];
    terms.push_back({category, "rule " + rule.id, result.given[index]});
    result.sum += result.given[index];
  }

  result.left = result.given;
  std::map<std::size_t, std::vector<std::size_t>> touched;  // By cue.
  for (const std::size_t index : order) {
    for (const std::size_t cue : matches[index].cues) {
      touched[cue].push_back(index);
    }
  }
  std::vector<std::size_t> cues;
  for (const auto& [cue, touches] : touched) {
    cues.push_back(cue);
  }
  std::ranges::stable_sort(cues, {}, [&](std::size_t cue) { return pack.cues[cue].weight; });
  for (const std::size_t cue : cues) {
    double value = pack.cues[cue].weight;
    if (value < 0) {
      // Never more than the touched matches still give, in proportion.
      double available = 0;
      for (const std::size_t index : touched[cue]) {
        available += result.left[index];
      }
      value = std::max(value, -available);
      if (available > 0) {
        for (const std::size_t index : touched[cue]) {
          result.left[index] *= 1.0 + value / available;
        }
      }
    }
    if (value != 0) {
      const std::string& why = pack.cues[cue].why;
      terms.push_back(
          {category, (why.empty() ? "cue" : why) + " (cue " + pack.cues[cue].id + ")", value});
      result.sum += value;
    }
  }
  return result;
}

// A judgement that a rule's floor protects is not talked down.
double OpinionTermFor(core::Category category, double probability, const RuleSet& rules,
                      std::span<const CountedMatch> matches) {
  const double term = OpinionTerm(probability);
  const bool has_floor = std::ranges::any_of(matches, [&](const CountedMatch& match) {
    const Rule& rule = rules.pack().rules[match.rule];
    return rule.category == category && !rule.shadow && rule.floor > core::Severity::kNone;
  });
  return has_floor ? std::max(term, 0.0) : term;
}

}  // namespace

std::vector<CountedMatch> FindCountedMatches(const core::Post& post, const RuleSet& rules,
                                             std::span<const core::School* const> schools,
                                             std::span<const SchoolIndex::Mentions::Place> places) {
  return MatchFinder(post, rules, schools, places).Find();
}

double WeightLeft(const CountedMatch& match, const RuleSet& rules) {
  double left = match.weight;
  for (const std::size_t cue : match.cues) {
    left += rules.pack().cues[cue].weight;
  }
  return std::max(left, 0.0);
}

void AddUp(const core::Post& post, const RuleSet& rules, std::span<const CountedMatch> matches,
           const Opinion* opinion, core::Judgement& judgement) {
  const RulePack& pack = rules.pack();
  std::vector<double> given(matches.size(), 0);
  std::vector<std::pair<double, std::string_view>> topics;
  for (std::size_t number = 0; number < core::kCategories.size(); ++number) {
    const core::Category category = core::kCategories[number];
    CategorySum sum = SumCategory(category, rules, matches, judgement.terms);
    const double opinion_term =
        opinion != nullptr ? OpinionTermFor(category, (*opinion)[number], rules, matches) : 0;
    if (opinion_term != 0) {
      judgement.terms.push_back(
          {category,
           fmt::format("{}: {}", kSecondReaderId,
                       opinion_term > 0 ? OpinionWhy(category) : "reads like harmless posts"),
           opinion_term});
      sum.sum += opinion_term;
    }
    judgement.scores[number] = Logistic(sum.sum);
    const bool asserted = sum.sum >= 0;
    if (asserted) {
      judgement.categories.push_back(category);
      judgement.severity = std::max(judgement.severity, core::Severity::kLow);
      if (opinion_term > 0) {
        judgement.hits.push_back({.rule = std::string(kSecondReaderId),
                                  .category = category,
                                  .weight = opinion_term,
                                  .text = {},
                                  .why = std::string(OpinionWhy(category)),
                                  .severity = core::Severity::kLow});
      }
    }
    for (std::size_t index = 0; index < matches.size(); ++index) {
      const Rule& rule = pack.rules[matches[index].rule];
      if (rule.category != category || rule.shadow) {
        continue;
      }
      given[index] = sum.given[index];
      // What cues have taken away altogether does not say how soon somebody must look.
      if (!asserted || sum.left[index] <= 0) {
        continue;
      }
      int steps = 0;
      for (const std::size_t cue : matches[index].cues) {
        steps = std::max(steps, pack.cues[cue].lowers);
      }
      judgement.severity = std::max(judgement.severity, Lower(rule.severity, steps, rule.floor));
      topics.emplace_back(sum.left[index], rule.topic);
    }
  }
  std::ranges::stable_sort(topics, std::greater<>{}, &std::pair<double, std::string_view>::first);
  for (const auto& [weight, topic] : topics) {
    if (!topic.empty() && std::ranges::find(judgement.topics, topic) == judgement.topics.end()) {
      judgement.topics.emplace_back(topic);
    }
  }
  for (std::size_t index = 0; index < matches.size(); ++index) {
    const Rule& rule = pack.rules[matches[index].rule];
    const CountedMatch& match = matches[index];
    const std::string& written = match.field == core::PostField::kTitle ? post.title : post.text;
    judgement.hits.push_back({.rule = rule.id,
                              .category = rule.category,
                              .weight = given[index],
                              .field = match.field,
                              .start = match.start,
                              .end = match.end,
                              .text = written.substr(match.start, match.end - match.start),
                              .why = rule.why,
                              .severity = rule.severity});
  }
  std::ranges::stable_sort(judgement.hits, std::greater<>{}, &core::Hit::weight);
}

}  // namespace schoolwatch::matchers
