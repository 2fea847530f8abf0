#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::storage {

enum class Reading { kText, kMarkup };

// The letters and digits of a text, folded: a to z, 0 to 9. With kMarkup, those of tags, entities
// and escapes of JSON are left out.
std::string LettersOf(std::string_view text, Reading reading);

// Finds where a text has somebody's words, whatever tags, signs and line breaks stand between their
// letters.
class QuoteFinder {
 public:
  QuoteFinder(std::string_view text, Reading reading);

  // Puts a '*' in place of each byte of these words (as LettersOf has them), not of tags and signs,
  // in the text that this was made of; offsets into it stay right. False: they do not stand there,
  // or only as a part of longer words.
  bool Mask(std::string_view letters, std::string& text) const;

 private:
  struct Place {
    std::size_t start = 0;  // Of the letter, in the text.
    std::size_t end = 0;
    bool begins_word = false;
    bool ends_word = false;
  };

  std::size_t Find(std::string_view letters, std::size_t from) const;

  std::string letters_;
  std::vector<Place> places_;    // Of each letter.
  std::vector<bool> is_inside_;  // For each byte of the text: of a tag, entity or escape.
};

}  // namespace schoolwatch::storage
