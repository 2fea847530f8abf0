#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::app {

// Bytes that are read in pieces, from their beginning, as often as asked: what is larger than
// should be held. Returning false ends a reading early, which is no error.
using TakePiece = std::function<bool(std::string_view piece)>;
using ByteSource = std::function<core::Result<void>(const TakePiece& take)>;

// Borrows the bytes.
ByteSource SourceOf(std::string_view bytes);
// kUnavailable: the file cannot be read. What is behind `max_bytes` is not.
ByteSource SourceOfFile(std::filesystem::path file, std::size_t max_bytes);

}  // namespace schoolwatch::app
