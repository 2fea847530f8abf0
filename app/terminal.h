#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace schoolwatch::app {

// True when a person looks at `stream`: then there is progress and colour, else neither.
bool IsTerminal(std::FILE* stream);

// Its columns; 80 where it is no terminal.
std::size_t TerminalWidth(std::FILE* stream);

// One line on standard error that is written over again and again. Does nothing where standard
// error is no terminal. Thread-safe for one writer at a time.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // Wipes the line.
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void Show(std::string_view text);
  void Clear();

 private:
  bool active_ = false;
  bool shown_ = false;
};

// `text` without control characters (but for newlines), so that what a stranger wrote cannot move
// the cursor or colour the terminal.
std::string SafeForTerminal(std::string_view text);

// A time as people say it, to about a tenth: "just now" below a minute, "12 min", "3 h", "4 d",
// "3 y". What is negative counts as none.
std::string RoughTime(std::chrono::milliseconds time);

// Columns that `text` takes, counting characters and not bytes; wide ones count once.
std::size_t DisplayWidth(std::string_view text);

// `text` in lines of at most `width` columns, broken at spaces, each behind `indent` spaces and
// ended. A word that is too long has a line of its own.
std::string Wrap(std::string_view text, std::size_t indent, std::size_t width);

// "1 post", "2 posts".
std::string Count(std::size_t number, std::string_view singular, std::string_view plural = "");

}  // namespace schoolwatch::app
