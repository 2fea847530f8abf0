// A page over HTTP/2 from a real nginx, which says itself what was spoken.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/file_descriptor.h"
#include "tests/net/fetch.h"
#include "tests/net/tls_identity.h"

namespace schoolwatch::net {
namespace {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// One that nobody has now, and not `taken`. Below those that the system lends to connections, of
// which the tests beside this one make many until nginx binds.
std::uint16_t FreePort(std::uint16_t taken) {
  std::random_device random;
  for (;;) {
    const auto port =
        static_cast<std::uint16_t>(std::uniform_int_distribution<int>(15'000, 31'999)(random));
    const sockaddr_in address = Loopback(port);
    const core::FileDescriptor tried(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (port != taken &&
        bind(tried.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return port;
    }
  }
}

// nginx on loopback with HTTP/2 on one port and without it on another. Every page says
// "PROTOCOL CONNECTION".
class Nginx {
 public:
  Nginx() : http2_port_(FreePort(0)), http1_port_(FreePort(http2_port_)) {
    std::string folder =
        (std::filesystem::temp_directory_path() / "schoolwatch-nginx-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    std::ofstream(folder_ / "nginx.conf") << fmt::format(
        R"(daemon off;
master_process off;
pid {0}/nginx.pid;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {0}/body;
  proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/fastcgi;
  uwsgi_temp_path {0}/uwsgi;
  scgi_temp_path {0}/scgi;
  ssl_certificate {1};
  ssl_certificate_key {2};
  server {{
    listen 127.0.0.1:{3} ssl http2;
    location / {{ return 200 "$server_protocol $connection"; }}
  }}
  server {{
    listen 127.0.0.1:{4} ssl;
    location / {{ return 200 "$server_protocol $connection"; }}
  }}
}}
)",
        folder_.string(), identity_.certificate_file(), identity_.key_file(), http2_port_,
        http1_port_);
    std::string program = "nginx";
    std::string prefix = folder_.string();
    std::string configuration = "nginx.conf";
    std::string errors = (folder_ / "error.log").string();
    std::string p = "-p";
    std::string c = "-c";
    std::string e = "-e";
    std::array<char*, 8> arguments{program.data(),       p.data(), prefix.data(), c.data(),
                                   configuration.data(), e.data(), errors.data(), nullptr};
    // Debian puts it where only root looks.
    EXPECT_EQ(
        posix_spawn(&process_, "/usr/sbin/nginx", nullptr, nullptr, arguments.data(), environ), 0);
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;
  ~Nginx() {
    if (process_ > 0) {
      kill(process_, SIGTERM);
      waitpid(process_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // False: it did not come up; `errors` says why.
  bool IsUp() const {
    for (int tries = 0; tries < 200; ++tries) {
      if (Connects(http1_port_)) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
  std::string errors() const {
    std::ifstream file(folder_ / "error.log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::uint16_t http2_port() const { return http2_port_; }
  std::uint16_t http1_port() const { return http1_port_; }
  const std::string& ca_file() const { return identity_.certificate_file(); }

 private:
  static bool Connects(std::uint16_t port) {
    const sockaddr_in address = Loopback(port);
    const core::FileDescriptor peer(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return connect(peer.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  TlsIdentity identity_;
  const std::uint16_t http2_port_;
  const std::uint16_t http1_port_;
  std::filesystem::path folder_;
  pid_t process_ = -1;
};

class Http2Test : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(nginx_.IsUp()) << nginx_.errors(); }

  std::unique_ptr<Fetcher> FetcherFor(std::uint16_t port) const {
    FetcherOptions options = LoopbackOptions();
    options.ca_file = nginx_.ca_file();
    options.connect_overrides = {{"quillbrook.example", 443, "127.0.0.1", port}};
    return MakeFetcher(std::move(options));
  }

  Nginx nginx_;
};

TEST_F(Http2Test, IsSpokenWhereTheServerOffersIt) {
  const std::unique_ptr<Fetcher> fetcher = FetcherFor(nginx_.http2_port());
  std::set<std::string> answers;
  for (int i = 0; i < 3; ++i) {
    const core::Result<Response> page = Fetch(*fetcher, "https://quillbrook.example/a");
    ASSERT_TRUE(page.has_value()) << page.error().message;
    EXPECT_EQ(page->status, 200);
    EXPECT_TRUE(page->body.starts_with("HTTP/2.0 ")) << page->body;
    EXPECT_EQ(FindHeader(page->headers, "content-length"), std::to_string(page->body.size()));
    answers.insert(page->body);
  }
  EXPECT_EQ(answers.size(), 1u) << "all over one connection";
}

TEST_F(Http2Test, ManyPagesOfOneHostAtOnceAllArrive) {
  const std::unique_ptr<Fetcher> fetcher = FetcherFor(nginx_.http2_port());
  int good = 0;
  int done = 0;
  for (int i = 0; i < 200; ++i) {
    fetcher->Start(RequestFor(fmt::format("https://quillbrook.example/{}", i)),
                   [&](const core::Result<Response>& page) {
                     ++done;
                     EXPECT_TRUE(page.has_value()) << page.error().message;
                     good += page && page->body.starts_with("HTTP/2.0 ") ? 1 : 0;
                   });
  }
  PollUntil(*fetcher, [&] { return done == 200; });
  EXPECT_EQ(good, 200);
}

TEST_F(Http2Test, IsNotSpokenWhereTheServerDoesNotOfferIt) {
  const core::Result<Response> page =
      Fetch(*FetcherFor(nginx_.http1_port()), "https://quillbrook.example/");
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_TRUE(page->body.starts_with("HTTP/1.1 ")) << page->body;
}

}  // namespace
}  // namespace schoolwatch::net
