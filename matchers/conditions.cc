#include "matchers/conditions.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "core/calendar.h"
#include "core/text/fold.h"

namespace schoolwatch::matchers {
namespace {

bool Matches(const RE2& pattern, std::string_view text) {
  return RE2::PartialMatch({text.data(), text.size()}, pattern);
}

bool ContainsWord(std::string_view text, std::string_view word) {
  if (word.empty()) {
    return false;
  }
  const auto is_word = [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           static_cast<unsigned char>(byte) >= 0x80;
  };
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) {
      return true;
    }
  }
  return false;
}

// "Mrs Gail Reed" is known by "reed": posts rarely give the rest.
bool NamesPerson(std::string_view person, const ConditionInput& input) {
  const std::string folded = core::Fold(person).text;
  const std::size_t space = folded.rfind(' ');
  const std::string_view surname = space == std::string::npos
                                       ? std::string_view(folded)
                                       : std::string_view(folded).substr(space + 1);
  return surname.size() >= 3 &&
         (ContainsWord(input.title, surname) || ContainsWord(input.text, surname));
}

bool IsKnownStaff(const ConditionInput& input, std::string_view /*value*/) {
  static const RE2 kRoles(
      R"(\b(?:head ?teacher|head ?master|head ?mistress|principal|deputy head|the head|head of (?:year|sixth|department|pe|music|maths|english|science)|chief executive|ceo|chair of governors|executive head)\b)");
  if (Matches(kRoles, input.title) || Matches(kRoles, input.text)) {
    return true;
  }
  for (const core::School* school : input.schools) {
    if (NamesPerson(school->headteacher, input)) {
      return true;
    }
    for (const std::string& person : school->staff) {
      if (NamesPerson(person, input)) {
        return true;
      }
    }
  }
  return false;
}

bool IsNamedPerson(const ConditionInput& input, std::string_view /*value*/) {
  static const RE2 kTitled(R"(\b(?:mr|mrs|miss|ms|mx|dr|sir|rev|fr|father|sister)\.? \p{L}{2,})");
  return Matches(kTitled, input.title) || Matches(kTitled, input.text) || IsKnownStaff(input, {});
}

bool IsOwnPage(const ConditionInput& input, std::string_view /*value*/) {
  return !input.post.page_of.empty();
}

bool IsReview(const ConditionInput& input, std::string_view /*value*/) {
  return input.post.kind == core::PostKind::kReview || input.post.platform == "review";
}

bool HasLink(const ConditionInput& input, std::string_view /*value*/) {
  static const RE2 kLink(
      R"(\bhttps?://|\bwww\.|\b[a-z0-9-]{2,}\.(?:com|co\.uk|org|net|ly|me|io|shop|xyz|link|biz|info)\b)");
  return Matches(kLink, input.title) || Matches(kLink, input.text);
}

