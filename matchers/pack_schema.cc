#include "matchers/pack_schema.h"

#include <algorithm>
#include <array>
#include <utility>

#include "config/schema.h"
#include "core/calendar.h"
#include "core/result.h"
#include "core/topics.h"
#include "matchers/pack_macros.h"
#include "matchers/rule_pack.h"

namespace schoolwatch::matchers {
namespace {

using config::Diagnostics;
using config::ListOf;
using config::Number;
using config::OptionalOf;
using config::Schema;
using config::Section;
using config::Text;

constexpr double kLeastRuleWeight = 0.1;
constexpr double kMostWeight = 5;

config::Value<config::Located<std::string>> Pattern() {
  return config::WithPlace(
      Text({.max_bytes = kMaxPattern, .many_lines = true}).Words("an RE2 pattern"));
}

config::Value<WrittenPatterns> Patterns(std::size_t min_items = 0) {
  return ListOf(Pattern(), {.min_items = min_items, .one_or_more = true});
}

config::Value<std::vector<std::string>> Names() { return ListOf(Text(), {.one_or_more = true}); }

config::Value<std::vector<std::string>> Examples() {
  return ListOf(Text({.max_bytes = 100'000, .many_lines = true}),
                {.min_items = 1, .one_or_more = true});
}

config::Value<std::string> Note() { return Text({.max_bytes = 2'000, .many_lines = true}); }

config::Value<core::Severity> OneSeverity() {
  std::vector<std::pair<std::string, core::Severity>> severities;
  for (const core::Severity severity : {core::Severity::kLow, core::Severity::kMedium,
                                        core::Severity::kHigh, core::Severity::kUrgent}) {
    severities.emplace_back(core::SeverityName(severity), severity);
  }
  return config::EnumOf<core::Severity>(std::move(severities));
}

config::Value<core::Category> OneCategory() {
  std::vector<std::pair<std::string, core::Category>> categories;
  for (const core::Category category : core::kCategories) {
    categories.emplace_back(core::CategoryName(category), category);
  }
  return config::EnumOf<core::Category>(std::move(categories));
}

Schema<PackHead> HeadSchema() {
  return Schema<PackHead>("Pack", "What this file is.")
      .Field("name", &PackHead::name, Text(),
             {.help = "A short name.", .required = true, .example = "my-school"})
      .Field("version", &PackHead::version, Text(),
             {.help = "For people, in quotes.", .required = true, .example = "'2025.1'"})
      .Field("category", &PackHead::category, OptionalOf(OneCategory()),
             {.help = "What its rules are about. Macros, groups and cues of a pack without one are "
                      "there for all packs.",
              .example = "reputational"})
      .Field(
          "doubted", &PackHead::doubted, config::Flag(),
          {.help = "true: what a rule of it says may be taken away by the second reader, but for "
                   "rules that say otherwise or have a floor of high or urgent."});
}

Schema<Group> GroupSchema() {
  return Schema<Group>("Group", "Rules that say the same thing.")
      .Field("cap", &Group::cap, Number(0.1, 10),
             {.help = "The most that they add together.", .required = true, .example = "1.0"})
      .Where(&Group::where);
}

// An unreadable severity is reported by itself, and then the floor cannot be compared with it.
void CheckFloor(const WrittenRule& rule, const Section& section, Diagnostics& problems) {
  const std::optional<Section> severity = section.Find("severity");
  if (rule.floor > rule.severity && severity &&
      severity->text() == core::SeverityName(rule.severity)) {
    problems.Add(section.Find("floor")->where(), "'floor' is above 'severity'");
  }
}

config::Value<std::string> Day() {
  return Text({.max_bytes = 20})
      .Words("a day such as 2026-11-20")
      .Format("date")
      .Check([](const std::string& day) -> core::Result<void> {
        if (!core::ParseDay(day)) {
          return core::Fail(core::ErrorKind::kBadInput, "must be a day such as 2026-11-20");
        }
        return {};
      });
}

Schema<WrittenRule> RuleSchema() {
  const std::vector<std::string> topics(core::kTopics.begin(), core::kTopics.end());
  return Schema<WrittenRule>("Rule", "One thing that makes a post a concern.")
      .Field("id", &WrittenRule::id, Text(),
             {.help = "Unique over all packs; small words joined by dots.",
              .required = true,
              .example = "complaint.canteen"})
      .Field("topic", &WrittenRule::topic, config::OneOf(topics),
             {.help = "What it is about.", .required = true, .example = "complaint"})
      .Field("severity", &WrittenRule::severity, OneSeverity(),
             {.help = "How soon it must be seen.", .required = true})
      .Field("weight", &WrittenRule::weight, Number(kLeastRuleWeight, kMostWeight),
             {.help = "Log-odds: 0.2 a hint, 2.0 enough by itself, 4 decisive.",
              .required = true,
              .example = "2.2"})
      .Field("group", &WrittenRule::group, Text(), {.help = "A group with a cap."})
      .Field("re2", &WrittenRule::re2, Patterns(1),
             {.help = "Any of these must match the folded text. Only a rule that needs another "
                      "rule may do without: it counts where that one does.",
              .example = R"('\bmouldy\W+(?:dinners?|lunch)\b')"})
      .Field("unless", &WrittenRule::unless_re2, Patterns(),
             {.help = "The rule does not count in a sentence where one of these matches."})
      .Field("unless_post", &WrittenRule::unless_post_re2, Patterns(),
             {.help = "The rule does not count in a post where one of these matches."})
      .Field("damp", &WrittenRule::damped_by, Names(),
             {.help = "Cues that lower this rule.", .example = "[negation, hedge]"})
      .Field("needs", &WrittenRule::needed, Names(),
             {.help = "Cues, conditions or other rules that must all hold; a|b for either, 'not "
                      "a' for its absence.",
              .example = "[named_person|known_staff, not own_page]"})
      .Field("subject", &WrittenRule::done_by, Names(),
             {.help = "Who must have done it, by the words before the match: any of these "
                      "subjects.",
              .example = "[staff, parent]"})
      .Field("near", &WrittenRule::near,
             config::Whole<int>(1, 1000, {{"sentence", Rule::kSameSentence}}),
             {.help = "Tokens from the school's name within which it counts in full; sentence "
                      "requires the name in the same sentence."})
      .Field("floor", &WrittenRule::floor, OneSeverity(),
             {.help = "Cues do not lower the severity below this."})
      .Field("doubted", &WrittenRule::may_be_doubted, OptionalOf(config::Flag()),
             {.help = "As for the pack, and before it."})
      .Field("shadow", &WrittenRule::shadow, config::Flag(),
             {.help = "true: its hits are shown and can be counted, but add nothing."})
      .Field("expires", &WrittenRule::expires_text, Day(),
             {.help = "The last day on which it counts; `check` then warns of it.",
              .example = "2026-11-20"})
      .Field("why", &WrittenRule::why, Text(),
             {.help = "One plain sentence for a headteacher.",
              .required = true,
              .example = "Complains about school meals"})
      .Group("tests",
             Schema<WrittenRule>("Tests")
                 .Field("hit", &WrittenRule::hits, Examples(),
                        {.help = "Posts in which it must count.",
                         .required = true,
                         .example = "[the dinners were stone cold again]"})
                 .Field("miss", &WrittenRule::misses, Examples(),
                        {.help = "Posts in which it must not.",
                         .required = true,
                         .example = "[a cold drinks machine for the sports hall]"}),
             {.help = "Examples; `schoolwatch rules test` runs them.", .required = true})
      .Field("note", &WrittenRule::note, Note(), {.help = "For whoever changes the rule next."})
      .Where(&WrittenRule::where)
      .Check(CheckFloor);
}

Schema<WrittenCue> CueSchema() {
  return Schema<WrittenCue>("Cue", "A word or phrase that changes what a match means.")
      .Field("id", &WrittenCue::id, Text(),
             {.help = "Unique over all packs.", .required = true, .example = "hedge"})
      .Field("re2", &WrittenCue::re2, Patterns(1),
             {.help = "Any of these is the cue.",
              .required = true,
              .example = R"('\b(?:allegedly|apparently)\b')"})
      .Field(
          "scope", &WrittenCue::scope,
          config::EnumOf<Cue::Scope>({{"before", Cue::Scope::kBefore},
                                      {"clause", Cue::Scope::kClause},
                                      {"sentence", Cue::Scope::kSentence},
                                      {"post", Cue::Scope::kPost}}),
          {.help = "Where it stands: shortly before the match in the same clause, anywhere in the "
                   "same clause, in the same sentence, or anywhere in title and text."})
      .Field("within", &WrittenCue::within, config::Whole<int>(1, 50),
             {.help = "Tokens between it and the match, for before."})
      .Field("weight", &WrittenCue::weight, Number(-kMostWeight, kMostWeight),
             {.help = "Below 0 it is taken away once from the category's sum, above 0 added once; "
                      "0 is only for needs."})
      .Field("lowers", &WrittenCue::lowers, config::Whole<int>(0, 3),
             {.help = "Severity steps taken from the matches that it touches."})
      .Field(
          "except", &WrittenCue::except_re2, Patterns(),
          {.help = "Where one of these overlaps it, it is no cue.", .example = R"('\bnot only\b')"})
      .Field("why", &WrittenCue::why, Text(),
             {.help = "Plain words; needed with a weight.", .example = "said as hearsay"})
      .Where(&WrittenCue::where)
      .Check([](const WrittenCue& cue, const Section& section, Diagnostics& problems) {
        if (cue.weight != 0 && !section.Find("why")) {
          problems.Add(section.where(), "'why' is missing: a cue with a weight is shown to people");
        }
      });
}

constexpr const char* kOverrideWeights =
    "a number from 0.1 to 5 for a rule, from -5 to 5 for a cue";

void CheckOverride(const WrittenOverride& change, const Section& section, Diagnostics& problems) {
  struct Target {
    std::string_view key;
    std::vector<std::string_view> may;
    std::string_view must;
  };
  static const std::array<Target, 3> kTargets{
      Target{"rule", {"weight", "severity", "unless", "shadow", "off"}, ""},
      Target{"cue", {"weight"}, "weight"}, Target{"group", {"cap"}, "cap"}};
  const auto target = std::ranges::find_if(
      kTargets, [&](const Target& one) { return section.Find(one.key).has_value(); });
  if (target == kTargets.end()) {
    problems.Add(section.where(), "say which 'rule', 'cue' or 'group' is changed");
    return;
  }
  for (const std::string_view key :
       {"cue", "group", "weight", "severity", "cap", "unless", "shadow", "off"}) {
    const std::optional<Section> value = section.Find(key);
    if (value && key != target->key && std::ranges::find(target->may, key) == target->may.end()) {
      problems.Add(value->key_where(), "'" + std::string(key) + "' does not go with '" +
                                           std::string(target->key) + "'");
    }
  }
  if (!target->must.empty() && !section.Find(target->must)) {
    problems.Add(section.where(), "'" + std::string(target->must) + "' is missing");
  }
  if (target->key == "rule" && change.weight && *change.weight < kLeastRuleWeight) {
    const Section weight = *section.Find("weight");
    // What could be no weight at all has left a 0, and been reported.
    Diagnostics reported;
    double number = 0;
    Number(-kMostWeight, kMostWeight).Read(weight, number, reported);
    if (reported.empty()) {
      problems.Add(weight.where(), "'weight' is '" + config::ForMessage(weight.text()) +
                                       "', must be " + kOverrideWeights);
    }
  }
}

Schema<WrittenOverride> OverrideSchema() {
  return Schema<WrittenOverride>("Override", "A change to a rule, cue or group of any pack.")
      .Field("rule", &WrittenOverride::rule, config::WithPlace(Text()),
             {.help = "The rule that is changed.", .example = "complaint.canteen"})
      .Field("cue", &WrittenOverride::cue, config::WithPlace(Text()),
             {.help = "The cue that is changed.", .example = "joke"})
      .Field("group", &WrittenOverride::group, config::WithPlace(Text()),
             {.help = "The group that is changed.", .example = "swearing"})
      .Field("weight", &WrittenOverride::weight,
             OptionalOf(Number(-kMostWeight, kMostWeight).Words(kOverrideWeights)),
             {.help = "The new weight of the rule or cue."})
      .Field("severity", &WrittenOverride::severity, OptionalOf(OneSeverity()),
             {.help = "The rule's new severity."})
      .Field("cap", &WrittenOverride::cap, OptionalOf(Number(0.1, 10)),
             {.help = "The group's new cap."})
      .Field("unless", &WrittenOverride::unless_re2, Patterns(),
             {.help = "More sentences in which the rule does not count.",
              .example = R"('\bthe stabbers\b')"})
      .Field("shadow", &WrittenOverride::shadow, config::Flag(),
             {.help = "true: the rule's hits are shown, but add nothing."})
      .Field("off", &WrittenOverride::off, config::Flag(), {.help = "true takes the rule out."})
      .Field("note", &WrittenOverride::note, Note(),
             {.help = "Why: the next person wants to know.",
              .required = true,
              .example = "a standing joke here"})
      .Check(CheckOverride);
}

void CheckPack(const WrittenPack& pack, const Section& section, Diagnostics& problems) {
  if (!section.Find("rules")) {
    return;
  }
  if (!pack.head) {
    problems.Add(section.where(), "'pack' is missing: pack: {name: …, version: …, category: …}");
  } else if (const Section head = *section.Find("pack"); !head.Find("category")) {
    problems.Add(head.where(), "a pack with rules needs a 'category'");
  }
}

}  // namespace

std::span<const std::string_view> Topics() { return core::kTopics; }

const Schema<WrittenPack>& PackSchema() {
  static const Schema<WrittenPack> kSchema =
      Schema<WrittenPack>("rules.yaml", "A pack of rules: what makes a post a concern.")
          .Field("pack", &WrittenPack::head, OptionalOf(config::Nested(HeadSchema())),
                 {.help = "What this file is; needed where it has rules."})
          .Field("macros", &WrittenPack::macros, config::MapOf(Pattern(), {.noun = "macro"}),
                 {.help = "Parts of patterns, used as {{name}}; a macro may use those above it."})
          .Field("groups", &WrittenPack::groups,
                 config::MapOf(GroupSchema(), &Group::id, {.noun = "group"}),
                 {.help = "Groups of rules that together add at most a cap."})
          .Field("rules", &WrittenPack::rules,
                 ListOf(RuleSchema(), {.noun = "rule", .name_key = "id"}), {.help = "The rules."})
          .Field("cues", &WrittenPack::cues, ListOf(CueSchema(), {.noun = "cue", .name_key = "id"}),
                 {.help = "Words and phrases that change what a match means."})
          .Field("subjects", &WrittenPack::subjects, config::MapOf(Pattern(), {.noun = "subject"}),
                 {.help = "Words for those who may have done something, for a rule's subject."})
          .Field("overrides", &WrittenPack::overrides,
                 ListOf(OverrideSchema(), {.noun = "override"}),
                 {.help = "Changes to what other files say."})
          .Check(CheckPack);
  return kSchema;
}

std::string RulePackJsonSchema() { return PackSchema().ToJsonSchema(); }

}  // namespace schoolwatch::matchers
