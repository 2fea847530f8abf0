#include "app/intake/zipped_chat.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/hash.h"

namespace schoolwatch::app {
namespace {

std::string Zip(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string bytes(64u << 20, '\0');
  std::size_t used = 0;
  archive* const writer = archive_write_new();
  archive_write_set_format_zip(writer);
  EXPECT_EQ(archive_write_open_memory(writer, bytes.data(), bytes.size(), &used), ARCHIVE_OK);
  for (const auto& [name, content] : files) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

constexpr const char* kChat = "17/11/2026, 20:03 - Dana K: hello\n";

std::string ReadAll(const ByteSource& source) {
  std::string all;
  EXPECT_TRUE(source([&all](std::string_view piece) {
                all += piece;
                return true;
              }).has_value());
  return all;
}

TEST(ZippedChatTest, ChatIsReadAgainAndPicturesAreHashes) {
  const std::string zip = Zip({{"00000031-PHOTO.jpg", "PICTURE"}, {"_chat.txt", kChat}});
  const auto found = LookIntoZip(std::string_view(zip), {});
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->entry, "_chat.txt");
  EXPECT_EQ(ReadAll(found->chat), kChat);
  EXPECT_EQ(ReadAll(found->chat), kChat);
  ASSERT_EQ(found->pictures.size(), 1u);
  EXPECT_EQ(found->pictures[0].sha256, core::ToHex(core::HashSha256("PICTURE")));
  EXPECT_EQ(found->pictures[0].size, 7u);
}

TEST(ZippedChatTest, WithoutAChatThereIsNone) {
  const std::string zip = Zip({{"notes.txt", "words"}});
  const auto found = LookIntoZip(std::string_view(zip), {});
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->chat);
  EXPECT_EQ(found->others.size(), 1u);
}

TEST(ZippedChatTest, BombIsRefused) {
  const std::string zip = Zip({{"_chat.txt", kChat + std::string(20u << 20, 'a')}});
  EXPECT_LT(zip.size(), 100'000u);
  EXPECT_FALSE(LookIntoZip(std::string_view(zip), {}).has_value()) << "by its ratio";
  EXPECT_FALSE(LookIntoZip(std::string_view(zip), {.unpacked_bytes = 1u << 20, .ratio = 1'000'000})
                   .has_value());
}

TEST(ZippedChatTest, NamesThatLeadOutAreRefused) {
  for (const std::string name : {"../_chat.txt", "/etc/x.txt", "a/../../x.txt", "..\\x.txt"}) {
    const std::string zip = Zip({{name, kChat}});
    EXPECT_FALSE(LookIntoZip(std::string_view(zip), {}).has_value()) << name;
  }
}

TEST(ZippedChatTest, TooManyFilesAreRefused) {
  const std::string zip = Zip({{"a.txt", "x"}, {"b.txt", "x"}, {"c.txt", "x"}});
  EXPECT_FALSE(LookIntoZip(std::string_view(zip), {.entries = 2}).has_value());
}

TEST(ZippedChatTest, DamageIsRefusedAndNothingCrashes) {
  const std::string zip = Zip({{"_chat.txt", kChat}, {"b.txt", "words"}});
  for (std::size_t size = 0; size < zip.size(); size += 7) {
    const auto found = LookIntoZip(std::string_view(zip).substr(0, size), {});
    if (found && found->chat) {
      (void)found->chat([](std::string_view) { return true; });
    }
  }
  EXPECT_FALSE(LookIntoZip(std::string_view("no zip at all"), {}).has_value());
}

}  // namespace
}  // namespace schoolwatch::app
