#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::storage {

// Bytes to look for, and what they are for people: "the author's name".
struct Needle {
  std::string bytes;
  std::string what;
};

// Where a needle was found.
struct Sighting {
  std::string file;    // Relative to the folder.
  std::string record;  // The kind of record in a table of LevelDB: "finding", "url"; else empty.
  std::string what;    // The needle's.
  std::size_t times = 0;
  bool operator==(const Sighting&) const = default;
};

// Looks into every regular file under `folder`, however deep; LevelDB's tables are unpacked, its
// logs put together from their pieces, and mails (.eml) decoded. kUnavailable: a file cannot be
// read. kCorrupt: a table is damaged.
core::Result<std::vector<Sighting>> ScanFiles(const std::filesystem::path& folder,
                                              std::span<const Needle> needles);

// A mail's bytes with quoted-printable and base64 parts decoded, roughly: to search in, not to
// show.
std::string DecodeMail(std::string_view mail);

}  // namespace schoolwatch::storage
