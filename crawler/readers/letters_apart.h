#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// Letters of a page that stand alone, of which those who compare names make words ("Q. B. A.",
// "q u i l l"). Where such a word begins and ends depends on what a reader of the tree takes for a
// line: a heading is one whatever breaks it holds, an element may be read by itself, what is hidden
// is left out. So each group of letters that stand one behind the other, with no longer word
// between, counts as a word that the page may hold.
class LettersApart {
 public:
  // The next text between two tags, references decoded. `before` is what the page has shown so far,
  // its end at least; `hidden`: a reader may not show the element that the text stands in.
  void Add(std::string_view text, std::string_view before, bool hidden);

  // Appends all such words, each on a line, the first and the last of a row with the text around
  // it. False where there are too many to try.
  [[nodiscard]] bool AppendWords(std::string& out) const;

 private:
  struct Row {
    std::string before;
    std::vector<std::string> letters;
    std::string behind;
    bool open = true;  // The next letter belongs to it.
  };
  // With what may be hidden, and without.
  struct Rows {
    std::vector<Row> rows;
    void Gather(std::string_view text);
    void AddLetter(std::string letter, std::string_view before, std::string_view text_before);
    void Close(std::string_view behind);
  };
  void AddTo(Rows& rows, std::string_view text, std::string_view before) const;

  std::string folded_;
  Rows all_;
  Rows shown_;
};

}  // namespace schoolwatch::crawler
