#include "net/smtp_dialogue.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

// Lines that start with ">" are commands of ours, the others are the server's. What is kept of a
// reply must be short and printable.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  schoolwatch::net::SmtpDialogue dialogue;
  const std::vector<char> copy(data, data + size);
  std::string_view rest(copy.data(), copy.size());
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
    rest.remove_prefix(line.size());
    if (line.starts_with('>')) {
      dialogue.OnCommand(line.substr(1));
    } else {
      dialogue.OnReplyLine(line);
    }
    const bool in_range = dialogue.reply_code() >= 0 && dialogue.reply_code() <= 999;
    if (!in_range || dialogue.reply_text().size() > 300 ||
        dialogue.reply_text().find_first_of("\r\n\t") != std::string_view::npos) {
      std::abort();
    }
  }
  return 0;
}
