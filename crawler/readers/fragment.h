#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/post.h"
#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

// A post's part of the document that it was read from, as it stands there.
struct Fragment {
  std::string text;        // UTF-8.
  std::string media_type;  // "text/html; charset=utf-8"
  std::string note;        // What is to be known of it; empty: it is the whole part.
  bool cut = false;        // The part was longer than asked for.
};

// Finds the parts of posts in one document, by their words: the smallest element, feed entry or
// JSON object that holds the longest of them and, if one not much larger does, the author's name
// and the post's id. Not by the place that the reader found, which every page would pay for and
// which the fallback parser does not know; this is asked of pages with findings alone. A post costs
// some thirty searches of the document for a word.
class FragmentCutter {
 public:
  // Borrows the body for the construction only. `kind` is what the reader made of it.
  FragmentCutter(const RawDocument& raw, DocumentKind kind);

  // At most `max_bytes` of the post's part. Where no part can be told, that much of the document
  // around the post's words, and a note that says so. Pictures that stand in the document itself
  // (data: addresses) are left out.
  Fragment Cut(const core::Post& post, std::size_t max_bytes) const;

 private:
  struct Container {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t outer = 0;  // Index; its own for the outermost.
  };
  struct Choice {
    std::size_t container = 0;
    std::size_t known = 0;  // How many of the post's other marks stand in it.
  };

  // Where a word stands.
  struct Word {
    std::vector<std::uint32_t> places;
    std::size_t size = 0;
  };

  void ListElements();
  void ListEntries();
  void ListObjects();
  std::size_t OpenContainer(std::size_t begin, std::size_t outer);
  // The innermost around a place; none: size of the list.
  std::size_t InnermostAt(std::size_t place) const;
  Word FindWord(std::string_view word) const;
  static bool Holds(const Container& container, const Word& word);
  // `words` has one at least.
  bool FindBest(const std::vector<Word>& words, const std::vector<Word>& marks,
                std::size_t max_bytes, Choice& best) const;
  std::string_view TextOf(const Container& container) const {
    return std::string_view(text_).substr(container.begin, container.end - container.begin);
  }

  std::string text_;
  std::string media_type_;
  std::vector<Container> containers_;  // By where they begin.
};

}  // namespace schoolwatch::crawler
