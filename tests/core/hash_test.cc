#include "core/hash.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace schoolwatch::core {
namespace {

struct Sha256Case {
  std::string name;
  std::string text;
  std::string_view digest;
};

class Sha256Test : public testing::TestWithParam<Sha256Case> {};

TEST_P(Sha256Test, GivesTheDigestOfTheStandard) {
  EXPECT_EQ(ToHex(HashSha256(GetParam().text)), GetParam().digest);
  EXPECT_EQ(ShortHash(GetParam().text), GetParam().digest.substr(0, 16));
}

// Short and long texts are hashed by different libraries.
INSTANTIATE_TEST_SUITE_P(
    Hash, Sha256Test,
    testing::Values(Sha256Case{"Empty", "",
                               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                    Sha256Case{"Fips180Abc", "abc",
                               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                    Sha256Case{"LastShortOne", std::string(2047, 'a'),
                               "5d8098602265204dabadbc3cc14431446432926ca242f6f5699b106c51c40725"},
                    Sha256Case{"FirstLongOne", std::string(2048, 'a'),
                               "b2a3a502fdfc34f4e3edfa94b7f3109cd972d87a4fec63ab21a6673379ccf7ad"},
                    Sha256Case{"Fips180AMillion", std::string(1'000'000, 'a'),
                               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace schoolwatch::core
