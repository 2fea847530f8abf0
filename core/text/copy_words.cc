#include "core/text/copy_words.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace schoolwatch::core {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// Spellings by sound, short forms and words that come and go between copies ("": dropped). Sorted.
constexpr auto kRespelled = std::to_array<Pair>({
    {"2day", "today"},
    {"2moro", "tomorrow"},
    {"2nite", "tonight"},
    {"a", ""},
    {"aint", "not"},
    {"am", ""},
    {"an", ""},
    {"and", ""},
    {"any1", "anyone"},
    {"apr", "april"},
    {"are", ""},
    {"arent", "not"},
    {"at", ""},
    {"aug", "august"},
    {"b4", "before"},
    {"bc", "because"},
    {"be", ""},
    {"been", ""},
    {"can", ""},
    {"cannot", "not"},
    {"cant", "not"},
    {"children", "child"},
    {"cos", "because"},
    {"could", ""},
    {"couldnt", "not"},
    {"coz", "because"},
    {"cud", ""},
    {"cuz", "because"},
    {"dec", "december"},
    {"did", ""},
    {"didnt", "not"},
    {"do", ""},
    {"does", ""},
    {"doesnt", "not"},
    {"dont", "not"},
    {"em", "them"},
    {"every1", "everyone"},
    {"feb", "february"},
    {"fri", "friday"},
    {"gonna", "going"},
    {"gotta", "got"},
    {"govt", "government"},
    {"gr8", "great"},
    {"had", ""},
    {"hadnt", "not"},
    {"has", ""},
    {"hasnt", "not"},
    {"have", ""},
    {"havent", "not"},
    {"hes", "he"},
    {"hr", "hour"},
    {"im", "i"},
    {"in", ""},
    {"is", ""},
    {"isnt", "not"},
    {"it", ""},
    {"its", ""},
    {"ive", "i"},
    {"jan", "january"},
    {"kid", "child"},
    {"kno", "know"},
    {"l8r", "later"},
    {"lmao", ""},
    {"lol", ""},
    {"luv", "love"},
    {"min", "minute"},
    {"mom", "mother"},
    {"mon", "monday"},
    {"msg", "message"},
    {"mum", "mother"},
    {"n", ""},
    {"nite", "night"},
    {"no1", "nobody"},
    {"noone", "nobody"},
    {"nov", "november"},
    {"oct", "october"},
    {"of", ""},
    {"omg", ""},
    {"on", ""},
    {"p", "pence"},
    {"percent", ""},
    {"photo", "picture"},
    {"pic", "picture"},
    {"pls", "please"},
    {"plz", "please"},
    {"pm", ""},
    {"pound", ""},
    {"ppl", "people"},
    {"quid", ""},
    {"r", ""},
    {"rd", "road"},
    {"sep", "september"},
    {"sept", "september"},
    {"shall", ""},
    {"shes", "she"},
    {"shouldnt", "should not"},
    {"shud", "should"},
    {"skool", "school"},
    {"some1", "someone"},
    {"that", ""},
    {"thats", ""},
    {"the", ""},
    {"theres", "there"},
    {"theyre", "they"},
    {"tho", "though"},
    {"thru", "through"},
    {"thur", "thursday"},
    {"thx", "thanks"},
    {"tmrw", "tomorrow"},
    {"tonite", "tonight"},
    {"tue", "tuesday"},
    {"txt", "text"},
    {"u", "you"},
    {"ur", "your"},
    {"v", "very"},
    {"vid", "video"},
    {"w", ""},
    {"wanna", "want"},
    {"was", ""},
    {"wasnt", "not"},
    {"wat", "what"},
    {"wed", "wednesday"},
    {"were", ""},
    {"werent", "not"},
    {"whats", "what"},
    {"will", ""},
    {"with", ""},
    {"wk", "week"},
    {"wont", "not"},
    {"wot", "what"},
    {"would", ""},
    {"wouldnt", "not"},
    {"wud", ""},
    {"xmas", "christmas"},
    {"ya", "you"},
    {"youre", "you"},
    {"yr", "year"},
});
static_assert(std::ranges::is_sorted(kRespelled, {}, &Pair::first));

constexpr auto kNegations = std::to_array<std::string_view>(
    {"never", "no", "nobody", "none", "nor", "not", "nothing", "neither", "nowhere", "without"});

constexpr auto kDays = std::to_array<std::string_view>(
    {"monday",  "tuesday",  "wednesday", "thursday", "friday",   "saturday", "sunday",
     "january", "february", "april",     "june",     "july",     "august",   "september",
     "october", "november", "december",  "today",    "tomorrow", "yesterday"});

constexpr auto kTitles = std::to_array<std::string_view>(
    {"mr", "mrs", "ms", "miss", "dr", "sir", "rev", "prof", "professor", "headmaster"});

struct NumberWord {
  std::string_view word;
  std::uint64_t value;
};
constexpr auto kNumberWords = std::to_array<NumberWord>({
    {"eight", 8},       {"eighteen", 18},    {"eighteenth", 18}, {"eighth", 8},
    {"eighty", 80},     {"eleven", 11},      {"eleventh", 11},   {"fifteen", 15},
    {"fifteenth", 15},  {"fifth", 5},        {"fifty", 50},      {"first", 1},
    {"five", 5},        {"forty", 40},       {"four", 4},        {"fourteen", 14},
    {"fourteenth", 14}, {"fourth", 4},       {"hundred", 100},   {"million", 1000000},
    {"nine", 9},        {"nineteen", 19},    {"nineteenth", 19}, {"ninety", 90},
    {"ninth", 9},       {"one", 1},          {"second", 2},      {"seven", 7},
    {"seventeen", 17},  {"seventeenth", 17}, {"seventh", 7},     {"seventy", 70},
    {"six", 6},         {"sixteen", 16},     {"sixteenth", 16},  {"sixth", 6},
    {"sixty", 60},      {"ten", 10},         {"tenth", 10},      {"third", 3},
    {"thirteen", 13},   {"thirteenth", 13},  {"thirtieth", 30},  {"thirty", 30},
    {"thousand", 1000}, {"three", 3},        {"twelfth", 12},    {"twelve", 12},
    {"twentieth", 20},  {"twenty", 20},      {"two", 2},         {"zero", 0},
});
static_assert(std::ranges::is_sorted(kNumberWords, {}, &NumberWord::word));

// Calls to pass it on, at the start or the end; longest first, in canonical words.
constexpr auto kCalls = std::to_array<std::string_view>(
    {"please share", "pass on", "link bio", "see more", "read more", "share this", "repost",
     "retweet", "share", "breaking", "urgent", "rt", "fwd", "fw"});

using Words = std::unordered_map<std::string_view, KnownWord>;

Words AllWords() {
  Words words;
  for (const auto& [word, respelled] : kRespelled) {
    words[word].respelled = respelled;
  }
  for (const auto& [word, value] : kNumberWords) {
    words[word].number = value;
  }
  for (const std::string_view word : kNegations) {
    words[word].is_negation = true;
  }
  for (const std::string_view word : kDays) {
    words[word].is_day = true;
  }
  for (const std::string_view word : kTitles) {
    words[word].is_title = true;
  }
  return words;
}

}  // namespace

const KnownWord& FindWord(std::string_view word) {
  static const Words kWords = AllWords();
  static constexpr KnownWord kNothing;
  const auto found = kWords.find(word);
  return found == kWords.end() ? kNothing : found->second;
}

std::span<const std::string_view> CallsToShare() { return kCalls; }

}  // namespace schoolwatch::core
