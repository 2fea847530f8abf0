#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "core/text/utf8.h"

namespace schoolwatch::app {

bool IsTerminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

std::size_t TerminalWidth(std::FILE* stream) {
  winsize size{};
  return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col : 80u;
}

ProgressLine::ProgressLine() : active_(IsTerminal(stderr)) {}

ProgressLine::~ProgressLine() { Clear(); }

void ProgressLine::Show(std::string_view text) {
  if (!active_) {
    return;
  }
  text = text.substr(0, TerminalWidth(stderr) - 1);
  std::fprintf(stderr, "\r\033[K%.*s", static_cast<int>(text.size()), text.data());
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::Clear() {
  if (shown_) {
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    shown_ = false;
  }
}

std::string SafeForTerminal(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const core::Utf8Step step = core::DecodeUtf8(text, at);
    const char32_t c = step.code_point;
    if (!step.valid) {
      safe += "\xEF\xBF\xBD";  // U+FFFD: what a damaged file says, or a name of Latin-1 bytes.
    } else if (c == U'\t') {
      safe += ' ';
    } else if (c == U'\n' || (c >= 0x20 && (c < 0x7F || c > 0x9F))) {
      safe.append(text, at, step.size);
    }
    at += step.size;
  }
  return safe;
}

std::string RoughTime(std::chrono::milliseconds time) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(time).count();
  constexpr std::int64_t kHour = 60;
  constexpr std::int64_t kDay = 24 * kHour;
  if (minutes < 1) {
    return "just now";
  }
  if (minutes < 2 * kHour) {
    return std::to_string(minutes) + " min";
  }
  if (minutes < 2 * kDay) {
    return std::to_string(minutes / kHour) + " h";
  }
  if (minutes < 1000 * kDay) {
    return std::to_string(minutes / kDay) + " d";
  }
  return std::to_string(minutes / (365 * kDay)) + " y";
}

std::size_t DisplayWidth(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

std::string Wrap(std::string_view text, std::size_t indent, std::size_t width) {
  std::string wrapped;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) {
      continue;
    }
    const std::size_t size = DisplayWidth(word);
    if (column > 0 && column + 1 + size > width) {
      wrapped += '\n';
      column = 0;
    }
    if (column == 0) {
      wrapped.append(indent, ' ');
      column = indent;
    } else {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += size;
  }
  return column > 0 ? wrapped + '\n' : wrapped;
}

std::string Count(std::size_t number, std::string_view singular, std::string_view plural) {
  std::string text = std::to_string(number) + " ";
  if (number == 1) {
    return text.append(singular);
  }
  if (!plural.empty()) {
    return text.append(plural);
  }
  return text.append(singular) + "s";
}

}  // namespace schoolwatch::app
