#include "app/archive/warc.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "core/hash.h"

namespace schoolwatch::app {
namespace {

constexpr std::string_view kVersion = "WARC/1.1\r\n";
constexpr std::string_view kEnd = "\r\n\r\n";
constexpr int kGzip = 15 + 16;  // zlib's window bits for the largest window, and gzip.

std::unexpected<core::Error> Damaged(std::string what) {
  return core::Fail(core::ErrorKind::kCorrupt, std::move(what));
}

}  // namespace

std::string_view WarcRecord::Field(std::string_view name) const {
  for (const auto& [one, value] : fields) {
    if (one == name) {
      return value;
    }
  }
  return {};
}

std::string FormatWarcRecord(const WarcRecord& record) {
  std::string text(kVersion);
  for (const auto& [name, value] : record.fields) {
    std::string line = name + ": " + value;
    std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    text += line + "\r\n";
  }
  text += fmt::format("Content-Length: {}\r\n\r\n", record.block.size());
  text += record.block;
  text += kEnd;
  return text;
}

core::Result<WarcRecord> ParseWarcRecord(std::string_view text) {
  if (!text.starts_with(kVersion)) {
    return Damaged("it is no WARC/1.1 record");
  }
  text.remove_prefix(kVersion.size());
  WarcRecord record;
  std::size_t length = std::string_view::npos;
  for (;;) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) {
      return Damaged("its header has no end");
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.empty()) {
      break;
    }
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) {
      return Damaged("a line of its header is no field");
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = line.substr(colon + 2);
    if (name != "Content-Length") {
      record.fields.emplace_back(name, value);
      continue;
    }
    const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error != std::errc() || rest != value.data() + value.size()) {
      return Damaged("its length is no number");
    }
  }
  if (length > text.size() || text.substr(length) != kEnd) {
    return Damaged("its block has another length than its header says");
  }
  record.block = text.substr(0, length);
  return record;
}

std::string WarcDigest(std::string_view bytes) {
  return "sha256:" + core::ToHex(core::HashSha256(bytes));
}

std::string WarcRecordId(std::string_view seed) {
  core::Sha256 hash = core::HashSha256("schoolwatch WARC record\n" + std::string(seed));
  // RFC 9562, version 8: made in a way of its own.
  hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0F) | 0x80);
  hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3F) | 0x80);
  const std::string hex = core::ToHex(hash);
  return fmt::format("<urn:uuid:{}-{}-{}-{}-{}>", hex.substr(0, 8), hex.substr(8, 4),
                     hex.substr(12, 4), hex.substr(16, 4), hex.substr(20, 12));
}

std::string GzipMember(std::string_view bytes) {
  z_stream stream{};
  // Only fails without memory, which ends the program here as everywhere.
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

core::Result<std::string> GunzipMember(std::string_view member, std::size_t max_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) {
    return core::Fail(core::ErrorKind::kUnavailable, "there is no memory to unpack it");
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(member.data()));
  stream.avail_in = static_cast<uInt>(std::min(member.size(), std::size_t{1} << 30));
  std::string out;
  int code = Z_OK;
  while (code == Z_OK && out.size() <= max_bytes) {
    const std::size_t before = out.size();
    // One more byte than allowed, to notice what is larger.
    out.resize(std::min(max_bytes + 1, std::max<std::size_t>(before * 2, 16u << 10)));
    if (out.size() == before) {
      break;
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(out.size() - before);
    code = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (stream.avail_in == 0 && code == Z_OK && stream.avail_out > 0) {
      code = Z_BUF_ERROR;
    }
  }
  const bool all_read = stream.avail_in == 0;
  inflateEnd(&stream);
  if (out.size() > max_bytes) {
    return Damaged(fmt::format("it unpacks to more than {} bytes", max_bytes));
  }
  if (code != Z_STREAM_END || !all_read) {
    return Damaged("its compressed bytes were changed");
  }
  return out;
}

}  // namespace schoolwatch::app
