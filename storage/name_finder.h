#pragma once

#include <string>
#include <string_view>

#include "core/text/fold.h"

namespace schoolwatch::storage {

// A public name as names are compared: folded, single spaces, without the sign before a handle.
std::string FoldName(std::string_view name);

// Finds where a text names somebody, whatever the capitals or look-alike letters, as whole words;
// with or without the marks over its letters, unless it is an everyday word without them.
class NameFinder {
 public:
  explicit NameFinder(std::string_view name);

  // Whether the name is told from everyday words: two words, a digit or sign in it, or ten letters.
  // "Parent" in other people's posts is nobody's name.
  bool is_distinct() const { return is_distinct_; }
  // Whether `text` is this name and no more, with or without its marks.
  bool Is(std::string_view text) const;
  bool IsIn(std::string_view text) const;
  // Puts a '*' in place of each byte of the name; offsets into the text stay right. False: it does
  // not stand there.
  bool Mask(std::string& text) const;

 private:
  core::FoldedText Read(std::string_view text) const;

  std::string plain_;   // Folded, without marks.
  std::string sought_;  // That, or with the marks.
  bool is_distinct_ = false;
};

}  // namespace schoolwatch::storage
