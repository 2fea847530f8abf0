#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace schoolwatch::app {

// One record of a WARC/1.1 file (ISO 28500:2017).
struct WarcRecord {
  // Named fields in their order, without Content-Length.
  std::vector<std::pair<std::string, std::string>> fields;
  std::string block;

  // The first field of that name; "" for none.
  std::string_view Field(std::string_view name) const;
};

// As it stands in a file, before compression. Control characters of a field's value are left out.
std::string FormatWarcRecord(const WarcRecord& record);
// The reverse, for any bytes whatever: exactly one record.
core::Result<WarcRecord> ParseWarcRecord(std::string_view text);

// "sha256:" and hexadecimal digits, for the digest fields.
std::string WarcDigest(std::string_view bytes);
// "<urn:uuid:…>", always the same for the same seed.
std::string WarcRecordId(std::string_view seed);

// One gzip member without name and time: the same bytes for the same input and zlib.
std::string GzipMember(std::string_view bytes);
// The reverse, where `member` is one member from end to end and gives at most `max_bytes`.
core::Result<std::string> GunzipMember(std::string_view member, std::size_t max_bytes);

}  // namespace schoolwatch::app
