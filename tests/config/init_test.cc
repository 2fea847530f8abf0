#include "config/init.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/section.h"
#include "config/settings.h"
#include "config/starter_pack.h"
#include "config/yaml_text.h"
#include "tests/config/temporary_folder.h"

namespace schoolwatch::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

InitOptions Full(const std::filesystem::path& folder) {
  return {.school = "Quillbrook Academy",
          .type = "secondary academy",
          .town = "Quillbrook",
          .postcode = "QB1 2CD",
          .to = "head@quillbrook-academy.example",
          .dsl = "dsl@quillbrook-academy.example",
          .chair = "chair@quillbrook-academy.example",
          .contact = "it@quillbrook-academy.example",
          .folder = folder};
}

StarterPack ShippedPack() {
  Diagnostics problems;
  std::optional<StarterPack> pack =
      LoadStarterPack(SW_SOURCE_DIR "/config/starter-pack.yaml", problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  return std::move(pack).value_or(StarterPack());
}

core::Result<StarterFiles> MakeStarterFiles(const InitOptions& options) {
  return MakeStarterFiles(options, ShippedPack(), {"google-news", "mastodon", "telegram"});
}

core::Result<std::string> WriteConfiguration(const InitOptions& options) {
  SW_ASSIGN(const StarterFiles files, MakeStarterFiles(options));
  return WriteConfiguration(options, files);
}

const Source* FindSource(const Configuration& configuration, std::string_view name) {
  const auto found = std::ranges::find(configuration.sources, name, &Source::name);
  return found == configuration.sources.end() ? nullptr : &*found;
}

constexpr std::string_view kPack = R"(
sources:
  board:
    title: A board
    sees: Threads.
    url: "{forum}"
    platform: forum
    examples: {forum: "https://forum.quillbrook.example/"}
  site: {title: Site, sees: Pages., url: "https://{site}/", platform: blog}
  quillnet:
    title: Quillnet
    sees: Notes that name the school, said in so many words that a line of this file has no room for them all.
    platform: quillnet
    routes: [search, tags]
    with: {host: "{site}", tags: ["{tag}", fixed]}
checklist: []
)";

