#include "core/mail_address.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::core {
namespace {

struct AddressCase {
  const char* name;
  std::string address;
  bool good;
};

class MailAddressTest : public testing::TestWithParam<AddressCase> {};

TEST_P(MailAddressTest, IsSafeOrRefused) {
  const Result<void> checked = CheckMailAddress(GetParam().address);
  EXPECT_EQ(checked.has_value(), GetParam().good);
  if (!checked) {
    EXPECT_EQ(checked.error().kind, ErrorKind::kBadInput);
    EXPECT_TRUE(checked.error().message.starts_with("not a mail address: "));
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

}  // namespace
}  // namespace schoolwatch::core
