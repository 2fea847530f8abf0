#include "app/name_mask.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "config/language.h"

namespace schoolwatch::app {
namespace {

constexpr std::string_view kSomeone = "Someone";

// Before a name, whatever the word looks like…
constexpr std::array<std::string_view, 6> kTitles{"mr", "mrs", "ms", "mx", "dr", "prof"};
// …and before a name if that has a capital letter: words by themselves, too.
constexpr std::array<std::string_view, 17> kOffices{
    "miss",       "sir",          "madam",       "dame",    "rev",          "reverend",
    "father",     "sister",       "headteacher", "head",    "head-teacher", "principal",
    "headmaster", "headmistress", "coach",       "teacher", "governor"};
// What may follow a title without being a name.
constexpr std::array<std::string_view, 12> kNoNames{"and", "or",  "is",   "was", "the", "who",
                                                    "he",  "she", "they", "it",  "at",  "has"};
// Known with a capital only, and nobody's name.
constexpr std::array<std::string_view, 40> kNobody{
    "monday",    "tuesday",  "wednesday", "thursday", "friday",    "saturday", "sunday",
    "january",   "february", "march",     "april",    "june",      "july",     "august",
    "september", "october",  "november",  "december", "christmas", "easter",   "ofsted",
    "facebook",  "twitter",  "instagram", "whatsapp", "tiktok",    "snapchat", "reddit",
    "google",    "youtube",  "english",   "french",   "german",    "spanish",  "latin",
    "british",   "academy",  "primary",   "send",     "mumsnet"};

// First names that are everyday words as well: names wherever they have a capital…
constexpr std::array<std::string_view, 44> kFirstNames{
    "barney", "billy", "bob",   "bobby",   "carol", "daisy", "dick",     "don",     "dolly",
    "grace",  "harry", "hazel", "heather", "holly", "ivy",   "jack",     "jasmine", "jasper",
    "jimmy",  "john",  "josh",  "ken",     "lee",   "lily",  "maria",    "martin",  "matt",
    "mickey", "mike",  "paddy", "patsy",   "poppy", "robin", "rosemary", "roy",     "ruby",
    "sally",  "sandy", "terry", "tom",     "tony",  "troy",  "viola",    "violet"};
// …or only where no sentence begins: "Will you …", "Hope so".
constexpr std::array<std::string_view, 78> kMaybeNames{
    "amber",   "angel",   "archer",  "ash",      "basil",  "belle",    "bill",     "blossom",
    "bunny",   "charity", "chase",   "cherry",   "chip",   "clay",     "cliff",    "clover",
    "cooper",  "coral",   "crystal", "dahlia",   "dale",   "dawn",     "dean",     "drew",
    "earl",    "ebony",   "ember",   "emerald",  "eve",    "faith",    "felicity", "fern",
    "flora",   "frank",   "gene",    "ginger",   "glen",   "grant",    "guy",      "harmony",
    "honey",   "honour",  "hope",    "hunter",   "iris",   "jade",     "jay",      "joy",
    "juniper", "kit",     "kitty",   "lance",    "laurel", "lavender", "mark",     "mason",
    "max",     "melody",  "mercy",   "nick",     "norm",   "olive",    "pat",      "patience",
    "pearl",   "penny",   "pierce",  "primrose", "ray",    "rob",      "rose",     "sage",
    "sue",     "verity",  "victor",  "wade",     "will",   "willow"};
// Behind which a word with a capital is somebody's name, whatever else it means.
constexpr std::array<std::string_view, 22> kKin{
    "son",     "daughter",     "sister",        "brother", "child", "girl",     "boy",  "kid",
    "friend",  "pupil",        "cousin",        "nephew",  "niece", "grandson", "twin", "bully",
    "stepson", "stepdaughter", "granddaughter", "called",  "named", "classmate"};
// The table of everyday words has none so short.
constexpr std::array<std::string_view, 34> kShortWords{
    "am", "an", "as", "at", "be", "by", "do", "go", "ha", "he", "hi", "id",
    "if", "im", "in", "is", "it", "me", "my", "no", "of", "oh", "ok", "on",
    "or", "pe", "re", "so", "to", "tv", "uk", "up", "us", "we"};

template <std::size_t N>
bool In(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) {
  return IsUpper(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80u;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

// "thrale's" without what shows whose it is. Typographic apostrophes are three bytes.
std::string_view WithoutPossessive(std::string_view word) {
  for (const std::string_view ending : {"'s", "\u2019s", "'", "\u2019"}) {
    if (word.size() > ending.size() && word.ends_with(ending)) {
      return word.substr(0, word.size() - ending.size());
    }
  }
  return word;
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (IsLetter(c) || IsDigit(c) || c == '\'' || c == '-') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(Lower(std::exchange(word, "")));
    }
  }
  if (!word.empty()) {
    words.push_back(Lower(word));
  }
  return words;
}

// A piece of a text: a word, or what stands between two.
struct Piece {
  std::string_view text;
  std::string lower;    // Of words, without 's; empty: no word.
  bool begins = false;  // Its sentence.
  bool masked = false;