std::string Made(const StarterValues& values, const std::set<std::string>& platforms) {
  const TemporaryFolder folder;
  folder.Write("pack.yaml", kPack);
  Diagnostics problems;
  const std::optional<StarterPack> pack = LoadStarterPack(folder.path() / "pack.yaml", problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  const std::string text = StarterSources(*pack, values, platforms);
  return text.substr(text.find("sources:"));
}

TEST(StarterSources, WhatWasGivenIsOnAndWhatWasNotIsOffOrLeftOut) {
  EXPECT_EQ(Made({{"forum", {}}, {"site", {}}, {"tag", {"Quill"}}}, {}), R"(sources:
  # What follows is switched off until you put in the right address and take out
  # `enabled: false`.

  board:
    # Threads.
    title: A board
    url: "https://forum.quillbrook.example/"
    platform: forum
    enabled: false
)");
}

TEST(StarterSources, SeveralValuesAreSeveralSources) {
  EXPECT_EQ(Made({{"forum", {"https://a.example/", "https://b.example/"}}, {"site", {}}}, {}),
            R"(sources:
  board:
    # Threads.
    title: A board
    url: "https://a.example/"
    platform: forum

  board-2:
    # Threads.
    title: A board
    url: "https://b.example/"
    platform: forum
)");
}

TEST(StarterSources, APlatformIsAskedWhereItsFileIsThere) {
  const StarterValues values{
      {"forum", {"https://a.example/"}}, {"site", {"quill.example"}}, {"tag", {"Quill"}}};
  EXPECT_THAT(Made(values, {}), Not(HasSubstr("quillnet")));
  EXPECT_THAT(Made(values, {"quillnet"}), HasSubstr(R"(
  quillnet:
    # Notes that name the school, said in so many words that a line of this file has no room for
    # them all.
    title: Quillnet
    platform: quillnet
    routes: [search, tags]
    with: {host: quill.example, tags: [Quill, fixed]}
)"));
}

TEST(StarterSources, WhatIsPutInIsNotLookedAtAgain) {
  EXPECT_THAT(Made({{"forum", {"https://a.example/{site}"}}, {"site", {"quill.example"}}}, {}),
              HasSubstr("https://a.example/{site}"));
}

TEST(Init, WhatWasGivenIsWatchedAtOnce) {
  const TemporaryFolder folder;
  InitOptions options = Full(folder.path() / "conf");
  options.site = "www.quillbrook-academy.example";
  options.handles = {"@QuillbrookAcad", "#QuillbrookUnited"};
  options.papers = {"https://herald.example/", "https://gazette.example/feed.xml"};
  options.forums = {"https://forum.example/list"};
  options.telegram = {"QuillNews"};
  ASSERT_TRUE(WriteConfiguration(options).has_value());
  Diagnostics problems;
  const auto read = LoadConfiguration(options.folder, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  EXPECT_EQ(read->settings.schools[0].site, "www.quillbrook-academy.example");
  EXPECT_EQ(read->settings.schools[0].handles, options.handles);
  for (const Source& source : read->sources) {
    EXPECT_TRUE(source.enabled) << source.name;
  }
  ASSERT_NE(FindSource(*read, "school-site"), nullptr);
  EXPECT_EQ(FindSource(*read, "school-site")->page_of, "quillbrook");
  EXPECT_EQ(FindSource(*read, "local-paper-2")->url, "https://gazette.example/feed.xml");
  EXPECT_EQ(FindSource(*read, "telegram")->with.at("channels"),
            std::vector<std::string>{"QuillNews"});
}

TEST(Init, WritesTheChecklistBesideTheSources) {
  const TemporaryFolder folder;
  const InitOptions options = Full(folder.path() / "conf");
  core::Result<StarterFiles> files = MakeStarterFiles(options);
  ASSERT_TRUE(files.has_value());
  files->platforms_to_do_md = "# To do\n";
  const auto told = WriteConfiguration(options, *files);
  ASSERT_TRUE(told.has_value());
  EXPECT_THAT(*told, HasSubstr("platforms-to-do.md lists what needs an account"));
  EXPECT_EQ(folder.Read("conf/platforms-to-do.md"), "# To do\n");
}

TEST(Init, WhatItWritesLoads) {
  const TemporaryFolder folder;
  const std::filesystem::path target = folder.path() / "deep" / "conf";
  const core::Result<std::string> told = WriteConfiguration(Full(target));
  ASSERT_TRUE(told.has_value()) << told.error().message;
  EXPECT_THAT(*told, HasSubstr(target.string() + "/sources.yaml"));
  Diagnostics problems;
  const core::Result<Configuration> read = LoadConfiguration(target, problems);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_TRUE(problems.warnings().empty()) << problems.WarningsToText();
  ASSERT_EQ(read->settings.schools.size(), 1U);
  const core::School& school = read->settings.schools[0];
  EXPECT_EQ(school.key, "quillbrook");
  EXPECT_EQ(school.name, "Quillbrook Academy");
  EXPECT_EQ(school.type, "secondary academy");
  EXPECT_EQ(school.town, "Quillbrook");
  EXPECT_EQ(school.postcode, "QB1 2CD");
  ASSERT_EQ(read->settings.contacts.size(), 3U);
  EXPECT_EQ(read->settings.contacts[2].role, "chair");
  EXPECT_EQ(read->settings.crawl.contact, "it@quillbrook-academy.example");
  EXPECT_EQ(read->settings.alerts.channel, "folder");
  EXPECT_EQ(read->settings.alerts.folder, target / "outgoing");
  ASSERT_FALSE(read->sources.empty());
  EXPECT_TRUE(read->sources[0].enabled);
  EXPECT_EQ(read->sources[0].platform, "google-news");
  struct stat status{};
  ASSERT_EQ(::stat((target / "schoolwatch.yaml").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
  ASSERT_EQ(::stat(target.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0027U, 0U);
}

TEST(Init, TheLeastOptionsWillDo) {
  const TemporaryFolder folder;
  InitOptions options;
  options.school = "Quillbrook Academy";
  options.to = "head@quillbrook-academy.example";
  options.folder = folder.path() / "conf";
  ASSERT_TRUE(WriteConfiguration(options).has_value());
  Diagnostics problems;
  const auto read = LoadConfiguration(options.folder, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  EXPECT_EQ(read->settings.crawl.contact, "head@quillbrook-academy.example");
}

TEST(Init, LocalRulesAreAnEmptyFileToTheReader) {
  const core::Result<StarterFiles> files = MakeStarterFiles(Full("conf"));
  ASSERT_TRUE(files.has_value());
  EXPECT_TRUE(ParseYaml("local.yaml", files->local_rules_yaml).value().is_null());
}

// The smtp lines are the ones a school takes the '#' from first; they must be right once it has.
TEST(Init, TheCommentedMailServerIsValid) {
  core::Result<StarterFiles> files = MakeStarterFiles(Full("conf"));
  ASSERT_TRUE(files.has_value());
  std::string uncommented;
  std::size_t start = 0;
  bool in_block = false;
  const std::string& text = files->schoolwatch_yaml;
  while (start < text.size()) {
    const std::size_t end = text.find('\n', start);
    std::string line = text.substr(start, end - start);
    in_block = line.starts_with("  # smtp:") || (in_block && line.starts_with("  #"));
    uncommented += (in_block ? "  " + line.substr(4) : line) + "\n";
    start = end + 1;
  }
  ASSERT_NE(uncommented, text);
  const std::size_t channel = uncommented.find("channel: folder");
  ASSERT_NE(channel, std::string::npos);
  uncommented.replace(channel, std::string("channel: folder").size(), "channel: smtp");
  Diagnostics problems;
  const auto read =
      ReadConfiguration("conf", uncommented, files->sources_yaml, problems, Secrets::kLeave);
  ASSERT_TRUE(read.has_value()) << problems.ToText() << uncommented;
  EXPECT_EQ(read->settings.alerts.smtp.host, "smtp.quillbrook-academy.example");
}

// The commented examples of a school, likewise.
TEST(Init, TheCommentedSchoolKeysAreValid) {
  InitOptions options;
  options.school = "Quillbrook Academy";
  options.to = "head@quillbrook-academy.example";
  core::Result<StarterFiles> files = MakeStarterFiles(options);
  ASSERT_TRUE(files.has_value());
  std::string text = files->schoolwatch_yaml;
  for (const char* key :
       {"type", "town", "postcode", "also", "handles", "site", "places", "people", "not_us"}) {
    const std::string commented = std::string("    # ") + key + ": ";
    const std::size_t at = text.find(commented);
    ASSERT_NE(at, std::string::npos) << key;
    text.erase(at + 4, 2);
  }
  Diagnostics problems;
  const auto read = ReadConfiguration("", text, files->sources_yaml, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText() << text;
  EXPECT_EQ(read->settings.schools[0].headteacher, "Mrs Ada Wren");
}

TEST(Init, NeverOverwrites) {
  for (const char* name : {"schoolwatch.yaml", "sources.yaml", "rules/local.yaml"}) {
    const TemporaryFolder folder;
    folder.Write(name, "mine");
    const core::Result<std::string> told = WriteConfiguration(Full(folder.path()));
    ASSERT_FALSE(told.has_value()) << name;
    EXPECT_EQ(told.error().kind, core::ErrorKind::kBadInput);
    EXPECT_THAT(told.error().message, HasSubstr("nothing was written"));
    EXPECT_EQ(folder.Read(name), "mine");
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
      files += entry.is_regular_file() ? 1 : 0;
    }
    EXPECT_EQ(files, 1) << name;
  }
}

TEST(Init, DanglingLinksAreNotWrittenThrough) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink(folder.path() / "elsewhere", folder.path() / "sources.yaml");
  EXPECT_FALSE(WriteConfiguration(Full(folder.path())).has_value());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "elsewhere"));
}

TEST(Init, SaysWhichFolderCannotBeMade) {
  const TemporaryFolder folder;
  folder.Write("file", "x");
  const core::Result<std::string> told = WriteConfiguration(Full(folder.path() / "file" / "conf"));
  ASSERT_FALSE(told.has_value());
  EXPECT_EQ(told.error().kind, core::ErrorKind::kUnavailable);
  EXPECT_THAT(told.error().message, HasSubstr((folder.path() / "file" / "conf").string()));
}

TEST(Init, ShowsEveryWrongOption) {
  InitOptions options = Full("conf");
  options.school = "The Academy";
  options.to = "head";
  options.postcode = "nowhere";
  options.town = "Quill\nbrook";
  const auto files = MakeStarterFiles(options);
  ASSERT_FALSE(files.has_value());
  for (const char* part : {"--school is 'The Academy'", "--to is 'head'", "--postcode is 'nowhere'",
                           "--town must be one line"}) {
    EXPECT_THAT(files.error().message, HasSubstr(part));
  }
  EXPECT_THAT(MakeStarterFiles({}).error().message, HasSubstr("--school is missing"));
}

class NastyText : public ::testing::TestWithParam<const char*> {};

TEST_P(NastyText, SurvivesYamlByItself) {
  for (const std::string& yaml :
       {QuoteYaml(GetParam()) + "\n", "key: " + QuoteYaml(GetParam()) + "\n",
        "{key: " + QuoteYaml(GetParam()) + ", other: [" + QuoteYaml(GetParam()) + "]}\n"}) {
    const core::Result<Section> root = ParseYaml("nasty.yaml", yaml);
    ASSERT_TRUE(root.has_value()) << yaml << root.error().message;
    const Section value = root->is_map() ? root->Find("key").value() : *root;
    EXPECT_TRUE(value.is_scalar()) << yaml;
    EXPECT_EQ(value.text(), GetParam()) << yaml;
  }
}

// Whatever a name holds, the files give it back exactly, or init refuses it: never a broken file,
// never a key that nobody asked for.
TEST_P(NastyText, ComesBackFromTheConfigurationOrIsRefused) {
  const std::string text = GetParam();
  InitOptions options = Full("conf");
  options.school = "Quillbrook " + text;
  options.town = text;
  options.type = text;
  const auto files = MakeStarterFiles(options);
  if (!files) {
    EXPECT_EQ(files.error().kind, core::ErrorKind::kBadInput);
    return;
  }
  Diagnostics problems;
  const auto read =
      ReadConfiguration("conf", files->schoolwatch_yaml, files->sources_yaml, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  ASSERT_EQ(read->settings.schools.size(), 1U);
  EXPECT_EQ(read->settings.schools[0].name, options.school);
  EXPECT_EQ(read->settings.schools[0].town, text);
  EXPECT_EQ(read->settings.schools[0].type, text);
  EXPECT_EQ(read->settings.contacts.size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(
    All, NastyText,
    ::testing::Values("plain", "St Mary's", "say \"hello\"", "back\\slash", "a: b", "a #b", "- a",
                      "? a", "[a]", "{a: b}", "a, b", "& anchor", "*alias", "!tag", "| block",
                      "> fold", "%TAG", "@at", "`tick`", "'", "\"", "\\", "''", " leading",
                      "trailing ", "true", "No", "null", "~", "1", "0x10", "1e3", ".inf",
                      "2026-11-21", "---", "...", "a:", ":a", "#", "<<", "=", "two\nlines",
                      "tab\there", "bell\a", "return\r", "\x1B[31m", "\x7F", "café", "Ysgol Ŵ",
                      "日本", "🏫", "\u0085", "\u00A0", "\u2028", "\u2029", "\u200B", "\u202E",
                      "\uFEFF", "${env:HOME}", "{{mustache}}", "{}", "{0}", "%s",
                      "x\nalerts: {channel: smtp}", "]", "}"));

struct KeyRow {
  const char* name;
  const char* key;
};
void PrintTo(const KeyRow& row, std::ostream* out) { *out << row.name; }

class Keys : public ::testing::TestWithParam<KeyRow> {};

TEST_P(Keys, AreShortAndPlain) { EXPECT_EQ(KeyFromName(GetParam().name), GetParam().key); }

INSTANTIATE_TEST_SUITE_P(
    All, Keys,
    ::testing::Values(KeyRow{"Quillbrook Academy", "quillbrook"},
                      KeyRow{"Quillbrook Church of England Primary School", "quillbrook"},
                      KeyRow{"St Mary's C.E. School, Quillbrook", "st_marys_quillbrook"},
                      KeyRow{"St Mary’s", "st_marys"}, KeyRow{"Ysgol Tŷ Gŵyn", "ysgol_ty_gwyn"},
                      KeyRow{"The Academy", "the_academy"}, KeyRow{"学校", "school"},
                      KeyRow{"../../etc/passwd", "etc_passwd"}, KeyRow{"", "school"},
                      KeyRow{"One Two Three Four Five Six Seven Eight Nine Ten",
                             "one_two_three_four_five_six_seven_eight"}));

}  // namespace
}  // namespace schoolwatch::config
