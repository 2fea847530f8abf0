// Exported chats, as anybody may send one: read in pieces of any size they give the same messages,
// none is longer than it may be, and all of it is text.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/fold.h"
#include "crawler/readers/chat_export.h"

namespace {

using schoolwatch::crawler::ChatMessage;
using schoolwatch::crawler::ChatReader;
using schoolwatch::crawler::ChatSurvey;
using schoolwatch::crawler::DayMonthOrder;

std::vector<std::string> Read(std::string_view bytes, std::size_t piece, DayMonthOrder& order) {
  ChatSurvey survey;
  std::vector<std::string> messages;
  ChatReader reader([&](const ChatMessage& message) {
    if (message.text.size() > schoolwatch::crawler::kMaxChatMessageBytes * 3 ||
        !schoolwatch::core::IsValidUtf8(message.text) ||
        !schoolwatch::core::IsValidUtf8(message.author) || message.author.empty()) {
      std::abort();
    }
    (void)schoolwatch::crawler::TimeOfStamp(message.stamp, DayMonthOrder::kDayFirst,
                                            "Europe/London");
    messages.push_back(std::string(message.author) + "\n" + std::string(message.text) + "\n" +
                       schoolwatch::crawler::StampText(message.stamp) + "\n" +
                       std::to_string(message.same));
  });
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    survey.Add(bytes.substr(at, piece));
    reader.Add(bytes.substr(at, piece));
  }
  survey.Finish();
  reader.Finish();
  order = survey.order(DayMonthOrder::kDayFirst);
  if (messages.size() != reader.messages() || (!messages.empty() && survey.order(order) != order)) {
    std::abort();
  }
  return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // An exact-size copy, so that the sanitizer sees one byte too many.
  const std::unique_ptr<char[]> copy(new char[size]);
  std::copy_n(reinterpret_cast<const char*>(data), size, copy.get());
  const std::string_view bytes(copy.get(), size);
  DayMonthOrder whole{};
  DayMonthOrder pieces{};
  if (Read(bytes, size + 1, whole) != Read(bytes, 7, pieces) || whole != pieces) {
    std::abort();
  }
  (void)schoolwatch::crawler::LooksLikeChat(bytes);
  (void)schoolwatch::crawler::ChatNameOf(bytes);
  return 0;
}
