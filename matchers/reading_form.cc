#include "matchers/reading_form.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "core/text/fold.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kMaxBytes = 20'000;

struct Neutral {
  std::string_view word;
  std::string_view instead;
};
// What a post says counts, not of whom.
constexpr std::array kNeutral{
    Neutral{"adhd", "somegroup"},
    Neutral{"afghan", "somegroup"},
    Neutral{"african", "somegroup"},
    Neutral{"albanian", "somegroup"},
    Neutral{"american", "somegroup"},
    Neutral{"anglican", "somegroup"},
    Neutral{"arab", "somegroup"},
    Neutral{"asd", "somegroup"},
    Neutral{"asian", "somegroup"},
    Neutral{"asylum", "somegroup"},
    Neutral{"atheist", "somegroup"},
    Neutral{"aunt", "relative"},
    Neutral{"auntie", "relative"},
    Neutral{"aunty", "relative"},
    Neutral{"autistic", "somegroup"},
    Neutral{"bairn", "child"},
    Neutral{"bairns", "children"},
    Neutral{"bangladeshi", "somegroup"},
    Neutral{"bisexual", "somegroup"},
    Neutral{"black", "somegroup"},
    Neutral{"blind", "somegroup"},
    Neutral{"bloke", "person"},
    Neutral{"blokes", "people"},
    Neutral{"boy", "child"},
    Neutral{"boyfriend", "partner"},
    Neutral{"boys", "children"},
    Neutral{"brazilian", "somegroup"},
    Neutral{"british", "somegroup"},
    Neutral{"brother", "sibling"},
    Neutral{"brothers", "siblings"},
    Neutral{"buddhist", "somegroup"},
    Neutral{"buddhists", "somegroup"},
    Neutral{"bulgarian", "somegroup"},
    Neutral{"caribbean", "somegroup"},
    Neutral{"catholic", "somegroup"},
    Neutral{"catholics", "somegroup"},
    Neutral{"chinese", "somegroup"},
    Neutral{"christian", "somegroup"},
    Neutral{"christians", "somegroup"},
    Neutral{"da", "parent"},
    Neutral{"dad", "parent"},
    Neutral{"daddies", "parents"},
    Neutral{"daddy", "parent"},
    Neutral{"dads", "parents"},
    Neutral{"daughter", "child"},
    Neutral{"daughters", "children"},
    Neutral{"deaf", "somegroup"},
    Neutral{"diabetic", "somegroup"},
    Neutral{"disabled", "somegroup"},
    Neutral{"dr", "sometitle"},
    Neutral{"dyslexic", "somegroup"},
    Neutral{"dyspraxic", "somegroup"},
    Neutral{"english", "somegroup"},
    Neutral{"eritrean", "somegroup"},
    Neutral{"father", "parent"},
    Neutral{"fathers", "parents"},
    Neutral{"foreign", "somegroup"},
    Neutral{"foreigner", "somegroup"},
    Neutral{"foreigners", "somegroup"},
    Neutral{"french", "somegroup"},
    Neutral{"gay", "somegroup"},
    Neutral{"gentleman", "person"},
    Neutral{"gentlemen", "people"},
    Neutral{"german", "somegroup"},
    Neutral{"ghanaian", "somegroup"},
    Neutral{"girl", "child"},
    Neutral{"girlfriend", "partner"},
    Neutral{"girls", "children"},
    Neutral{"gran", "grandparent"},
    Neutral{"grandad", "grandparent"},
    Neutral{"granddaughter", "grandchild"},
    Neutral{"grandfather", "grandparent"},
    Neutral{"grandma", "grandparent"},
    Neutral{"grandma's", "grandparent"},
    Neutral{"grandmother", "grandparent"},
    Neutral{"grandpa", "grandparent"},
    Neutral{"grandson", "grandchild"},
    Neutral{"granny", "grandparent"},
    Neutral{"guy", "person"},
    Neutral{"guys", "people"},
    Neutral{"gypsy", "somegroup"},
    Neutral{"he", "they"},
    Neutral{"he's", "they's"},
    Neutral{"her", "their"},
    Neutral{"hers", "theirs"},
    Neutral{"herself", "themself"},
    Neutral{"hes", "they's"},
    Neutral{"hijab", "somegroup"},
    Neutral{"hijabi", "somegroup"},
    Neutral{"him", "them"},
    Neutral{"himself", "themself"},
    Neutral{"hindu", "somegroup"},
    Neutral{"hindus", "somegroup"},
    Neutral{"his", "their"},
    Neutral{"hungarian", "somegroup"},
    Neutral{"husband", "partner"},
    Neutral{"immigrant", "somegroup"},
    Neutral{"immigrants", "somegroup"},
    Neutral{"indian", "somegroup"},
    Neutral{"iranian", "somegroup"},
    Neutral{"iraqi", "somegroup"},
    Neutral{"irish", "somegroup"},
    Neutral{"italian", "somegroup"},
    Neutral{"jamaican", "somegroup"},
    Neutral{"jehovah's", "somegroup"},
    Neutral{"jew", "somegroup"},
    Neutral{"jewish", "somegroup"},
    Neutral{"jews", "somegroup"},
    Neutral{"kid", "child"},
    Neutral{"kids", "children"},
    Neutral{"kurdish", "somegroup"},
    Neutral{"lad", "child"},
    Neutral{"ladies", "people"},
    Neutral{"lads", "children"},
    Neutral{"lady", "person"},
    Neutral{"lass", "child"},
    Neutral{"lasses", "children"},
    Neutral{"lassie", "child"},
    Neutral{"latvian", "somegroup"},
    Neutral{"lesbian", "somegroup"},
    Neutral{"lgbt", "somegroup"},
    Neutral{"lgbtq", "somegroup"},
    Neutral{"lithuanian", "somegroup"},
    Neutral{"ma", "parent"},
    Neutral{"mam", "parent"},
    Neutral{"mammy", "parent"},
    Neutral{"mams", "parents"},
    Neutral{"man", "person"},
    Neutral{"men", "people"},
    Neutral{"methodist", "somegroup"},
    Neutral{"migrant", "somegroup"},
    Neutral{"migrants", "somegroup"},
    Neutral{"miss", "sometitle"},
    Neutral{"mom", "parent"},
    Neutral{"moms", "parents"},
    Neutral{"mormon", "somegroup"},
    Neutral{"mosque", "somegroup"},
    Neutral{"mother", "parent"},
    Neutral{"mothers", "parents"},
    Neutral{"mr", "sometitle"},
    Neutral{"mrs", "sometitle"},
    Neutral{"ms", "sometitle"},
    Neutral{"mum", "parent"},
    Neutral{"mummies", "parents"},
    Neutral{"mummy", "parent"},
    Neutral{"mums", "parents"},
    Neutral{"muslim", "somegroup"},
    Neutral{"muslims", "somegroup"},
    Neutral{"nan", "grandparent"},
    Neutral{"nana", "grandparent"},
    Neutral{"nans", "grandparents"},
    Neutral{"nephew", "relative"},
    Neutral{"niece", "relative"},
    Neutral{"nigerian", "somegroup"},
    Neutral{"non-binary", "somegroup"},
    Neutral{"nonbinary", "somegroup"},
    Neutral{"pakistani", "somegroup"},
    Neutral{"polish", "somegroup"},
    Neutral{"portuguese", "somegroup"},
    Neutral{"protestant", "somegroup"},
    Neutral{"quaker", "somegroup"},
    Neutral{"queer", "somegroup"},
    Neutral{"refugee", "somegroup"},
    Neutral{"refugees", "somegroup"},
    Neutral{"roma", "somegroup"},
    Neutral{"romanian", "somegroup"},
    Neutral{"scottish", "somegroup"},
    Neutral{"she", "they"},
    Neutral{"she's", "they's"},
    Neutral{"shes", "they's"},
    Neutral{"sikh", "somegroup"},
    Neutral{"sikhs", "somegroup"},
    Neutral{"sir", "sometitle"},
    Neutral{"sister", "sibling"},
    Neutral{"sisters", "siblings"},
    Neutral{"somali", "somegroup"},
    Neutral{"son", "child"},
    Neutral{"sons", "children"},
    Neutral{"spanish", "somegroup"},
    Neutral{"straight", "somegroup"},
    Neutral{"syrian", "somegroup"},
    Neutral{"taid", "grandparent"},
    Neutral{"trans", "somegroup"},
    Neutral{"transgender", "somegroup"},
    Neutral{"traveller", "somegroup"},
    Neutral{"travellers", "somegroup"},
    Neutral{"turkish", "somegroup"},
    Neutral{"ukrainian", "somegroup"},
    Neutral{"uncle", "relative"},
    Neutral{"vietnamese", "somegroup"},
    Neutral{"wain", "child"},
    Neutral{"wean", "child"},
    Neutral{"weans", "children"},
    Neutral{"welsh", "somegroup"},
    Neutral{"white", "somegroup"},
    Neutral{"wife", "partner"},
    Neutral{"woman", "person"},
    Neutral{"women", "people"},
};

