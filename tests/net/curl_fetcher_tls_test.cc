#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <string>
#include <utility>

#include "core/hash.h"
#include "net/fetcher.h"
#include "tests/net/fetch.h"
#include "tests/net/raw_server.h"
#include "tests/net/tls_identity.h"

namespace schoolwatch::net {
namespace {

struct TlsCase {
  const char* name;
  const char* host;
  TlsIdentity::Validity validity;
  enum class Trust { kGiven, kSystem } trust;
  const char* message;  // Null: fetched.
};

class CurlFetcherTlsTest : public testing::TestWithParam<TlsCase> {};

TEST_P(CurlFetcherTlsTest, VerifiesTheCertificateAndItsHost) {
  const TlsIdentity identity(GetParam().validity);
  const RawServer server([&identity](RawConnection& peer) {
    if (peer.StartTls(identity) && !peer.ReadRequest().empty()) {
      peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    }
  });
  FetcherOptions options = LoopbackOptions();
  options.connect_overrides = {{"", 443, "127.0.0.1", server.port()}};
  if (GetParam().trust == TlsCase::Trust::kGiven) {
    options.ca_file = identity.certificate_file();
  }
  const core::Result<Response> page =
      Fetch(*MakeFetcher(std::move(options)), "https://" + std::string(GetParam().host) + "/");
  if (GetParam().message == nullptr) {
    ASSERT_TRUE(page.has_value()) << page.error().message;
    EXPECT_EQ(page->body, "hi");
  } else {
    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().kind, core::ErrorKind::kUnavailable);
    EXPECT_NE(page.error().message.find("certificate is not trusted"), std::string::npos)
        << page.error().message;
    EXPECT_NE(page.error().message.find(GetParam().message), std::string::npos)
        << page.error().message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Certificates, CurlFetcherTlsTest,
    testing::Values(TlsCase{"Good", "quillbrook.example", TlsIdentity::Validity::kCurrent,
                            TlsCase::Trust::kGiven, nullptr},
                    TlsCase{"Unknown", "quillbrook.example", TlsIdentity::Validity::kCurrent,
                            TlsCase::Trust::kSystem, "self-signed"},
                    TlsCase{"OtherHost", "forum.example", TlsIdentity::Validity::kCurrent,
                            TlsCase::Trust::kGiven, "forum.example"},
                    TlsCase{"Expired", "quillbrook.example", TlsIdentity::Validity::kExpired,
                            TlsCase::Trust::kGiven, "expired"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CurlFetcherTlsTest, EveryAnswerCarriesTheCertificatesFingerprint) {
  const TlsIdentity identity;
  // The second exchange goes over the connection that the first one left open.
  const RawServer server([&identity](RawConnection& peer) {
    if (!peer.StartTls(identity)) {
      return;
    }
    for (int i = 0; i < 2 && !peer.ReadRequest().empty(); ++i) {
      peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    }
    peer.WaitForHangUp();
  });
  FetcherOptions options = LoopbackOptions();
  options.connect_overrides = {{"", 443, "127.0.0.1", server.port()}};
  options.ca_file = identity.certificate_file();
  const auto fetcher = MakeFetcher(std::move(options));
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  ASSERT_EQ(
      X509_digest(SSL_CTX_get0_certificate(identity.context()), EVP_sha256(), digest.data(), &size),
      1);
  const std::string expected =
      core::ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
  for (const char* path : {"/1", "/2"}) {
    const core::Result<Response> page =
        Fetch(*fetcher, std::string("https://quillbrook.example") + path);
    ASSERT_TRUE(page.has_value()) << page.error().message;
    EXPECT_EQ(page->certificate, expected) << path;
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlFetcherTlsTest, AnAnswerWithoutTlsHasNoFingerprint) {
  const RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  const core::Result<Response> page =
      Fetch(*MakeFetcher(), "http://127.0.0.1:" + std::to_string(server.port()) + "/");
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->certificate, "");
}

TEST(CurlFetcherTlsTest, APlainServerIsNoTlsServer) {
  const RawServer server([](RawConnection& peer) {
    peer.Write("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.WaitForHangUp();
  });
  const core::Result<Response> page =
      Fetch(*MakeFetcher(), "https://127.0.0.1:" + std::to_string(server.port()) + "/");
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().kind, core::ErrorKind::kUnavailable);
  EXPECT_NE(page.error().message.find("TLS handshake failed"), std::string::npos)
      << page.error().message;
}

}  // namespace
}  // namespace schoolwatch::net
