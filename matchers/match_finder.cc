#include "matchers/score.h"

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
#include "matchers/literal.h"
#include "matchers/tokens.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kByReach = 4;    // Tokens between "by" and who did it.
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
  std::vector<RuleSet::Match> rules;  // Matches of rules …
  std::vector<RuleSet::Match> cues;   // … of cues …
  std::vector<RuleSet::Match>
      subjects;  // … and of subjects' words; the last two only where needed.
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
              std::span<const SchoolIndex::Mentions::Place> places,
              std::optional<std::chrono::year_month_day> today)
      : post_(post), rules_(rules), schools_(schools), today_(today), views_(MakeViews(post)) {
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
    bool found = false;
    for (View& view : views_) {
      view.rules = rules_.FindMatches(view.text());
      found = found || !view.rules.empty();
    }
    if (!found) {
      return {};
    }
    for (View& view : views_) {
      view.cues = rules_.FindCues(view.text());
      if (!rules_.pack().subjects.empty()) {
        view.subjects = rules_.FindSubjects(view.text());
      }
    }
    const std::span<const std::size_t> composites = rules_.Composites();
    const std::set<std::size_t> later(composites.begin(), composites.end());
    for (const View& view : views_) {
      for (const RuleSet::Match& match : view.rules) {
        if (!later.contains(match.rule)) {
          Consider(view, match);
        }
      }
    }
    for (const std::size_t rule : composites) {
      if (rules_.pack().rules[rule].patterns.empty()) {
        ConsiderPart(rule);
        continue;
      }
      for (const View& view : views_) {
        for (const RuleSet::Match& match : view.rules) {
          if (match.rule == rule) {
            Consider(view, match);
          }
        }
      }
    }
    std::vector<CountedMatch> all;
    for (auto& [rule, best] : best_) {
      all.push_back(std::move(best.counted));
    }
    return all;
  }

 private:
  // The match of a rule of which most is left.
  struct Best {
    CountedMatch counted;
    double left = 0;
    const View* view = nullptr;
    RuleSet::Match match;
  };

  void Consider(const View& view, const RuleSet::Match& match) {
    if (std::optional<CountedMatch> counted = Weigh(view, match)) {
      const double left = WeightLeft(*counted, rules_);
      const auto known = best_.find(match.rule);
      if (known == best_.end() || left > known->second.left) {
        best_.insert_or_assign(
            match.rule,
            Best{.counted = *std::move(counted), .left = left, .view = &view, .match = match});
      }
    }
  }

  // A rule without patterns stands where the first rule that it needs does, and is as near.
  void ConsiderPart(std::size_t rule) {
    for (const auto& alternatives : rules_.LinksOf(rule).needs) {
      for (const RuleLinks::ResolvedNeed& need : alternatives) {
        if (need.kind != RuleLinks::ResolvedNeed::Kind::kRule || need.absent ||
            !Counts(need.index)) {
          continue;
        }
        const Best& part = best_.at(need.index);
        RuleSet::Match match = part.match;
        match.rule = rule;
        Consider(*part.view, match);
        return;
      }
    }
  }

  bool Counts(std::size_t rule) const {
    const auto best = best_.find(rule);
    return best != best_.end() && best->second.left > 0;
  }

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
        if (IsInGap(view, match, one)) {
          return true;
        }
        continue;
      }
      if (what.scope == Cue::Scope::kClause) {
        const std::size_t end = std::min(one.end, match.end);
        const std::size_t start = std::max(one.start, match.start);
        if (start <= end || !HasClauseEnd(view.text().substr(end, start - end))) {
          return true;
        }
        continue;
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

  // Whether a cue inside a match stands where the rule's pattern takes any word. What the pattern
  // itself says ("don't want to live") is no doubt about it: with other letters in the cue's place
  // the pattern would not match.
  bool IsInGap(const View& view, const RuleSet::Match& match, const RuleSet::Match& cue) const {
    constexpr std::size_t kAround = 8;  // What stands beside a match counts for \b.
    const std::size_t from = match.start - std::min(match.start, kAround);
    std::string text(view.text().substr(from, match.end - from + kAround));
    bool changed = false;
    for (std::size_t at = cue.start - from; at < cue.end - from; ++at) {
      if (IsWordByte(text[at])) {
        text[at] = 'x';
        changed = true;
      }
    }
    return !changed || rules_.MatchesJust(match.rule, text, match.start - from, match.end - from);
  }

  // Who did what the match says: whoever is named after "by", else where the match begins, else
  // last before it, else first in it. "The teacher's son" is not the teacher.
  std::string_view SubjectOf(const View& view, const RuleSet::Match& match,
                             std::pair<std::size_t, std::size_t> sentence) const {
    const RuleSet::Match* by = nullptr;
    const RuleSet::Match* first = nullptr;
    const RuleSet::Match* before = nullptr;
    const RuleSet::Match* inside = nullptr;
    for (const RuleSet::Match& one : view.subjects) {
      const std::string_view after = view.text().substr(one.end);
      if (one.start < sentence.first || one.end > sentence.second || after.starts_with("'s ") ||
          after.starts_with("s' ")) {
        continue;
      }
      if (one.start == match.start) {
        first = &one;
      } else if (one.end <= match.start) {
        before = before == nullptr || one.end >= before->end ? &one : before;
      } else {
        if (one.start < match.end && (inside == nullptr || one.start < inside->start)) {
          inside = &one;
        }
        if ((by == nullptr || one.start < by->start) && FollowsBy(view, match.start, one.start)) {
          by = &one;
        }
      }
    }
    for (const RuleSet::Match* one : {by, first, before, inside}) {
      if (one != nullptr) {
        return rules_.pack().subjects[one->rule].id;
      }
    }
    return {};
  }

  bool AsksForSubject(std::size_t rule) const {
    const auto& needs = rules_.pack().rules[rule].needs;
    return std::ranges::any_of(needs, [](const std::vector<Need>& alternatives) {
      return std::ranges::find(alternatives, "subject", &Need::name) != alternatives.end();
    });
  }

  static bool FollowsBy(const View& view, std::size_t from, std::size_t subject) {
    const std::size_t by = view.text().substr(0, subject).rfind(" by ");
    return by != std::string_view::npos && by >= from &&
           view.TokenAt(subject) - view.TokenAt(by + 1) <= kByReach &&
           !HasClauseEnd(view.text().substr(by, subject - by));
  }

  bool Holds(const RuleLinks::ResolvedNeed& need, const View& view, const RuleSet::Match& match,
             const ConditionInput& input) const {
    switch (need.kind) {
      case RuleLinks::ResolvedNeed::Kind::kCue:
        return CueApplies(need.index, view, match);
      case RuleLinks::ResolvedNeed::Kind::kCondition:
        return Conditions()[need.index].holds(input, need.value);
      case RuleLinks::ResolvedNeed::Kind::kRule:
        return Counts(need.index);
    }
    return false;
  }

  bool NeedsAreMet(const View& view, const RuleSet::Match& match,
                   const ConditionInput& input) const {
    for (const auto& alternatives : rules_.LinksOf(match.rule).needs) {
      const bool met = std::ranges::any_of(alternatives, [&](const RuleLinks::ResolvedNeed& need) {
        return Holds(need, view, match, input) != need.absent;
      });
      if (!met) {
        return false;
      }
    }
    return true;
  }

  std::optional<CountedMatch> Weigh(const View& view, const RuleSet::Match& match) const {
    const Rule& rule = rules_.pack().rules[match.rule];
    if (today_ && rule.expires && *rule.expires < *today_) {
      return std::nullopt;
    }
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
                               .mention_in_sentence = mention_here || whole_,
                               .match_start = match.start - sentence.first,
                               .match_end = match.end - sentence.first,
                               .subject = AsksForSubject(match.rule)
                                              ? SubjectOf(view, match, sentence)
                                              : std::string_view()};
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
  std::optional<std::chrono::year_month_day> today_;
  std::vector<View> views_;
  std::map<std::size_t, Best> best_;  // By rule.
  bool whole_ = false;
  std::size_t words_ = 0;
};

}  // namespace

std::vector<CountedMatch> FindCountedMatches(const core::Post& post, const RuleSet& rules,
                                             std::span<const core::School* const> schools,
                                             std::span<const SchoolIndex::Mentions::Place> places,
                                             std::optional<std::chrono::year_month_day> today) {
  return MatchFinder(post, rules, schools, places, today).Find();
}

}  // namespace schoolwatch::matchers
