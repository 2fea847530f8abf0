#include "config/checks.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace schoolwatch::config {
namespace {

using Checker = core::Result<void> (*)(const std::string&);

struct Row {
  Checker check;
  std::string value;
  bool is_fine;
};
void PrintTo(const Row& row, std::ostream* out) { *out << "'" << row.value << "'"; }

class SingleValue : public ::testing::TestWithParam<Row> {};

TEST_P(SingleValue, IsTakenOrRefused) {
  const core::Result<void> result = GetParam().check(GetParam().value);
  EXPECT_EQ(result.has_value(), GetParam().is_fine)
      << GetParam().value << ": " << (result ? "taken" : result.error().message);
}

// The rule has its own test, tests/core/mail_address_test.cc.
INSTANTIATE_TEST_SUITE_P(MailAddress, SingleValue,
                         ::testing::Values(Row{CheckMailAddress, "head@school.example", true},
                                           Row{CheckMailAddress, "head@", false}));

INSTANTIATE_TEST_SUITE_P(HttpUrl, SingleValue,
                         ::testing::Values(Row{CheckHttpUrl, "https://school.example/feed", true},
                                           Row{CheckHttpUrl, "http://[::1]:8080/", true},
                                           Row{CheckHttpUrl, "ftp://school.example/", false},
                                           Row{CheckHttpUrl, "file:///etc/passwd", false},
                                           Row{CheckHttpUrl, "school.example", false},
                                           Row{CheckHttpUrl, "https://a:b@school.example/", false},
                                           Row{CheckHttpUrl, "https://", false}));

INSTANTIATE_TEST_SUITE_P(Host, SingleValue,
                         ::testing::Values(Row{CheckHost, "www.school.example", true},
                                           Row{CheckHost, "https://school.example", false},
                                           Row{CheckHost, "school.example/", false},
                                           Row{CheckHost, "school.example:80", false},
                                           Row{CheckHost, "a b.example", false}));

INSTANTIATE_TEST_SUITE_P(
    Network, SingleValue,
    ::testing::Values(Row{CheckNetwork, "127.0.0.1", true}, Row{CheckNetwork, "10.0.0.0/8", true},
                      Row{CheckNetwork, "::1", true}, Row{CheckNetwork, "fd00::/8", true},
                      Row{CheckNetwork, "10.0.0.0/33", false},
                      Row{CheckNetwork, "10.0.0.0/", false},
                      Row{CheckNetwork, "10.0.0.0/-1", false},
                      Row{CheckNetwork, "10.0.0.0/8x", false}, Row{CheckNetwork, "10.0.0", false},
                      Row{CheckNetwork, "localhost", false}));

INSTANTIATE_TEST_SUITE_P(
    Postcode, SingleValue,
    ::testing::Values(Row{CheckPostcode, "QB1 2CD", true}, Row{CheckPostcode, "m1 1ae", true},
                      Row{CheckPostcode, "EC1A1BB", true}, Row{CheckPostcode, "QB12", false},
                      Row{CheckPostcode, "12345", false}, Row{CheckPostcode, "Q B1 2CD", false},
                      Row{CheckPostcode, "QB1 2C!", false}));

INSTANTIATE_TEST_SUITE_P(Handle, SingleValue,
                         ::testing::Values(Row{CheckHandle, "@QuillbrookAcad", true},
                                           Row{CheckHandle, "#Quillbrook", true},
                                           Row{CheckHandle, "QuillbrookAcad", false},
                                           Row{CheckHandle, "@", false},
                                           Row{CheckHandle, "@Quill brook", false}));

INSTANTIATE_TEST_SUITE_P(
    NotAProfile, SingleValue,
    ::testing::Values(Row{CheckNotAProfile, "https://www.reddit.com/r/quillbrook/new/.rss", true},
                      Row{CheckNotAProfile, "https://quillbrook-herald.example/rss", true},
                      Row{CheckNotAProfile, "https://graph.facebook.com/v26.0/1/feed", true},
                      Row{CheckNotAProfile, "https://notfacebook.com.example/x", true},
                      Row{CheckNotAProfile, "https://max.com/someone", true},
                      Row{CheckNotAProfile, "https://www.facebook.com/some.one", false},
                      Row{CheckNotAProfile, "https://m.facebook.com/profile.php?id=1", false},
                      Row{CheckNotAProfile, "https://X.com/someone", false},
                      Row{CheckNotAProfile, "https://instagram.com/someone/", false},
                      Row{CheckNotAProfile, "https://www.tiktok.com/@someone", false},
                      Row{CheckNotAProfile, "https://www.linkedin.com/in/someone", false},
                      Row{CheckNotAProfile, "https://social.example/@someone.rss", false},
                      Row{CheckNotAProfile, "https://social.example/@someone@far.example", false},
                      Row{CheckNotAProfile, "https://social.example/%40someone", false},
                      Row{CheckNotAProfile, "https://medium.com/feed/@someone", false},
                      Row{CheckNotAProfile, "https://www.flickr.com/people/someone/", false},
                      Row{CheckNotAProfile, "https://www.youtube.com/user/someone", false},
                      Row{CheckNotAProfile, "https://social.example/tags/quillbrook.rss", true},
                      Row{CheckNotAProfile, "https://www.youtube.com/feeds/videos.xml", true},
                      Row{CheckNotAProfile, "https://maps.example/place/@51.5,-0.1", true},
                      Row{CheckNotAProfile, "https://www.reddit.com/user/someone/.rss", false}));

TEST(Loopback, IsThisMachineOnly) {
  EXPECT_TRUE(IsLoopbackNetwork("127.0.0.1"));
  EXPECT_TRUE(IsLoopbackNetwork("127.0.0.0/8"));
  EXPECT_TRUE(IsLoopbackNetwork("::1"));
  EXPECT_FALSE(IsLoopbackNetwork("127.0.0.0/7"));
  EXPECT_FALSE(IsLoopbackNetwork("10.0.0.1"));
  EXPECT_FALSE(IsLoopbackNetwork("::/0"));
  EXPECT_FALSE(IsLoopbackNetwork("::1/64"));
  EXPECT_TRUE(IsLoopbackHost("localhost"));
  EXPECT_TRUE(IsLoopbackHost("127.0.0.1"));
  EXPECT_FALSE(IsLoopbackHost("127.0.0.1.example"));
  EXPECT_FALSE(IsLoopbackHost("mail.example"));
}

}  // namespace
}  // namespace schoolwatch::config
