#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/intake/byte_source.h"
#include "core/intake_receipt.h"
#include "core/result.h"

namespace schoolwatch::app {

struct UnzipLimits {
  std::size_t unpacked_bytes = 500u << 20;  // Of all entries together.
  std::size_t entries = 5'000;
  // More than so many times its size is no honest zip; text packs 20 times at most.
  std::size_t ratio = 200;
};

// What a zip holds, as far as it concerns us: the text of one exported chat, to be read from the
// zip again, and of everything else its name, size and hash. Nothing is written to disk.
struct ZippedChat {
  ByteSource chat;    // Empty: none is in it.
  std::string entry;  // Its name there.
  std::vector<core::ReceivedFile> pictures;
  std::vector<core::ReceivedFile> others;
};

// kBadInput: it is no zip, is locked by a password, or is over a limit.
core::Result<ZippedChat> LookIntoZip(const std::filesystem::path& file, const UnzipLimits& limits);
// Borrows the bytes, as the chat's source then does.
core::Result<ZippedChat> LookIntoZip(std::string_view bytes, const UnzipLimits& limits);

}  // namespace schoolwatch::app
