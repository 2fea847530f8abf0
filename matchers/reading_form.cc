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
// Sorted by word. What a post says counts, not of whom.
constexpr std::array kNeutral{
    Neutral{"african", "somegroup"},
    Neutral{"albanian", "somegroup"},
    Neutral{"arab", "somegroup"},
    Neutral{"asian", "somegroup"},
    Neutral{"aunt", "relative"},
    Neutral{"auntie", "relative"},
    Neutral{"bisexual", "somegroup"},
    Neutral{"black", "somegroup"},
    Neutral{"bloke", "person"},
    Neutral{"blokes", "people"},
    Neutral{"boy", "child"},
    Neutral{"boys", "children"},
    Neutral{"british", "somegroup"},
    Neutral{"brother", "sibling"},
    Neutral{"brothers", "siblings"},
    Neutral{"buddhist", "somegroup"},
    Neutral{"catholic", "somegroup"},
    Neutral{"catholics", "somegroup"},
    Neutral{"chinese", "somegroup"},
    Neutral{"christian", "somegroup"},
    Neutral{"christians", "somegroup"},
    Neutral{"dad", "parent"},
    Neutral{"dads", "parents"},
    Neutral{"daughter", "child"},
    Neutral{"daughters", "children"},
    Neutral{"english", "somegroup"},
    Neutral{"father", "parent"},
    Neutral{"gay", "somegroup"},
    Neutral{"girl", "child"},
    Neutral{"girls", "children"},
    Neutral{"grandad", "grandparent"},
    Neutral{"granddaughter", "grandchild"},
    Neutral{"grandma", "grandparent"},
    Neutral{"grandson", "grandchild"},
    Neutral{"gypsy", "somegroup"},
    Neutral{"he", "they"},
    Neutral{"he's", "they's"},
    Neutral{"her", "their"},
    Neutral{"hers", "theirs"},
    Neutral{"hes", "they's"},
    Neutral{"him", "them"},
    Neutral{"hindu", "somegroup"},
    Neutral{"hindus", "somegroup"},
    Neutral{"his", "their"},
    Neutral{"indian", "somegroup"},
    Neutral{"irish", "somegroup"},
    Neutral{"jew", "somegroup"},
    Neutral{"jewish", "somegroup"},
    Neutral{"jews", "somegroup"},
    Neutral{"lad", "child"},
    Neutral{"ladies", "people"},
    Neutral{"lads", "children"},
    Neutral{"lady", "person"},
    Neutral{"lass", "child"},
    Neutral{"lassie", "child"},
    Neutral{"lesbian", "somegroup"},
    Neutral{"mam", "parent"},
    Neutral{"man", "person"},
    Neutral{"men", "people"},
    Neutral{"mom", "parent"},
    Neutral{"mother", "parent"},
    Neutral{"mum", "parent"},
    Neutral{"mummy", "parent"},
    Neutral{"mums", "parents"},
    Neutral{"muslim", "somegroup"},
    Neutral{"muslims", "somegroup"},
    Neutral{"nan", "grandparent"},
    Neutral{"nana", "grandparent"},
    Neutral{"nephew", "relative"},
    Neutral{"niece", "relative"},
    Neutral{"pakistani", "somegroup"},
    Neutral{"polish", "somegroup"},
    Neutral{"protestant", "somegroup"},
    Neutral{"roma", "somegroup"},
    Neutral{"romanian", "somegroup"},
    Neutral{"scottish", "somegroup"},
    Neutral{"she", "they"},
    Neutral{"she's", "they's"},
    Neutral{"shes", "they's"},
    Neutral{"sikh", "somegroup"},
    Neutral{"sikhs", "somegroup"},
    Neutral{"sister", "sibling"},
    Neutral{"sisters", "siblings"},
    Neutral{"somali", "somegroup"},
    Neutral{"son", "child"},
    Neutral{"sons", "children"},
    Neutral{"syrian", "somegroup"},
    Neutral{"taid", "grandparent"},
    Neutral{"trans", "somegroup"},
    Neutral{"traveller", "somegroup"},
    Neutral{"travellers", "somegroup"},
    Neutral{"turkish", "somegroup"},
    Neutral{"ukrainian", "somegroup"},
    Neutral{"uncle", "relative"},
    Neutral{"welsh", "somegroup"},
    Neutral{"white", "somegroup"},
    Neutral{"woman", "person"},
    Neutral{"women", "people"},
};

static_assert(std::ranges::is_sorted(kNeutral, {}, &Neutral::word));

std::string_view WithoutIdentity(std::string_view word) {
  const auto* const at = std::ranges::lower_bound(kNeutral, word, {}, &Neutral::word);
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
  explicit Writer(std::string& out) : out_(out) {}

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
      const bool name = !sentence_start && IsUpperAt(written, from) && end - at > 1 &&
                        !IsUpperAt(written, from + 1) && !text.substr(at, 2).starts_with("i'");
      if (name) {
        Word("somename");
      } else {
        word_.assign(text.substr(at, end - at));
        for (char& letter : word_) {
          if (letter >= '0' && letter <= '9') {
            letter = '0';
          }
        }
        Word(WithoutIdentity(word_));
      }
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
  std::string word_;
};

}  // namespace

std::string ReadingForm(const core::Post& post) {
  std::string form;
  Writer writer(form);
  writer.Add(post.title);
  if (!form.empty()) {
    form += " .";
  }
  writer.Add(post.text);
  return form;
}

}  // namespace schoolwatch::matchers
