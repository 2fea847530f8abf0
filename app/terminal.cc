#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace schoolwatch::app {

bool IsTerminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

ProgressLine::ProgressLine() : active_(IsTerminal(stderr)) {}

ProgressLine::~ProgressLine() { Clear(); }

void ProgressLine::Show(std::string_view text) {
  if (!active_) {
    return;
  }
  winsize size{};
  const std::size_t width =
      ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col : 80u;
  text = text.substr(0, width - 1);
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
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // C1 controls (U+0080 to U+009F) are two bytes in UTF-8: C2 80 … C2 9F.
    if (byte == 0xC2u && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0x80u &&
        static_cast<unsigned char>(text[i + 1]) <= 0x9Fu) {
      ++i;
      continue;
    }
    if ((byte >= 0x20u && byte != 0x7Fu) || byte == '\n') {
      safe += text[i];
    } else if (byte == '\t') {
      safe += ' ';
    }
  }
  return safe;
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
