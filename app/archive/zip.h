#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace schoolwatch::app {

// A case's archive is a zip without compression: every system opens it, there is nothing that could
// unfold to more than it is, and there is one way only to write it, so that a reader can tell each
// byte that was changed.

struct ArchivedFile {
  std::string name;  // Small letters, digits, dots and dashes; no folder.
  std::string bytes;
  bool operator==(const ArchivedFile&) const = default;
};

// The same bytes for the same files and time (of which zip keeps every other second, here in UTC).
std::string WriteZip(std::span<const ArchivedFile> files, core::Timestamp at);

struct ZipLimits {
  std::size_t bytes = 512u << 20;
  std::size_t files = 16;
};

struct ZipContents {
  std::vector<ArchivedFile> files;  // As far as it could be read; damaged ones too.
  std::string first_header;         // Of the first file, with the time of all of them.
  std::vector<std::string>
      problems;  // One for each file, header or directory that is not as written.
};

// Reads what WriteZip writes, any bytes whatever. Everything else is a problem: compression,
// folders and links, names with a path, a second file of the same name, bytes before, between or
// behind.
ZipContents ReadZip(std::string_view bytes, const ZipLimits& limits = {});

}  // namespace schoolwatch::app
