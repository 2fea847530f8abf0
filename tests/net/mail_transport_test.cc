#include "net/mail_transport.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::net {
namespace {

struct AddressCase {
  const char* name;
  std::string address;
  bool good;
};

class MailAddressTest : public testing::TestWithParam<AddressCase> {};

TEST_P(MailAddressTest, IsSafeOrRefused) {
  const core::Result<void> checked = CheckMailAddress(GetParam().address);
  EXPECT_EQ(checked.has_value(), GetParam().good);
  if (!checked) {
    EXPECT_EQ(checked.error().kind, core::ErrorKind::kBadInput);
    EXPECT_EQ(checked.error().message.find('\n'), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, MailAddressTest,
    testing::Values(
        AddressCase{"Usual", "head@quillbrook.example", true},
        AddressCase{"Tagged", "o'brien+alerts.q-1@mail.quillbrook.example", true},
        AddressCase{"SingleLabel", "root@localhost", true},
        AddressCase{"International", "head@xn--quillbrck-27a.example", true},
        AddressCase{"Longest", std::string(64, 'a') + "@" + std::string(189, 'b'), true},
        AddressCase{"Empty", "", false}, AddressCase{"NoAt", "head", false},
        AddressCase{"TwoAts", "a@b@quillbrook.example", false},
        AddressCase{"NoLocalPart", "@quillbrook.example", false},
        AddressCase{"NoDomain", "head@", false},
        AddressCase{"Injection", "head@quillbrook.example>\r\nRCPT TO:<evil@x.example", false},
        AddressCase{"LineFeed", "head@quillbrook.example\n", false},
        AddressCase{"Nul", std::string("head\0@quillbrook.example", 24), false},
        AddressCase{"Parameters", "head@quillbrook.example> NOTIFY=NEVER", false},
        AddressCase{"Space", "the head@quillbrook.example", false},
        AddressCase{"Brackets", "<head@quillbrook.example>", false},
        AddressCase{"Quotes", "\"the head\"@quillbrook.example", false},
        AddressCase{"Comma", "head,dsl@quillbrook.example", false},
        AddressCase{"NotAscii", "caf\xc3\xa9@quillbrook.example", false},
        AddressCase{"EmptyLabel", "head@quillbrook..example", false},
        AddressCase{"DomainWithUnderscore", "head@quill_brook.example", false},
        AddressCase{"LocalPartTooLong", std::string(65, 'a') + "@quillbrook.example", false},
        AddressCase{"TooLong", std::string(64, 'a') + "@" + std::string(190, 'b'), false}),
    [](const auto& row) { return std::string(row.param.name); });

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
