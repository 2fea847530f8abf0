#include "matchers/conditions.h"

#include <re2/re2.h>

#include <array>
#include <string>

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

bool IsKnownStaff(const ConditionInput& input) {
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

bool IsNamedPerson(const ConditionInput& input) {
  static const RE2 kTitled(R"(\b(?:mr|mrs|miss|ms|mx|dr|sir|rev|fr|father|sister)\.? \p{L}{2,})");
  return Matches(kTitled, input.title) || Matches(kTitled, input.text) || IsKnownStaff(input);
}

bool IsOwnPage(const ConditionInput& input) { return !input.post.page_of.empty(); }

bool IsReview(const ConditionInput& input) {
  return input.post.kind == core::PostKind::kReview || input.post.platform == "review";
}

bool HasLink(const ConditionInput& input) {
  static const RE2 kLink(
      R"(\bhttps?://|\bwww\.|\b[a-z0-9-]{2,}\.(?:com|co\.uk|org|net|ly|me|io|shop|xyz|link|biz|info)\b)");
  return Matches(kLink, input.title) || Matches(kLink, input.text);
}

bool IsQuestion(const ConditionInput& input) {
  static const RE2 kQuestion(R"(\?["')\s]*$)");
  return Matches(kQuestion, input.sentence);
}

bool IsLong(const ConditionInput& input) { return input.words > 150; }

bool HasMentionHere(const ConditionInput& input) {
  return input.mention_in_sentence || IsOwnPage(input);
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