bool IsQuestion(const ConditionInput& input, std::string_view /*value*/) {
  static const RE2 kQuestion(R"(\?["')\s]*$)");
  return Matches(kQuestion, input.sentence);
}

bool IsLong(const ConditionInput& input, std::string_view /*value*/) { return input.words > 150; }

bool HasMentionHere(const ConditionInput& input, std::string_view /*value*/) {
  return input.mention_in_sentence || IsOwnPage(input, {});
}

// Between quotation marks of the sentence: what somebody else is said to have said.
bool IsInQuotes(const ConditionInput& input, std::string_view /*value*/) {
  constexpr std::string_view kOpen = "\u201C";
  constexpr std::string_view kClose = "\u201D";
  const std::string_view before = input.sentence.substr(0, input.match_start);
  const std::string_view after =
      input.sentence.substr(std::min(input.match_end, input.sentence.size()));
  const std::size_t open = before.rfind(kOpen);
  if (open != std::string_view::npos && before.find(kClose, open) == std::string_view::npos) {
    return after.find(kClose) != std::string_view::npos;
  }
  return std::ranges::count(before, '"') % 2 == 1 && after.find('"') != std::string_view::npos;
}

bool IsOnPlatform(const ConditionInput& input, std::string_view value) {
  return input.post.platform == value;
}
bool IsFromSource(const ConditionInput& input, std::string_view value) {
  return input.post.source == value;
}
bool IsOfKind(const ConditionInput& input, std::string_view value) {
  return core::PostKindName(input.post.kind) == value;
}
bool TakesAnything(std::string_view value) { return !value.empty(); }
bool TakesKind(std::string_view value) { return core::ParsePostKind(value).has_value(); }

std::optional<std::size_t> ParseCount(std::string_view text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(count)
                                                                  : std::nullopt;
}
bool TakesCount(std::string_view value) { return ParseCount(value).has_value(); }
bool IsOverWords(const ConditionInput& input, std::string_view value) {
  return input.words > ParseCount(value).value_or(0);
}
bool IsUnderWords(const ConditionInput& input, std::string_view value) {
  return input.words < ParseCount(value).value_or(0);
}

// By the clock of UK schools: a set of rules serves schools with calendars of their own.
bool IsPostedIn(const ConditionInput& input, std::string_view value) {
  static const core::SchoolCalendar kCalendar;
  if (!input.post.published) {
    return false;
  }
  switch (core::PeriodAt(kCalendar, *input.post.published)) {
    case core::SchoolPeriod::kDay:
      return value == "day";
    case core::SchoolPeriod::kEvening:
      return value == "evening";
    case core::SchoolPeriod::kNight:
      return value == "night";
    case core::SchoolPeriod::kWeekend:
      return value == "weekend";
    case core::SchoolPeriod::kHoliday:
      return false;
  }
  return false;
}
bool TakesPeriod(std::string_view value) {
  return value == "day" || value == "evening" || value == "night" || value == "weekend";
}

bool IsDoneBy(const ConditionInput& input, std::string_view value) {
  return !input.subject.empty() && input.subject == value;
}

constexpr std::array kConditions{
    Condition{"named_person", "a title with a name, or a member of staff who can be recognised",
              IsNamedPerson},
    Condition{"known_staff",
              "staff named in the configuration, or the head, principal and the like",
              IsKnownStaff},
    Condition{"own_page", "the post stands on the school's own page or listing", IsOwnPage},
    Condition{"review", "the post is a review", IsReview},
    Condition{"link", "the post holds a web address", HasLink},
    Condition{"question", "the sentence is a question", IsQuestion},
    Condition{"long", "over 150 words", IsLong},
    Condition{"mention_here", "the school's name is in the same sentence", HasMentionHere},
    Condition{"in_quotes", "the words that matched stand between quotation marks", IsInQuotes},
    Condition{"subject", "who did it, by the words around the match", IsDoneBy,
              "one of the packs' subjects", TakesAnything},
    Condition{"platform", "the platform that the post stands on", IsOnPlatform,
              "a platform such as reddit", TakesAnything},
    Condition{"source", "the source that it came from", IsFromSource, "a name in sources.yaml",
              TakesAnything},
    Condition{"kind", "what the post is", IsOfKind,
              "entry, article, thread_post, comment or review", TakesKind},
    Condition{"words_over", "title and text have more words", IsOverWords, "a number", TakesCount},
    Condition{"words_under", "title and text have fewer words", IsUnderWords, "a number",
              TakesCount},
    Condition{"posted", "when it was posted, by the clock in London", IsPostedIn,
              "day, evening, night or weekend", TakesPeriod},
};

}  // namespace

std::span<const Condition> Conditions() { return kConditions; }

std::optional<std::size_t> FindCondition(std::string_view name) {
  for (std::size_t index = 0; index < kConditions.size(); ++index) {
    if (kConditions[index].name == name) {
      return index;
    }
  }
  return std::nullopt;
}

}  // namespace schoolwatch::matchers
