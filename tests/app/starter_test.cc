#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "app/commands/init.h"
#include "app/coverage/shipped_platforms.h"
#include "app/starter/platform_checklist.h"
#include "app/workspace.h"
#include "config/starter_pack.h"
#include "tests/app/platform_samples.h"
#include "tests/config/temporary_folder.h"

namespace schoolwatch::app {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::filesystem::path kShipped = SW_SOURCE_DIR "/config";

std::string Checklist(const std::vector<config::ChecklistEntry>& order) {
  return MakePlatformChecklist(order, SamplePlatforms(), SampleNames(),
                               {{"channel", {"QuillbrookTV"}}});
}

TEST(PlatformChecklist, IsInTheOrderOfWorthThenByTitle) {
  const std::string text = Checklist({{"quillpay", "It sees most.", "a day, and it costs money"}});
  EXPECT_LT(text.find("## 1. Quillpay"), text.find("## 2. Quillnet"));
  EXPECT_THAT(text, HasSubstr("It sees most.\n\nEffort: a day, and it costs money\n"));
  // What needs nothing is no work, and what cannot be watched is no item.
  EXPECT_THAT(text, Not(HasSubstr("Quillcast")));
  EXPECT_THAT(text, HasSubstr("- **Quillgram**: Type what it said into a mail"));
}

TEST(PlatformChecklist, HasTheStepsAndTheLinesToAdd) {
  EXPECT_THAT(Checklist({}), HasSubstr(R"(- [ ] **key**: A key <https://quillnet.example/keys>
  - [ ] Log in
  - [ ] Press the button
  - [ ] Put it into `quillnet-key.secret`
- [ ] Add to `sources.yaml`:

```yaml
  quillnet:
    title: Quillnet
    platform: quillnet
    with:
      channel: QuillbrookTV   # The school's own channel
    credentials:
      key: ${file:quillnet-key.secret}
```
)"));
  EXPECT_THAT(Checklist({}), HasSubstr("    spend: 10   # A month, at most.\n"));
}

config::InitOptions Options(const std::filesystem::path& folder) {
  config::InitOptions options;
  options.school = "Quillbrook Academy";
  options.town = "Quillbrook";
  options.to = "head@quillbrook-academy.example";
  options.dsl = "dsl@quillbrook-academy.example";
  options.chair = "chair@quillbrook-academy.example";
  options.site = "www.quillbrook-academy.example";
  options.handles = {"@QuillbrookAcad", "#QuillbrookAcademy"};
  options.papers = {"https://herald.example/"};
  options.telegram = {"QuillNews"};
  options.folder = folder;
  return options;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// With all the shipped files: platforms, their routes and values, recipes.
TEST(InitCommand, WhatItWritesPassesCheck) {
  const config::TemporaryFolder folder;
  for (const bool with_all : {true, false}) {
    config::InitOptions options = Options(folder.path() / (with_all ? "all" : "least"));
    if (!with_all) {
      const config::InitOptions given = options;
      options = config::InitOptions();
      options.school = given.school;
      options.to = given.to;
      options.chair = given.chair;
      options.folder = given.folder;
    }
    const auto told = InitCommand(options, kShipped);
    ASSERT_TRUE(told.has_value()) << told.error().message;
    const auto workspace = LoadWorkspace(options.folder, kShipped, config::Secrets::kLeave);
    ASSERT_TRUE(workspace.has_value()) << workspace.error().message;
    EXPECT_EQ(workspace->warnings, "");
    EXPECT_EQ(workspace->refused, "");
    EXPECT_THAT(ReadFile(options.folder / "platforms-to-do.md"),
                HasSubstr("# Platforms that need an account or a key"));
  }
}

// Nothing that is switched on may want a secret, and nothing may name a person.
TEST(InitCommand, WhatIsOnNeedsNoCredentials) {
  const config::TemporaryFolder folder;
  const config::InitOptions options = Options(folder.path() / "conf");
  ASSERT_TRUE(InitCommand(options, kShipped).has_value());
  const auto workspace = LoadWorkspace(options.folder, kShipped, config::Secrets::kLeave);
  ASSERT_TRUE(workspace.has_value()) << workspace.error().message;
  const std::string sources = ReadFile(options.folder / "sources.yaml");
  EXPECT_THAT(sources, Not(HasSubstr("credentials:")));
  EXPECT_THAT(sources, Not(HasSubstr("${")));
  for (const config::Source& source : workspace->config.sources) {
    EXPECT_THAT(sources, HasSubstr("\n  " + source.name + ":\n    # "));
  }
}

// Whatever a template of the starter pack names is something that a person was asked for, and a
// person's name is not among it.
TEST(StarterPack, NamesOnlyWhatIsPublicAboutTheSchool) {
  config::Diagnostics problems;
  const auto pack = config::LoadStarterPack(kShipped / "starter-pack.yaml", problems);
  ASSERT_TRUE(problems.empty()) << problems.ToText();
  const std::set<std::string> known{"school", "key",   "town",  "site",
                                    "tag",    "paper", "forum", "telegram"};
  for (const auto& [name, values] : config::StarterValuesOf(Options("conf"), "quillbrook")) {
    EXPECT_TRUE(known.contains(name)) << name;
  }
  for (const config::StarterSource& source : pack->sources) {
    std::string texts = source.title + source.url + source.page_of;
    for (const auto& [name, values] : source.with) {
      for (const std::string& value : values) {
        texts += value;
      }
    }
    for (std::size_t at = texts.find('{'); at != std::string::npos; at = texts.find('{', at + 1)) {
      const std::string placeholder = texts.substr(at + 1, texts.find('}', at) - at - 1);
      EXPECT_TRUE(known.contains(placeholder)) << source.name << ": " << placeholder;
    }
  }
}

}  // namespace
}  // namespace schoolwatch::app
