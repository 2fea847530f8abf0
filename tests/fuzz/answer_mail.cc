// Mails that a mailbox open to everybody takes: whatever comes, it is read within its limits, and
// what is found in it is clean.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "alerts/answer_mail.h"
#include "alerts/answers.h"
#include "core/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // An exact-size copy, so that the sanitizer sees one byte too many.
  const std::unique_ptr<char[]> copy(new char[size]);
  std::copy_n(reinterpret_cast<const char*>(data), size, copy.get());
  const auto mail = schoolwatch::alerts::ParseAnswerMail(std::string_view(copy.get(), size));
  if (!mail) {
    return 0;
  }
  if (mail->reason.size() > schoolwatch::alerts::kMaxReasonBytesByMail ||
      mail->reason.find('\r') != std::string::npos ||
      mail->reason.find('\0') != std::string::npos || mail->from.find('\n') != std::string::npos ||
      mail->tokens.size() > 8) {
    std::abort();
  }
  for (const std::string& token : mail->tokens) {
    // Nobody can sign without the key.
    if (schoolwatch::alerts::CheckAnswerToken(token, mail->from, "a key that no mail can know",
                                              schoolwatch::core::Timestamp{})) {
      std::abort();
    }
  }
  return 0;
}
