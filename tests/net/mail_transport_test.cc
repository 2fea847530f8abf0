#include "net/mail_transport.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::net {
namespace {

TEST(MailAddressTest, ARefusalQuotesTheAddressOnOneLine) {
  EXPECT_TRUE(CheckMailAddress("head@quillbrook.example").has_value());
  const core::Result<void> checked = CheckMailAddress("a@b.example>\r\nRCPT TO:<c@d.example");
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error(), (core::Error{core::ErrorKind::kBadInput,
                                          "'a@b.example>  RCPT TO:<c@d.example' is not a mail "
                                          "address: it needs one '@'"}));
}

struct MessageCase {
  const char* name;
  std::string message;
  const char* refusal;  // Null: good.
};

class MailMessageTest : public testing::TestWithParam<MessageCase> {};

TEST_P(MailMessageTest, IsFitForEveryServerOrRefused) {
  const core::Result<void> checked = CheckMailMessage(GetParam().message);
  if (GetParam().refusal == nullptr) {
    EXPECT_TRUE(checked.has_value()) << checked.error().message;
  } else {
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error(), (core::Error{core::ErrorKind::kBadInput, GetParam().refusal}));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Messages, MailMessageTest,
    testing::Values(
        MessageCase{"Usual", "Subject: x\r\n\r\ntext\r\n", nullptr},
        MessageCase{"LongestLine", std::string(998, 'x') + "\r\n", nullptr},
        MessageCase{"Empty", "", "the message is empty"},
        MessageCase{"BareLineFeed", "a: b\r\n\r\nx\ny\r\n",
                    "the message's line 3 has a line feed without a carriage return"},
        MessageCase{"Smuggling", "a: b\r\n\r\nx\n.\r\nMAIL FROM:<x@x.example>\r\n",
                    "the message's line 3 has a line feed without a carriage return"},
        MessageCase{"BareReturn", "a: b\rc\r\n",
                    "the message's line 1 has a carriage return without a line feed"},
        MessageCase{"ReturnAtTheEnd", "a: b\r",
                    "the message's line 1 has a carriage return without a line feed"},
        MessageCase{"Nul", std::string("a: b\0\r\n", 7), "the message's line 1 has a NUL byte"},
        MessageCase{"LineTooLong", "a: b\r\n" + std::string(999, 'x') + "\r\n",
                    "the message's line 2 is longer than 998 bytes"},
        MessageCase{"NoLastLineEnd", "a: b\r\nx", "the message's line 2 does not end with CRLF"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::net
