#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// Letters of a page that stand alone, of which those who compare names make words ("Q. B. A.",
// "q u i l l"). Where such a word begins and ends depends on what a reader of the tree takes for a
// line: a heading is one whatever breaks it holds, an element may be read by itself, what is hidden
// is left out; and a sign that looks like a letter ("$", "!") is one to some and nothing to others.
// So each group of letters that stand one behind the other, with no longer word between, counts as
// a word that the page may hold.
class LettersApart {
 public:
  // The next text between two tags, references decoded. `before` is what the page has shown so far,
  // its end at least; `hidden`: a reader may not show the element that the text stands in.
  void Add(std::string_view text, std::string_view before, bool hidden);

  // Whether the next text counts whatever stands in it: a row may go on in it, or wants what stands
  // behind it. If not, a text that FindLettersApart passed over need not be added.
  bool is_waiting() const { return is_waiting_; }

  // Appends all such words, each on a line, the first and the last of a row with the text around
  // it. False where there are too many to try.
  [[nodiscard]] bool AppendWords(std::string& out) const;

 private:
  // Letters and figures with nothing between, and signs that look like them.
  struct Run {
    std::size_t start = 0;
    std::size_t end = 0;
    std::size_t first = 1;  // Bytes of its first letter.
    bool is_word = false;   // Not one letter, however often it is written.
    bool has_signs = false;
  };
  static Run RunAt(std::string_view text, std::size_t at, bool signs);

  struct Row {
    std::string before;
    std::vector<std::string> letters;
    std::string behind;
    bool operator==(const Row&) const = default;
  };
  // The rows of one reading of the page: with or without what may be hidden, signs as letters or as
  // nothing.
  class Reading {
   public:
    Reading(bool skips_hidden, bool skips_signs)
        : skips_hidden_(skips_hidden), skips_signs_(skips_signs) {}
    bool skips_hidden() const { return skips_hidden_; }
    bool skips_signs() const { return skips_signs_; }
    const std::vector<Row>& rows() const { return rows_; }

    void BeginText(std::string_view text, std::string_view before);
    // At [start, start + size) of the text stands a letter…
    void AddLetter(std::size_t start, std::size_t size);
    // …or at `start` a word.
    void AddWord(std::size_t start);
    void EndText();
    bool IsWaiting() const;

   private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    void Open();

    bool skips_hidden_;
    bool skips_signs_;
    std::vector<Row> rows_;
    bool is_open_ = false;  // The next letter belongs to the last row.
    // A letter that opens no row yet: "a" and "I" stand alone in every other sentence.
    std::size_t single_ = kNone;
    std::size_t single_size_ = 0;
    std::string_view text_;    // While it is added.
    std::string_view before_;  // Likewise.
  };

  void Walk(std::string_view text, bool hidden);
  void Take(std::string_view text, const Run& run, bool hidden);

  std::string folded_;
  bool is_waiting_ = false;
  std::array<Reading, 4> readings_{{{false, false}, {false, true}, {true, false}, {true, true}}};
};

}  // namespace schoolwatch::crawler
