// Limits that count in whole seconds.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "net/fetcher.h"
#include "net/mail_transport.h"
#include "tests/net/fetch.h"
#include "tests/net/raw_server.h"

namespace schoolwatch::net {
namespace {

using core::Error;
using core::ErrorKind;

TEST(NetSlowTest, ABodyThatTricklesIsGivenUp) {
  const RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    peer.WaitForHangUp();
  });
  FetcherOptions options = LoopbackOptions();
  options.low_speed_bytes = 1000;
  options.low_speed_time = std::chrono::seconds(1);
  const core::Result<Response> page = Fetch(*MakeFetcher(std::move(options)), server.Url());
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error(), (Error{ErrorKind::kUnavailable,
                                 "127.0.0.1: too slow: under 1000 bytes a second for 1 s"}));
}

TEST(NetSlowTest, AHandshakeThatNeverComesIsAConnectTimeout) {
  const RawServer server([](RawConnection& peer) { peer.WaitForHangUp(); });
  FetcherOptions options = LoopbackOptions();
  options.connect_timeout = std::chrono::seconds(1);
  const core::Result<Response> page = Fetch(
      *MakeFetcher(std::move(options)), "https://127.0.0.1:" + std::to_string(server.port()) + "/");
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error(),
            (Error{ErrorKind::kUnavailable, "127.0.0.1: timeout: no connection within 1 s"}));
}

TEST(NetSlowTest, ASilentMailServerIsUnavailable) {
  const RawServer server([](RawConnection& peer) { peer.WaitForHangUp(); });
  SmtpOptions options;
  options.host = "127.0.0.1";
  options.port = server.port();
  options.timeout = std::chrono::seconds(1);
  const auto transport = MakeSmtpTransport(options);
  ASSERT_TRUE(transport.has_value());
  const core::Result<void> probed = (*transport)->Probe();
  ASSERT_FALSE(probed.has_value());
  EXPECT_EQ(probed.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(probed.error().message.find("timeout"), std::string::npos) << probed.error().message;
}

}  // namespace
}  // namespace schoolwatch::net
