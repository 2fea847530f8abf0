// Every encoding that libcurl offers: unpacked, counted by what comes out, cut where it is too
// much.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "core/mutex.h"
#include "tests/net/fetch.h"
#include "tests/net/raw_server.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;
using std::string_view_literals::operator""sv;

constexpr std::size_t kPlainBytes = 50'000;  // Of the letter q, in each of these.
constexpr std::string_view kGzip =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x0d\x00\x00"
    "\x00\xc3\x20\xcd\xf5\xff\xcc\xc7\x02\x14\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x4f\x06\xbe\xbf\x00\x24"
    "\x50\xc3\x00\x00"sv;
constexpr std::string_view kZlib =
    "\x78\xda\xed\xc1\x31\x0d\x00\x00\x00\xc3\x20\xcd\xf5\xff\xcc\xc7"
    "\x02\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x4f\x06\x41\xc7\x3b\x5b"sv;
constexpr std::string_view kBrotli = "\x1b\x4f\xc3\xf8\x25\xe2\xe2\xb1\x40\x20\x61\x17\x00"sv;
constexpr std::string_view kZstd =
    "\x28\xb5\x2f\xfd\x04\x68\x4d\x00\x00\x08\x71\x01\x00\x4c\x43\x1d"
    "\x08\x01\x37\xaa\x64\xb2"sv;

struct EncodingCase {
  const char* name;  // As in Content-Encoding.
  std::string_view packed;
};

class EncodingTest : public testing::TestWithParam<EncodingCase> {
 protected:
  // Answers with the packed bytes and keeps the request.
  RawServer::Script Answers(std::size_t bytes) {
    return [this, bytes](RawConnection& peer) {
      const std::string request = peer.ReadRequest();
      {
        const core::MutexLock lock(mutex_);
        request_ = request;
      }
      peer.Write("HTTP/1.1 200 OK\r\nContent-Encoding: " + std::string(GetParam().name) +
                 "\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n");
      peer.Write(GetParam().packed.substr(0, bytes));
    };
  }
  std::string request() {
    const core::MutexLock lock(mutex_);
    return request_;
  }

  core::Mutex mutex_;
  std::string request_ SW_GUARDED_BY(mutex_);
};

TEST_P(EncodingTest, IsOfferedAndUnpacked) {
  const RawServer server(Answers(GetParam().packed.size()));
  const core::Result<Response> page = Fetch(*MakeFetcher(), server.Url());
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->body, std::string(kPlainBytes, 'q'));
  EXPECT_FALSE(page->truncated);
  EXPECT_LT(page->wire_bytes, 400u);
  const std::string sent = request();
  const std::size_t offer = sent.find("\r\nAccept-Encoding: ");
  ASSERT_NE(offer, std::string::npos) << sent;
  EXPECT_NE(sent.find(GetParam().name, offer), std::string::npos) << sent;
}

TEST_P(EncodingTest, IsCountedByWhatComesOut) {
  const RawServer server(Answers(GetParam().packed.size()));
  Request request = RequestFor(server.Url());
  request.max_bytes = kPlainBytes - 1;
  const core::Result<Response> page = Fetch(*MakeFetcher(), std::move(request));
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->body, std::string(kPlainBytes - 1, 'q'));
  EXPECT_TRUE(page->truncated);
}

TEST_P(EncodingTest, DamageIsSaid) {
  const RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    const std::string garbage(100, '\xfe');
    peer.Write("HTTP/1.1 200 OK\r\nContent-Encoding: " + std::string(GetParam().name) +
               "\r\nContent-Length: 100\r\n\r\n" + garbage);
  });
  const core::Result<Response> page = Fetch(*MakeFetcher(), server.Url());
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(page.error().message.find("compressed body is damaged"), std::string::npos)
      << page.error().message;
}

INSTANTIATE_TEST_SUITE_P(Encodings, EncodingTest,
                         testing::Values(EncodingCase{"gzip", kGzip},
                                         EncodingCase{"deflate", kZlib},
                                         EncodingCase{"br", kBrotli}, EncodingCase{"zstd", kZstd}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::net
