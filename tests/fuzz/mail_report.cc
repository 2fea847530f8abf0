// Mails to a mailbox that everybody may write to: whatever comes, it is read within its limits,
// what is found in it is text, and nothing of a picture is handed on.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "core/text/fold.h"
#include "crawler/readers/mail_report.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using schoolwatch::core::IsValidUtf8;
  // An exact-size copy, so that the sanitizer sees one byte too many.
  const std::unique_ptr<char[]> copy(new char[size]);
  std::copy_n(reinterpret_cast<const char*>(data), size, copy.get());
  const std::string_view bytes(copy.get(), size);
  const schoolwatch::core::Timestamp now{std::chrono::milliseconds(1'800'000'000'000)};
  const auto text = schoolwatch::crawler::ReadTextReport(bytes, "x.txt", now);
  const auto mail = schoolwatch::crawler::ReadMailReport(bytes, now);
  for (const auto* report : {&text, mail ? &*mail : nullptr}) {
    if (report == nullptr) {
      continue;
    }
    if (report->from.find('\n') != std::string::npos || report->posts.size() > 40) {
      std::abort();
    }
    for (const auto& post : report->posts) {
      if (!IsValidUtf8(post.text) || !IsValidUtf8(post.author) || !IsValidUtf8(post.title) ||
          post.text.size() > (64u << 10) + 8 ||
          post.visibility == schoolwatch::core::Visibility::kPublic) {
        std::abort();
      }
    }
  }
  return 0;
}
