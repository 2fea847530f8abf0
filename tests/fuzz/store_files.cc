// A backup and a log of LevelDB's as somebody may hand them to `restore` and `repair`: read to the
// end or refused; what is read of a log can be written and read again, and nothing that is read of
// it is taken for zeros behind it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "storage/backup.h"
#include "storage/log_file.h"

namespace {

void Require(bool good) {
  if (!good) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::string bytes(data, data + size);
  std::istringstream in(bytes);
  std::uint64_t records = 0;
  const auto facts = storage::ReadBackup(in, [&](std::string_view key, std::string_view value) {
    Require(key.size() + value.size() <= bytes.size());
    ++records;
    return core::Result<void>{};
  });
  Require(!facts || facts->records == records);
  const storage::LogRecords log = storage::ReadLog(bytes);
  Require(log.dropped_bytes <= bytes.size());
  Require(storage::ReadLog(storage::WriteLog(log.records)).records == log.records);
  const std::size_t written = storage::WrittenBytes(bytes);
  Require(written <= bytes.size() && written >= log.whole_end);
  Require(storage::ReadLog(std::string_view(bytes).substr(0, written)).records == log.records);
  return 0;
}
