#include "app/intake/byte_source.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>

namespace schoolwatch::app {
namespace {

constexpr std::size_t kPieceBytes = 256u << 10;

}  // namespace

ByteSource SourceOf(std::string_view bytes) {
  return [bytes](const TakePiece& take) -> core::Result<void> {
    for (std::size_t at = 0; at < bytes.size() && take(bytes.substr(at, kPieceBytes));
         at += kPieceBytes) {
    }
    return {};
  };
}

ByteSource SourceOfFile(std::filesystem::path file, std::size_t max_bytes) {
  return [file = std::move(file), max_bytes](const TakePiece& take) -> core::Result<void> {
    std::ifstream in(file, std::ios::binary);
    std::string piece(kPieceBytes, '\0');
    std::size_t left = max_bytes;
    while (in && left > 0) {
      in.read(piece.data(), static_cast<std::streamsize>(std::min(piece.size(), left)));
      const auto size = static_cast<std::size_t>(in.gcount());
      left -= size;
      if (size == 0 || !take(std::string_view(piece).substr(0, size))) {
        break;
      }
    }
    if (!in && !in.eof()) {
      return core::Fail(core::ErrorKind::kUnavailable,
                        "'" + file.filename().string() + "' cannot be read");
    }
    return {};
  };
}

}  // namespace schoolwatch::app
