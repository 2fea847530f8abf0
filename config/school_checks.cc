#include "config/school_checks.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "config/language.h"

namespace schoolwatch::config {
namespace {

std::unexpected<core::Error> Bad(std::string message) {
  return core::Fail(core::ErrorKind::kBadInput, std::move(message));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The words of a text in lower case: runs of letters and digits (any byte past ASCII counts as a
// letter). Apostrophes are left out, so that "Mary's" is "marys".
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  };
  for (char c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (IsLetter(c) || IsDigit(c) || (static_cast<unsigned char>(c) & 0x80U) != 0) {
      word += c;
    } else if (c != '\'') {
      finish();
    }
  }
  finish();
  return words;
}

// Words that many schools' names have, and that so tell no school from another.
constexpr std::string_view kGenericWords[] = {
    "a",
    "academies",
    "academy",
    "and",
    "at",
    "c",
    "catholic",
    "ce",
    "centre",
    "church",
    "college",
    "community",
    "county",
    "e",
    "education",
    "england",
    "federation",
    "first",
    "for",
    "foundation",
    "free",
    "girls",
    "boys",
    "grammar",
    "high",
    "house",
    "infant",
    "infants",
    "international",
    "junior",
    "juniors",
    "lower",
    "middle",
    "nursery",
    "of",
    "our",
    "preparatory",
    "prep",
    "primary",
    "rc",
    "school",
    "schools",
    "secondary",
    "sixth",
    "form",
    "special",
    "studio",
    "the",
    "trust",
    "upper",
    "utc",
    "vc",
    "va",
};

bool IsAmong(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool IsKnown(std::string_view word) {
  return IsEverydayWord(word) || IsProperWord(word) || FindPlaceKind(word) != PlaceKind::kNone;
}

std::vector<std::string> TellingWords(std::string_view name) {
  std::vector<std::string> words = Words(name);
  std::erase_if(words, [](const std::string& word) { return IsAmong(kGenericWords, word); });
  return words;
}

// "Hope", "The Oaks", "St Mary's": every word means something else, too, or stands for a saint.
bool IsCommon(std::string_view name) {
  const std::vector<std::string> words = TellingWords(name);
  return std::ranges::all_of(words, [](const std::string& word) {
    // "Mary's" is Mary's, "King's" the king's.
    return word == "st" || word == "saint" || IsKnown(word) ||
           (word.ends_with('s') && IsKnown(std::string_view(word).substr(0, word.size() - 1)));
  });
}

}  // namespace

core::Result<void> CheckSchoolName(const std::string& name) {
  const std::vector<std::string> words = Words(name);
  if (words.empty()) {
    return Bad("has no letters");
  }
  const std::vector<std::string> telling = TellingWords(name);
  if (telling.empty()) {
    return Bad(
        "is what many schools are called: add what tells it from others, as in 'Quillbrook " +
        name + "'");
  }
  const bool kind_said = std::ranges::any_of(words, [](const std::string& word) {
    return word != "the" && word != "a" && IsAmong(kGenericWords, word);
  });
  if (telling.size() == 1 && !kind_said && (IsCommon(name) || telling[0].size() < 3)) {
    return Bad(
        "is an everyday word or somebody's name, which would be found everywhere: write the full "
        "name, as in '" +
        name + " Primary School', and the town under 'town'");
  }
  return {};
}

core::Result<void> CheckNotAPupil(const std::string& name) {
  constexpr std::string_view kPupilWords[] = {
      "pupil",     "pupils",     "student",   "students", "child",   "children", "schoolchild",
      "schoolboy", "schoolgirl", "schoolkid", "prefect",  "toddler", "aged"};
  constexpr std::string_view kYearWords[] = {"year", "yr", "y", "class", "form", "grade"};
  const auto refuse = [](const std::string& what) {
    return Bad("pupils are never named in the configuration, and '" + what +
               "' marks one: name only staff and governors who act in public, by name alone");
  };
  const std::vector<std::string> words = Words(name);
  // "Master Sam Vale" is how a boy is addressed; "Head Boy" is what he may be.
  if (words.size() > 1 && words[0] == "master") {
    return refuse(words[0]);
  }
  if (words.size() > 1 && words[0] == "head" && (words[1] == "boy" || words[1] == "girl")) {
    return refuse(words[0] + " " + words[1]);
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (IsAmong(kPupilWords, word)) {
      return refuse(word);
    }
    if (IsAmong(kYearWords, word) && i + 1 < words.size() && IsDigit(words[i + 1][0])) {
      return refuse(word + " " + words[i + 1]);
    }
    // "y7", "yr7", "year7", "7b".
    for (const std::string_view year : kYearWords) {
      if (word.size() > year.size() && word.size() <= year.size() + 3 && word.starts_with(year) &&
          IsDigit(word[year.size()])) {
        return refuse(word);
      }
    }
    if (word.size() <= 3 && IsLetter(word.back()) && word.size() >= 2 &&
        std::ranges::all_of(word.substr(0, word.size() - 1), IsDigit)) {
      return refuse(word);
    }
  }
  return {};
}

std::vector<SchoolProblem> FindSchoolProblems(const core::School& school) {
  std::vector<SchoolProblem> problems;
  const bool has_place = !school.town.empty() || !school.postcode.empty() || !school.places.empty();
  if (school.name.empty()) {
    return problems;  // Missing or no text, which was said.
  }
  if (const core::Result<void> name = CheckSchoolName(school.name); !name) {
    problems.push_back({"name", 0, name.error().message});
  } else if (!has_place && IsCommon(school.name)) {
    problems.push_back({"name", 0,
                        "means other things and other schools, too, so that by itself it says "
                        "nothing: add 'town' and 'postcode' below it, or 'places'"});
  }
  for (std::size_t item = 0; item < school.also.size(); ++item) {
    const std::string& also = school.also[item];
    if (TellingWords(also).empty()) {
      problems.push_back({"also", item,
                          "is what many schools are called: leave it out, or add what tells this "
                          "one from others, such as its town"});
    }
  }
  for (std::size_t item = 0; item < school.not_us.size(); ++item) {
    const auto is_it = [words = Words(school.not_us[item])](const std::string& name) {
      return Words(name) == words;
    };
    if (is_it(school.name) || std::ranges::any_of(school.also, is_it)) {
      problems.push_back({"not_us", item,
                          "is one of the school's own names, so that it would never be found: "
                          "write the longer name of what is not the school, as in 'Quillbrook "
                          "Brewery'"});
    }
  }
  const auto check_person = [&problems](const std::string& name, std::string field,
                                        std::size_t item) {
    if (!name.empty() && Words(name).size() < 2) {
      problems.push_back({std::move(field), item,
                          "is one word, which says nothing: write the title or first name, too, "
                          "as in 'Mrs Wren'"});
    }
  };
  check_person(school.headteacher, "headteacher", 0);
  for (std::size_t item = 0; item < school.staff.size(); ++item) {
    check_person(school.staff[item], "others", item);
  }
  return problems;
}

}  // namespace schoolwatch::config
