#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::storage {

// LevelDB's log format (its doc/log_format.md), for repair alone: LevelDB's own repair takes
// records from a log without looking at their checksums, so that a flipped bit would come back as
// data.

struct LogRecords {
  std::vector<std::string> records;  // Whole ones, with the right checksum, in order.
  std::size_t dropped_bytes = 0;     // Of what is damaged; a torn end is no damage.
};

// From any bytes whatever. A block of 32 KB in which something is wrong is read no further, since
// lengths in it cannot be believed.
LogRecords ReadLog(std::string_view bytes);

// The bytes of a log that holds these records.
std::string WriteLog(const std::vector<std::string>& records);

}  // namespace schoolwatch::storage
