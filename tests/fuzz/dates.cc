#include "crawler/readers/dates.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

// Any text: what is found lies in it, and its time can be written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  const std::string_view text(copy.data(), copy.size());
  crawler::DateContext context;
  context.reference = core::Timestamp{};
  for (const auto order :
       {crawler::DayMonthOrder::kDayFirst, crawler::DayMonthOrder::kMonthFirst}) {
    context.order = order;
    if (const auto found = crawler::FindDate(text, context)) {
      if (found->start >= found->end || found->end > text.size()) {
        std::abort();
      }
      if (found->time) {
        (void)core::FormatRfc3339(*found->time);
      }
    }
  }
  (void)crawler::ParseMachineDate(text);
  return 0;
}
