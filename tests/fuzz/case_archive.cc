#include "app/archive/archive_check.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

// Any bytes as an exported case: whole, or something is named. Small archives only, so that the
// fuzzer meets the readers and not the hash functions.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  const app::ArchiveReport report =
      app::CheckCaseArchive(std::string_view(copy.data(), copy.size()), {.bytes = 1u << 20});
  if (report.problems.empty() && (report.case_id.empty() || report.audit_entries == 0)) {
    std::abort();
  }
  return 0;
}
