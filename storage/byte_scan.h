#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::storage {

// Bytes to look for, and what they are for people: "the name".
struct Needle {
  std::string bytes;
  std::string what;
  bool is_address = false;  // It is not found in a longer address (FindAddress).
};

// The first place of a needle from `from` on; npos: none.
std::size_t FindNeedle(std::string_view bytes, const Needle& needle, std::size_t from = 0);

// Where a needle was found.
struct Sighting {
  std::string file;    // Relative to the folder.
  std::string record;  // The kind of record in a table of LevelDB: "finding", "url"; else empty.
  std::string what;    // The needle's.
  std::size_t times = 0;
  bool operator==(const Sighting&) const = default;
};

// What stands in a sighting of a table that is damaged: who knows what is in it.
inline constexpr std::string_view kUnknownBytes = "a damaged table, which cannot be looked into";

// Looks into every regular file under `folder`, however deep; LevelDB's tables are unpacked, its
// logs put together from their pieces, mails (.eml) and what a repair put into quarantine decoded.
// kUnavailable: a file cannot be read.
core::Result<std::vector<Sighting>> ScanFiles(const std::filesystem::path& folder,
                                              std::span<const Needle> needles);

// Copies of the database that a repair or a restore left in the store's folder, and records that a
// repair put into quarantine, in which a needle is, or may be: nothing can be taken out of them.
core::Result<std::vector<std::filesystem::path>> FindOldCopies(const std::filesystem::path& folder,
                                                               std::span<const Needle> needles);

// A mail's bytes with quoted-printable and base64 parts decoded, roughly: to search in, not to
// show.
std::string DecodeMail(std::string_view mail);

}  // namespace schoolwatch::storage