  bool is_word() const { return !lower.empty(); }
  bool has_capital() const { return IsUpper(text.front()); }
};

bool EndsSentence(std::string_view between) {
  return between.find_first_of(".!?\n:;\"") != std::string_view::npos ||
         between.find("\u201C") != std::string_view::npos;
}

std::vector<Piece> PiecesOf(std::string_view text) {
  std::vector<Piece> pieces;
  bool begins = true;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    if (IsLetter(text[at])) {
      while (end < text.size() && (IsLetter(text[end]) || IsDigit(text[end]) ||
                                   ((text[end] == '\'' || text[end] == '-') &&
                                    end + 1 < text.size() && IsLetter(text[end + 1])))) {
        ++end;
      }
      const std::string_view word = text.substr(at, end - at);
      pieces.push_back({word, Lower(WithoutPossessive(word)), begins, false});
      begins = false;
    } else {
      while (end < text.size() && !IsLetter(text[end])) {
        ++end;
      }
      pieces.push_back({text.substr(at, end - at), "", false, false});
      // "Mr. Thrale" is no new sentence.
      const bool title =
          pieces.size() > 1 && In(kTitles, pieces[pieces.size() - 2].lower) && text[at] == '.';
      begins = begins || (EndsSentence(pieces.back().text) && !title);
    }
    at = end;
  }
  return pieces;
}

// Replaces what names a person or an account by its shape alone; the rest is left to the words.
std::string MaskAddresses(std::string_view text) {
  std::string masked;
  const auto is_name = [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '_' || c == '.' || c == '-' || c == '+';
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("http://") || rest.starts_with("https://") || rest.starts_with("www.")) {
      at += std::min(rest.find_first_of(" \n\t<>\""), rest.size());
      masked += "https://example.org/";
      continue;
    }
    if (rest.front() == '@' && rest.size() > 1 && is_name(rest[1])) {
      std::size_t end = 1;
      while (end < rest.size() && (is_name(rest[end]) || rest[end] == '@')) {
        ++end;
      }
      // A mail address: its first half is out already.
      const std::size_t name = masked.find_last_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
          "TUVWXYZ0123456789_.-+");
      const std::size_t kept = name == std::string::npos ? 0 : name + 1;
      const bool mail = kept < masked.size();
      masked.resize(kept);
      masked += mail ? "someone@example.org" : "@someone";
      at += end;
      continue;
    }
    if (rest.starts_with("u/") && rest.size() > 2 && is_name(rest[2]) &&
        (masked.empty() || masked.back() == ' ' || masked.back() == '/')) {
      std::size_t end = 2;
      while (end < rest.size() && is_name(rest[end])) {
        ++end;
      }
      masked += "u/someone";
      at += end;
      continue;
    }
    if (IsDigit(rest.front())) {
      std::size_t end = 0;
      std::size_t digits = 0;
      while (end < rest.size() &&
             (IsDigit(rest[end]) || ((rest[end] == ' ' || rest[end] == '-') &&
                                     end + 1 < rest.size() && IsDigit(rest[end + 1])))) {
        digits += IsDigit(rest[end]) ? 1u : 0u;
        ++end;
      }
      for (const char c : rest.substr(0, end)) {
        masked += digits >= 7 && IsDigit(c) ? '0' : c;  // A telephone number, or an account's.
      }
      at += end;
      continue;
    }
    masked += rest.front();
    ++at;
  }
  return masked;
}

// Every place where `name` stands by itself, whatever its capitals.
std::string MaskAuthor(std::string text, std::string_view author) {
  const std::string name = Lower(author);
  if (name.size() < 3) {
    return text;
  }
  const std::string lower = Lower(text);
  std::string masked;
  std::size_t from = 0;
  for (std::size_t at = lower.find(name); at != std::string::npos; at = lower.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool alone =
        (at == 0 || !IsLetter(text[at - 1])) && (end == text.size() || !IsLetter(text[end]));
    if (alone && at >= from) {
      masked += text.substr(from, at - from) + std::string(kSomeone);
      from = end;
    }
  }
  return masked + text.substr(from);
}

// "We've", "Didn't": a word and a half, and nobody's name.
bool IsContraction(std::string_view lower) {
  std::string plain(lower);
  for (std::size_t at = plain.find("\u2019"); at != std::string::npos; at = plain.find("\u2019")) {
    plain.replace(at, std::string_view("\u2019").size(), "'");
  }
  constexpr std::array<std::string_view, 6> kEndings{"n't", "'ve", "'ll", "'re", "'m", "'d"};
  return std::ranges::any_of(kEndings,
                             [&](std::string_view ending) { return plain.ends_with(ending); });
}

// "Jack" and not "JACK" or "jack".
bool IsWrittenAsName(std::string_view word) {
  return word.size() > 1 && IsUpper(word[0]) && !IsUpper(word[1]);
}

