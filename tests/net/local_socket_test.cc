#include "net/local_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/storage/temp_folder.h"

namespace schoolwatch::net {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using std::chrono::milliseconds;

constexpr milliseconds kPatience{5000};

// A client that writes what it likes.
class RawClient {
 public:
  explicit RawClient(const fs::path& file)
      : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(file.string(), address.sun_path);
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
  }
  ~RawClient() { Close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  void Write(std::string_view bytes) const {
    EXPECT_EQ(::write(descriptor_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void Close() {
    if (descriptor_ >= 0) {
      ::close(std::exchange(descriptor_, -1));
    }
  }

 private:
  int descriptor_;
};

class LocalSocketTest : public testing::Test {
 protected:
  fs::path File() const { return folder_.path() / "socket"; }
  LocalListener Listen() const {
    auto listener = LocalListener::Listen(File());
    EXPECT_TRUE(listener.has_value()) << listener.error().message;
    return *std::move(listener);
  }
  storage::TempFolder folder_;
};

TEST_F(LocalSocketTest, FramesOfAnySizeGoBothWays) {
  LocalListener listener = Listen();
  std::jthread echo([&] {
    auto client = listener.Accept();
    ASSERT_TRUE(client.has_value());
    for (;;) {
      const auto frame = client->Receive(4 << 20, kPatience);
      ASSERT_TRUE(frame.has_value()) << frame.error().message;
      if (!*frame) {
        return;
      }
      ASSERT_TRUE(client->Send(**frame, kPatience).has_value());
    }
  });
  auto client = LocalConnection::Connect(File());
  ASSERT_TRUE(client.has_value()) << client.error().message;
  // The last is more than a socket's buffer takes at once.
  for (const std::size_t size : {0u, 1u, 255u, 256u, 65'536u, 3u << 20}) {
    const std::string sent(size, 'x');
    ASSERT_TRUE(client->Send(sent, kPatience).has_value());
    EXPECT_EQ(client->Receive(4 << 20, kPatience).value(), sent);
  }
}

TEST_F(LocalSocketTest, OnlyItsUserMayUseTheFile) {
  const mode_t before = ::umask(0);
  const LocalListener listener = Listen();
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::stat(File().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(LocalSocketTest, NobodyThereIsNotFound) {
  EXPECT_EQ(LocalConnection::Connect(File()).error().kind, ErrorKind::kNotFound);
}

TEST_F(LocalSocketTest, ADeadProcessesSocketIsReplaced) {
  {
    // Left as a killed process leaves it: bound, and nobody at it.
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(File().string(), address.sun_path);
    const int left = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(left);
  }
  EXPECT_EQ(LocalConnection::Connect(File()).error().kind, ErrorKind::kNotFound);
  const LocalListener listener = Listen();
  EXPECT_TRUE(LocalConnection::Connect(File()).has_value());
}

TEST_F(LocalSocketTest, AFileInTheWayIsLeftAlone) {
  std::ofstream(File()) << "somebody's";
  EXPECT_EQ(LocalListener::Listen(File()).error().kind, ErrorKind::kBadInput);
  EXPECT_TRUE(fs::is_regular_file(File()));
}

TEST_F(LocalSocketTest, APathMayBeLongerThanAnAddress) {
  const fs::path deep = folder_.path() / std::string(120, 'd');
  fs::create_directory(deep);
  {
    const auto listener = LocalListener::Listen(deep / "socket");
    ASSERT_TRUE(listener.has_value()) << listener.error().message;
    EXPECT_TRUE(LocalConnection::Connect(deep / "socket").has_value());
  }
  EXPECT_FALSE(fs::exists(deep / "socket"));
  EXPECT_EQ(LocalConnection::Connect(deep / "socket").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(LocalConnection::Connect(deep / "none" / "socket").error().kind, ErrorKind::kNotFound);
}

TEST_F(LocalSocketTest, StopEndsWaitingAndTakesTheFileAway) {
  {
    LocalListener listener = Listen();
    std::jthread waiting([&] { EXPECT_FALSE(listener.Accept().has_value()); });
    listener.Stop();
    waiting.join();
    EXPECT_FALSE(listener.Accept().has_value());
    EXPECT_FALSE(LocalConnection::Connect(File()).has_value());
  }
  EXPECT_FALSE(fs::exists(File()));
}

TEST_F(LocalSocketTest, MoreClientsThanMayWaitAreTurnedAway) {
  const LocalListener listener = Listen();
  std::vector<LocalConnection> waiting;
  for (int i = 0; i < 100; ++i) {
    auto client = LocalConnection::Connect(File());
    if (!client) {
      EXPECT_EQ(client.error().kind, ErrorKind::kUnavailable);
      return;
    }
    waiting.push_back(*std::move(client));
  }
  FAIL() << "a hundred clients wait";
}

TEST_F(LocalSocketTest, AFrameThatIsTooLongIsNotRead) {
  LocalListener listener = Listen();
  const RawClient client(File());
  auto served = listener.Accept();
  client.Write("\xFF\xFF\xFF\xFF");
  EXPECT_EQ(served->Receive(1000, kPatience).error().kind, ErrorKind::kBadInput);
}

struct CutCase {
  const char* name;
  std::string_view bytes;
};
class CutFrameTest : public LocalSocketTest, public testing::WithParamInterface<CutCase> {};

TEST_P(CutFrameTest, IsAnErrorAndNotAShortFrame) {
  LocalListener listener = Listen();
  RawClient client(File());
  auto served = listener.Accept();
  client.Write(GetParam().bytes);
  // As long as it may come, it is waited for…
  EXPECT_EQ(served->Receive(1000, milliseconds(1)).error().kind, ErrorKind::kUnavailable);
  client.Write(GetParam().bytes);
  client.Close();
  EXPECT_EQ(served->Receive(1000, kPatience).error().kind, ErrorKind::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(Rows, CutFrameTest,
                         testing::Values(CutCase{"InTheLength", std::string_view("\0\0", 2)},
                                         CutCase{"InTheText", std::string_view("\0\0\0\x09zz", 6)}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(LocalSocketTest, AClientThatDoesNotReadIsGivenUp) {
  LocalListener listener = Listen();
  const RawClient client(File());
  auto served = listener.Accept();
  EXPECT_EQ(served->Send(std::string(16 << 20, 'x'), milliseconds(20)).error().kind,
            ErrorKind::kUnavailable);
}

TEST_F(LocalSocketTest, AClientThatHasGoneIsAnErrorAndNoSignal) {
  LocalListener listener = Listen();
  RawClient client(File());
  auto served = listener.Accept();
  client.Close();
  EXPECT_EQ(served->Receive(1000, kPatience).value(), std::nullopt);
  EXPECT_EQ(served->Send("anybody?", kPatience).error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace schoolwatch::net
