#include "alerts/named.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>

#include "core/text/fold.h"
#include "core/text/utf8.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::array<std::string_view, 21> kTitles{
    "mr",       "mrs", "ms",   "miss", "mx",  "dr",     "prof", "professor", "sir",   "dame", "rev",
    "reverend", "fr",  "lord", "lady", "the", "sister", "revd", "father",    "canon", "madam"};

// Topics in which the staff whom a post names are ordinarily those who should help, or who are
// threatened themselves. Whatever is not in here counts as dangerous to tell.
constexpr std::array<std::string_view, 21> kNoPerpetratorTopics{
    "weapon",        "threat",        "fight",
    "self_harm",     "missing_child", "stranger",
    "bullying",      "drugs",         "personal_data",
    "impersonation", "insult",        "complaint",
    "bad_review",    "petition",      "press",
    "inspection",    "spam",          "question",
    "praise",        "event",         "dishonesty_allegation"};

bool Contains(std::span<const std::string_view> all, std::string_view one) {
  return std::ranges::find(all, one) != all.end();
}

// "0kaf0r" is okafor: a surname has no digits, so inside a word they can only stand for letters.
void ReadDigitsAsLetters(std::string& word) {
  constexpr std::string_view kDigits = "0134578";
  constexpr std::string_view kLetters = "oieastb";
  if (std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; })) {
    return;
  }
  for (char& c : word) {
    if (const std::size_t at = kDigits.find(c); at != std::string_view::npos) {
      c = kLetters[at];
    }
  }
}

// Splits into words of letters and digits. Apostrophes join (o'brien = obrien), all else parts.
class WordSplitter {
 public:
  explicit WordSplitter(std::vector<NameWords::Word>& words) : words_(words) {}

  void Take(char32_t character, bool is_alnum) {
    if (is_alnum) {
      core::AppendUtf8(character, word_.text);
    } else if (character == U'#' || character == U'@') {
      Finish();
      word_.tag = true;
    } else if (character != U'\'') {
      Finish();
    }
  }
  void Finish() {
    if (!word_.text.empty()) {
      ReadDigitsAsLetters(word_.text);
      words_.push_back(std::move(word_));
    }
    word_ = {};
  }

 private:
  std::vector<NameWords::Word>& words_;
  NameWords::Word word_;
};

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void AppendWords(std::string_view folded, std::vector<NameWords::Word>& words) {
  WordSplitter splitter(words);
  if (IsAscii(folded)) {  // Nearly all, and nothing in it to take apart.
    for (const char c : folded) {
      splitter.Take(static_cast<unsigned char>(c),
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
    }
    splitter.Finish();
    return;
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(status);
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(folded.data(), static_cast<std::int32_t>(folded.size())));
  if (U_SUCCESS(status)) {
    text = nfd->normalize(text, status);
  }
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 character = text.char32At(i);
    if (u_charType(character) != U_NON_SPACING_MARK) {
      splitter.Take(static_cast<char32_t>(character), u_isalnum(character) != 0);
    }
  }
  splitter.Finish();
}

using Phrase = std::span<const std::string_view>;

bool StandsAt(const std::vector<NameWords::Word>& words, std::size_t at, Phrase phrase) {
  if (at + phrase.size() > words.size()) {
    return false;
  }
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    const std::string& word = words[at + i].text;
    const bool plural_or_possessive = i + 1 == phrase.size() &&
                                      word.size() == phrase[i].size() + 1 && word.ends_with('s') &&
                                      word.starts_with(phrase[i]);
    if (word != phrase[i] && !plural_or_possessive) {
      return false;
    }
  }
  return true;
}

bool AnyStandsAt(const std::vector<NameWords::Word>& words, std::size_t at,
                 std::initializer_list<std::initializer_list<std::string_view>> phrases) {
  return std::ranges::any_of(phrases, [&](const auto& phrase) {
    return StandsAt(words, at, Phrase(phrase.begin(), phrase.size()));
  });
}

// "the head", but not "the head of year 9" and not "the head boy".
bool IsTheHead(const std::vector<NameWords::Word>& words, std::size_t at) {
  if (!AnyStandsAt(words, at,
                   {{"the", "head"}, {"our", "head"}, {"their", "head"}, {"new", "head"}})) {
    return false;
  }
  if (at + 2 >= words.size()) {
    return true;
  }
  const std::string& next = words[at + 2].text;
  if (next == "of") {
    return at + 3 < words.size() && words[at + 3].text == "school";
  }
  return next != "boy" && next != "girl" && next != "boys" && next != "girls" && next != "lice";
}