std::string WithoutApostrophes(std::string_view word) {
  std::string plain(word);
  std::erase(plain, '\'');
  return plain;
}

// Words that stand side by side, as first names and surnames do.
bool Joins(std::string_view between) { return between == " " || between == "-"; }
bool FollowsTitle(std::string_view between) {
  return between == " " || between == ". " || between == ".";
}

}  // namespace

NameMask::NameMask(std::span<const core::School> schools,
                   std::span<const config::Contact> contacts) {
  const auto add_person = [this](const std::string& name) {
    // The last word of "Mrs Ada Wren": first names are found by how they look.
    if (const std::vector<std::string> words = WordsOf(name); !words.empty()) {
      people_.insert(words.back());
    }
  };
  for (const core::School& school : schools) {
    add_person(school.headteacher);
    std::ranges::for_each(school.staff, add_person);
    std::vector<std::string> names{school.name, school.town, school.trust};
    names.insert(names.end(), school.also.begin(), school.also.end());
    names.insert(names.end(), school.places.begin(), school.places.end());
    for (const std::string& name : names) {
      const std::vector<std::string> words = WordsOf(name);
      schools_.insert(words.begin(), words.end());
    }
  }
  for (const config::Contact& contact : contacts) {
    add_person(contact.name);
  }
}

core::Post NameMask::Masked(const core::Post& post) const {
  core::Post masked;
  masked.kind = post.kind;
  masked.platform = post.platform;
  masked.language = post.language;
  masked.page_of = post.page_of;
  masked.title = Mask(post.title, post.author);
  masked.text = Mask(post.text, post.author);
  return masked;
}

bool NameMask::IsName(std::string_view word, std::string_view lower) const {
  const std::string plain = WithoutApostrophes(lower);
  if (schools_.contains(lower) || In(kNobody, lower)) {
    return false;
  }
  if (people_.contains(lower)) {
    return true;
  }
  if (In(kShortWords, plain) || IsContraction(lower)) {
    return false;
  }
  if (config::FindPlaceKind(plain) != config::PlaceKind::kNone) {
    return false;
  }
  if (config::IsProperWord(plain)) {
    return true;
  }
  const bool initials = word.size() <= 5 && std::ranges::all_of(word, IsUpper);  // "GCSE".
  return IsUpper(word.front()) && !initials && !config::IsEverydayWord(plain);
}

std::string NameMask::Mask(std::string_view text, std::string_view author) const {
  const std::string safe = MaskAddresses(MaskAuthor(std::string(text), author));
  std::vector<Piece> pieces = PiecesOf(safe);
  // What may stand beside a name without being part of it.
  const auto is_other = [this](const Piece& piece) {
    return schools_.contains(piece.lower) || In(kNobody, piece.lower) ||
           In(kNoNames, piece.lower) || In(kTitles, piece.lower) || In(kOffices, piece.lower);
  };
  std::size_t names_to_come = 0;  // Behind a title.
  bool surely = false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    if (!piece.is_word()) {
      names_to_come = FollowsTitle(piece.text) ? names_to_come : 0;
      continue;
    }
    const bool title = In(kTitles, piece.lower);
    if (title || In(kOffices, piece.lower)) {
      names_to_come = 3;
      surely = title;
      continue;
    }
    piece.masked = IsName(piece.text, piece.lower);
    if (IsWrittenAsName(piece.text) && !is_other(piece)) {
      const bool of_kin = i >= 2 && Joins(pieces[i - 1].text) && In(kKin, pieces[i - 2].lower) &&
                          !In(kShortWords, piece.lower);
      piece.masked = piece.masked || of_kin || In(kFirstNames, piece.lower) ||
                     (!piece.begins && In(kMaybeNames, piece.lower));
    }
    if (names_to_come > 0) {
      piece.masked =
          piece.masked || (surely ? !In(kNoNames, piece.lower)
                                  : piece.has_capital() && !piece.begins && !is_other(piece));
      names_to_come = piece.masked ? names_to_come - 1 : 0;
      surely = false;
    }
  }
  // A name that is an everyday word as well: "Grace Wilcox".
  const auto spread = [&](std::size_t from, std::size_t to) {
    Piece& piece = pieces[to];
    if (pieces[from].masked && piece.is_word() && piece.has_capital() && !is_other(piece) &&
        Joins(pieces[std::min(from, to) + 1].text) &&
        (!piece.begins || config::IsProperWord(piece.lower))) {
      piece.masked = true;
    }
  };
  for (std::size_t i = 0; i + 2 < pieces.size(); ++i) {
    spread(i + 2, i);
    spread(i, i + 2);
  }
  std::string masked;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (!piece.masked) {
      masked += piece.text;
    } else if (i + 2 < pieces.size() && pieces[i + 2].masked && Joins(pieces[i + 1].text)) {
      ++i;  // The last word of a name stands for all of it.
    } else {
      masked += kSomeone;
      masked += piece.text.substr(piece.lower.size());
    }
  }
  return masked;
}

}  // namespace schoolwatch::app
