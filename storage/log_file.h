#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::storage {

// LevelDB's log format (its doc/log_format.md). For repair, since LevelDB's own takes records from
// a log without looking at their checksums, so that a flipped bit would come back as data; and for
// log_env, which writes zeros ahead of the records.

struct LogRecords {
  std::vector<std::string> records;  // Whole ones, with the right checksum, in order.
  std::size_t dropped_bytes = 0;     // Of what is damaged; a torn end is no damage.
  std::size_t whole_end = 0;         // Where the last of them ends.
};

// From any bytes whatever. A block of 32 KB in which something is wrong is read no further, since
// lengths in it cannot be believed.
LogRecords ReadLog(std::string_view bytes);

// How many of a log's bytes were written, where zeros were put behind them beforehand. All zeros at
// its end are left out, and so is a last record that a crash kept from being written whole: LevelDB
// would take it for damage, as it does not know that what follows was never written. Damage stays
// in, also where it is in the last record: that has no gap of zeros in it.
std::size_t WrittenBytes(std::string_view bytes);

// The bytes of a log that holds these records.
std::string WriteLog(const std::vector<std::string>& records);

}  // namespace schoolwatch::storage