static_assert(std::ranges::is_sorted(kNeutral, {}, &Neutral::word));

std::string_view WithoutIdentity(std::string_view word) {
  const auto at = std::ranges::lower_bound(kNeutral, word, {}, &Neutral::word);
  return at != kNeutral.end() && at->word == word ? at->instead : word;
}

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool IsUpperAt(std::string_view written, std::size_t at) {
  return at < written.size() && written[at] >= 'A' && written[at] <= 'Z';
}

class Writer {
 public:
  Writer(std::string& out, std::span<const std::string> names) : out_(out), names_(names) {}

  void Add(std::string_view written) {
    const core::FoldedText folded = core::Fold(written);
    const std::string_view text = folded.text;
    bool sentence_start = true;
    for (std::size_t at = 0; at < text.size() && out_.size() < kMaxBytes;) {
      const char c = text[at];
      if (c == '@' || text.substr(at).starts_with("http://") ||
          text.substr(at).starts_with("https://") || text.substr(at).starts_with("www.")) {
        at = std::min(text.find_first_of(" \n\t", at), text.size());
        Word(c == '@' ? "somebody" : "someplace");
        sentence_start = false;
        continue;
      }
      if (!IsWordByte(c)) {
        if (c == '.' || c == '!' || c == '?' || c == '\n') {
          sentence_start = true;
        }
        if (c == '.' || c == '!' || c == '?' || c == '"' || c == ':' || c == ';' || c == ',') {
          Word(text.substr(at, 1));
        }
        ++at;
        continue;
      }
      std::size_t end = at;
      while (end < text.size() && IsWordByte(text[end])) {
        ++end;
      }
      const std::size_t from = folded.map[at];
      const bool own = std::ranges::any_of(names_, [&](const std::string& one) {
        return text.substr(at, end - at).find(one) != std::string_view::npos;
      });
      const bool name =
          own || (!sentence_start && IsUpperAt(written, from) && end - at > 1 &&
                  !IsUpperAt(written, from + 1) && !text.substr(at, 2).starts_with("i'"));
      word_.assign(text.substr(at, end - at));
      for (char& letter : word_) {
        if (letter >= '0' && letter <= '9') {
          letter = '0';
        }
      }
      // "Christian" is no name, with a capital or without.
      const std::string_view instead = WithoutIdentity(word_);
      Word(name && instead == word_ ? "somename" : instead);
      sentence_start = false;
      at = end;
    }
  }

 private:
  void Word(std::string_view word) {
    if (!out_.empty()) {
      out_ += ' ';
    }
    out_ += word;
  }

  std::string& out_;
  std::span<const std::string> names_;
  std::string word_;
};

}  // namespace

std::string ReadingForm(const core::Post& post, std::span<const std::string> names) {
  std::string form;
  Writer writer(form, names);
  writer.Add(post.title);
  if (!form.empty()) {
    form += " .";
  }
  writer.Add(post.text);
  return form;
}

}  // namespace schoolwatch::matchers
