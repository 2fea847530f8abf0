#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace schoolwatch::app {

// True when a person looks at `stream`: then there is progress and colour, else neither.
bool IsTerminal(std::FILE* stream);

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

// "1 post", "2 posts".
std::string Count(std::size_t number, std::string_view singular, std::string_view plural = "");

}  // namespace schoolwatch::app
