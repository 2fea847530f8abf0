// What is generated from the platforms' files and kept in the repository is what they say. To write
// it anew: tools/update-schemas, or
// SCHOOLWATCH_UPDATE_GENERATED=1 build/dev/tests/app/app_test --gtest_filter='GeneratedPlatforms*'
#include "app/coverage/platforms_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "app/coverage/shipped_platforms.h"
#include "tests/app/platform_samples.h"

namespace schoolwatch::app {
namespace {

using testing::HasSubstr;

constexpr const char* kHow = " is not what the platforms' files say; run tools/update-schemas";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Compare(const std::filesystem::path& path, const std::string& generated) {
  if (std::getenv("SCHOOLWATCH_UPDATE_GENERATED") != nullptr) {
    std::ofstream(path, std::ios::binary) << generated;
  }
  EXPECT_TRUE(ReadFile(path) == generated) << path << kHow;
}

TEST(GeneratedPlatforms, DocumentAndCoverageTableAreCurrent) {
  const auto shipped = LoadShippedPlatforms(SW_SOURCE_DIR "/config");
  ASSERT_TRUE(shipped.has_value()) << shipped.error().message;
  Compare(SW_SOURCE_DIR "/docs/platforms.md",
          MakePlatformsDocument(shipped->names, shipped->platforms));
  const std::filesystem::path readme = SW_SOURCE_DIR "/README.md";
  const std::string text = ReadFile(readme);
  const std::string begin = "<!-- generated: coverage -->\n";
  const std::string end = "<!-- end of coverage -->\n";
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find(end);
  ASSERT_TRUE(from != std::string::npos && to != std::string::npos);
  Compare(readme, text.substr(0, from + begin.size()) +
                      MakeCoverageTable(shipped->names, shipped->platforms) + text.substr(to));
}

// Every name says what becomes of it, and every file that it names is there.
TEST(GeneratedPlatforms, EveryNameIsAccountedFor) {
  const auto shipped = LoadShippedPlatforms(SW_SOURCE_DIR "/config");
  ASSERT_TRUE(shipped.has_value()) << shipped.error().message;
  std::set<std::string> names;
  for (const PolicyName& name : shipped->names) {
    EXPECT_TRUE(names.insert(name.name).second) << name.name << " stands twice";
    for (const auto* list : {&name.platforms, &name.indirectly}) {
      for (const std::string& file : *list) {
        EXPECT_TRUE(shipped->platforms.contains(file)) << name.name << ": " << file;
      }
    }
    EXPECT_TRUE(!name.platforms.empty() || !name.hosts.empty() || !name.words.empty() ||
                name.own_site || (!name.why_not.empty() && !name.report_instead.empty()))
        << name.name;
  }
}

TEST(PlatformsDocument, HasARowForEachNameAndASectionForEachPlatform) {
  const std::string text = MakePlatformsDocument(SampleNames(), SamplePlatforms());
  EXPECT_THAT(text, HasSubstr("| Quillnet | [Quillnet](#quillnet), its address | an account or a "
                              "key | forward the link |\n"));
  EXPECT_THAT(text, HasSubstr("| Quilltry | [Quilltry](#quilltry) (ships off) | nothing |  |\n"));
  EXPECT_THAT(text, HasSubstr("| Quillgram | searches only |  | Type what it said"));
  EXPECT_THAT(text, HasSubstr("### Quillcast\n"));
  EXPECT_THAT(text, HasSubstr("on; seen (Quillcast 2.1)\n"));
  EXPECT_THAT(text, HasSubstr("| `search` | Search | json | 30 min | `key` | yes |\n"));
  EXPECT_THAT(text, HasSubstr("  1. Press the button\n"));
  EXPECT_THAT(text, HasSubstr("not watchable\n"));
}

TEST(PlatformsDocument, TheReadmesTableLeadsToIt) {
  EXPECT_THAT(MakeCoverageTable(SampleNames(), SamplePlatforms()),
              HasSubstr("[Quillpay](docs/platforms.md#quillpay) | an account or a key, and costs "
                        "money |"));
}

}  // namespace
}  // namespace schoolwatch::app