bool IsHeadteacherAt(const std::vector<NameWords::Word>& words, std::size_t at) {
  if (IsTheHead(words, at)) {
    return true;
  }
  if (!AnyStandsAt(words, at,
                   {{"headteacher"},
                    {"head", "teacher"},
                    {"headmaster"},
                    {"head", "master"},
                    {"headmistress"},
                    {"head", "mistress"},
                    {"head", "of", "school"},
                    {"executive", "head"},
                    {"principal"}})) {
    return false;
  }
  if (at == 0) {
    return true;
  }
  const std::string& before = words[at - 1].text;
  return before != "deputy" && before != "assistant" && before != "vice";
}

bool IsOfficeAt(std::string_view role, const std::vector<NameWords::Word>& words, std::size_t at) {
  if (role == "headteacher") {
    return IsHeadteacherAt(words, at);
  }
  if (role == "dsl") {
    return AnyStandsAt(words, at,
                       {{"dsl"},
                        {"safeguarding", "lead"},
                        {"safeguarding", "officer"},
                        {"child", "protection", "officer"},
                        {"child", "protection", "lead"}});
  }
  if (role == "chair") {
    return AnyStandsAt(words, at,
                       {{"chair", "of", "governors"},
                        {"chair", "of", "the", "governors"},
                        {"chair", "of", "trustees"},
                        {"chair", "of", "the", "trustees"},
                        {"chair", "of", "the", "board"},
                        {"chairman"},
                        {"chairwoman"}});
  }
  if (role == "deputy") {
    return AnyStandsAt(
        words, at,
        {{"deputy"}, {"assistant", "head"}, {"assistant", "headteacher"}, {"vice", "principal"}});
  }
  return false;
}

}  // namespace

NameWords::NameWords(std::string_view text) {
  std::string folded;
  core::FoldText(text, folded);
  AppendWords(folded, words_);
  if (!core::MayHideWords(folded)) {
    return;
  }
  const core::FoldedText evasion = core::EvasionView(core::Fold(text));
  if (!evasion.text.empty()) {
    words_.push_back({});
    AppendWords(evasion.text, words_);
  }
}

PersonName::PersonName(std::string_view full_name, std::string_view role) : role_(role) {
  const NameWords whole(full_name);
  for (const NameWords::Word& word : whole.words()) {
    if (word.text.empty()) {
      break;  // The second reading of a name is of no use.
    }
    if (!Contains(kTitles, word.text)) {
      folded_ += (folded_.empty() ? "" : " ") + word.text;
    }
  }
  // What follows a comma are letters after the name, or in "Okafor, Amara" the given name: either
  // way the surname is the last word before it.
  std::string_view rest = full_name.substr(0, full_name.find(','));
  while (!rest.empty()) {
    const std::size_t space = rest.find_last_of(" \t");
    const std::string_view last = space == std::string_view::npos ? rest : rest.substr(space + 1);
    rest = space == std::string_view::npos ? std::string_view() : rest.substr(0, space);
    const NameWords last_words(last);
    for (const NameWords::Word& word : last_words.words()) {
      if (word.text.empty()) {
        break;
      }
      if (word.text.size() >= 2 && !Contains(kTitles, word.text)) {
        surname_parts_.push_back(word.text);
      }
    }
    if (!surname_parts_.empty()) {
      break;
    }
  }
}

bool PersonName::IsNamedIn(const NameWords& words) const {
  for (const NameWords::Word& word : words.words()) {
    for (const std::string& part : surname_parts_) {
      if (word.text == part || (word.text.size() == part.size() + 1 && word.text.ends_with('s') &&
                                word.text.starts_with(part))) {
        return true;
      }
      if (word.tag && part.size() >= 4 && word.text.contains(part)) {
        return true;
      }
    }
  }
  return false;
}

bool PersonName::IsMeantByOfficeIn(const NameWords& words) const {
  for (std::size_t at = 0; at < words.words().size(); ++at) {
    if (IsOfficeAt(role_, words.words(), at)) {
      return true;
    }
  }
  return false;
}

std::string TextAboutPeople(const core::Finding& finding) {
  const core::Post& post = finding.post;
  std::string all;
  for (const std::string* part :
       {&post.title, &post.text, &post.quoted, &post.summary, &post.thread_title, &post.author}) {
    all += *part;
    all += "\n\n";
  }
  return all;
}

bool MayNamePerpetrator(const std::vector<core::Category>& categories,
                        const std::vector<std::string>& topics) {
  if (std::ranges::find(categories, core::Category::kSafeguarding) == categories.end()) {
    return false;
  }
  return topics.empty() || std::ranges::any_of(topics, [](const std::string& topic) {
           return !Contains(kNoPerpetratorTopics, topic);
         });
}

}  // namespace schoolwatch::alerts
