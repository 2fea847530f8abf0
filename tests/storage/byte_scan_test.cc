#include "storage/byte_scan.h"

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/address_finder.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

struct AddressCase {
  const char* name;
  const char* text;
  bool is_there;
};

class AddressFinderTest : public testing::TestWithParam<AddressCase> {};

TEST_P(AddressFinderTest, FindsAnAddressAndNoLongerOne) {
  EXPECT_EQ(HasAddress(GetParam().text, "https://x.example/t/1"), GetParam().is_there);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, AddressFinderTest,
    testing::Values(AddressCase{"Alone", "https://x.example/t/1", true},
                    AddressCase{"AtTheEndOfASentence", "see https://x.example/t/1.", true},
                    AddressCase{"WithASlash", "https://x.example/t/1/ and", true},
                    AddressCase{"WithAQuery", "https://x.example/t/1?utm_source=mail", true},
                    AddressCase{"WithAFragment", "https://x.example/t/1#p2", true},
                    AddressCase{"InQuotes", "href=\"https://x.example/t/1\">", true},
                    AddressCase{"LongerNumber", "https://x.example/t/12", false},
                    AddressCase{"Below", "https://x.example/t/1/edit", false},
                    AddressCase{"File", "https://x.example/t/1.html", false},
                    AddressCase{"BehindALongerOne", "https://x.example/t/12 https://x.example/t/1",
                                true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ByteScan, ADamagedTableIsNamedAsUnknown) {
  const TempFolder folder;
  std::ofstream(folder.path() / "000005.ldb") << "no table";
  const std::vector<Needle> needles{{"x", "x"}};
  const auto found = ScanFiles(folder.path(), needles);
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ((*found)[0].what, kUnknownBytes);
}

TEST(ByteScan, DecodesMails) {
  const std::string mail =
      "Subject: x\r\n\r\nhttps://blog.example/moira-pel=\r\nlew and caf=C3=A9\r\n"
      "--b\r\n\r\nTW9pcmEgUGVsbGV3IHNhaWQgc28u\r\n";
  const std::string decoded = DecodeMail(mail);
  EXPECT_NE(decoded.find("moira-pellew and caf\xC3\xA9"), std::string::npos);
  EXPECT_NE(decoded.find("Moira Pellew said so."), std::string::npos);
}

}  // namespace
}  // namespace schoolwatch::storage
