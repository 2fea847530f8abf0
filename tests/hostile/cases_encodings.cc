// Small on the wire, large in memory; and encodings that are not what they say.
#include <array>
#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "tests/hostile/cases.h"

namespace schoolwatch::hostile {
namespace {

namespace zlib = boost::beast::zlib;

// Raw deflate; with Flush::full the result ends at a whole byte and may be repeated.
std::string Deflate(std::string_view plain, zlib::Flush flush) {
  zlib::deflate_stream stream;
  std::string packed(stream.upper_bound(plain.size()) + 64, '\0');
  zlib::z_params params;
  params.next_in = plain.data();
  params.avail_in = plain.size();
  params.next_out = packed.data();
  params.avail_out = packed.size();
  boost::system::error_code error;
  stream.write(params, flush, error);
  if (params.avail_in != 0) {
    std::abort();
  }
  packed.resize(params.total_out);
  return packed;
}

std::string GzipHeader() { return std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10); }

// Nobody reads as far as the checksum, so it is none.
std::string GzipTrailer() { return std::string(8, '\0'); }

std::string Gzip(std::string_view plain) {
  return GzipHeader() + Deflate(plain, zlib::Flush::finish) + GzipTrailer();
}

// `megabytes` MB of `fill`, by repeating the packed form of one.
std::string DeflateBomb(std::size_t megabytes, char fill) {
  const std::string one = Deflate(std::string(1u << 20, fill), zlib::Flush::full);
  return Repeat(one, megabytes) + std::string("\x03\0", 2);
}

std::string GzipBomb(std::size_t megabytes, char fill) {
  return GzipHeader() + DeflateBomb(megabytes, fill) + GzipTrailer();
}

// 256 MB of "a", as brotli -q 11 -w 24 packs them: 211 bytes.
constexpr std::string_view kBrotliBomb =
    "cfffff7ff825c2e2b14020f7fe9ffffffff04b00c4610180eefd3fffffffe1970088c32200ddfb7ffeffffc32f01"
    "10870500baf7fffcffff875f02200e0b0074effff9ffff0fbf04401c1600e8defff3ffff1f7e0980382c00d0bdff"
    "e7ffff3ffc1200715800a07bffcfffff7ff82500e2b00040f7fe9ffffffff04b00c4610180eefd3fffffffe19700"
    "88c30200ddfb7ffeffffc32f0110870500baf7fffcffff875f02200e0b0074effff9ffff0fbf04401c1600e8deff"
    "f3ffff1f7e0980382c00d0bdffcfffff7ffc1200715800a07bff0f";

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::strtoul(std::string(hex.substr(i, 2)).c_str(), nullptr, 16));
  }
  return bytes;
}

// Zstandard (RFC 8878): a frame of `megabytes` MB in blocks of 128 KB that repeat one byte.
std::string ZstdBomb(std::size_t megabytes, char fill) {
  std::string bomb("\x28\xb5\x2f\xfd\x00\x58", 6);  // No content size; a window of 2 MB.
  constexpr std::uint32_t kBlock = 128u << 10;
  const std::size_t blocks = megabytes * 8;
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::uint32_t header = kBlock << 3 | 1u << 1 | (i + 1 == blocks ? 1u : 0u);
    for (const unsigned shift : {0u, 8u, 16u}) {
      bomb += static_cast<char>(header >> shift & 0xFF);
    }
    bomb += fill;
  }
  return bomb;
}

Script Encoded(std::string_view encoding, std::string_view body) {
  return Answer(
      200, "Content-Type: text/html\r\nContent-Encoding: " + std::string(encoding) + "\r\n", body);
}

}  // namespace

void AddEncodingCases(std::vector<Case>& cases) {
  const auto bomb = [&cases](std::string name, std::string does, std::string_view encoding,
                             const std::string& body) {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(Encoded(encoding, body)),
                     .outcome = Outcome::kRead,
                     .note = "only its beginning was read"});
  };
  bomb("gzip-bomb", "300 KB that unpack to 300 MB", "gzip", GzipBomb(300, 'a'));
  bomb("deflate-bomb", "the same as deflate without a header", "deflate", DeflateBomb(300, 'a'));
  bomb("brotli-bomb", "211 bytes that unpack to 256 MB", "br", FromHex(kBrotliBomb));
  bomb("zstd-bomb", "10 KB that unpack to 300 MB", "zstd", ZstdBomb(300, 'a'));
  bomb("gzip-gzip-bomb", "a bomb packed twice", "gzip, gzip", Gzip(GzipBomb(300, 'a')));
  bomb("gzip-three-times", "a bomb packed three times", "gzip, gzip, gzip",
       Gzip(Gzip(GzipBomb(1000, 'a'))));
  cases.push_back({.name = "gzip-bomb-feed",
                   .does = "a feed whose first item matters, with a bomb behind it",
                   .site = Always(Answer(
                       200,
                       "Content-Type: application/rss+xml\r\n"
                       "Content-Encoding: gzip\r\n",
                       GzipHeader() + Deflate(ConcernFeed("gzip", "<!--"), zlib::Flush::full) +
                           DeflateBomb(300, 'a') + GzipTrailer())),
                   .outcome = Outcome::kReported,
                   .note = "only its beginning was read"});
  const auto fails = [&cases](std::string name, std::string does, std::string_view encoding,
                              std::string_view body, std::string words) {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(Encoded(encoding, body)),
                     .outcome = Outcome::kFailed,
                     .words = std::move(words)});
  };
  fails("gzip-that-is-none", "says gzip, is text", "gzip", "<p>hello",
        "compressed body is damaged");
  fails("gzip-damaged", "a byte of the gzip is wrong", "gzip",
        GzipHeader() + "\xff\xff\xff\xff" + GzipTrailer(), "compressed body is damaged");
  fails("brotli-that-is-none", "says br, is text", "br", "<p>hello there", "compressed");
  fails("encoding-stack", "21 encodings on top of each other", Repeat("gzip, ", 20) + "gzip", "x",
        "");
  fails("encoding-unknown", "an encoding that nobody knows", "quill", "<p>hello", "");
  const std::string whole = Gzip(ConcernPage("gzip"));
  cases.push_back({.name = "gzip-cut",
                   .does = "half of a gzip",
                   .site = Always(Encoded("gzip", whole.substr(0, whole.size() / 2)))});
}

}  // namespace schoolwatch::hostile
