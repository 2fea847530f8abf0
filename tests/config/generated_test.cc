// What is generated from the tables and kept in the repository is what the tables say. To write it
// anew: SCHOOLWATCH_UPDATE_GENERATED=1 build/dev/tests/config/config_test
// --gtest_filter='Generated*'
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "config/settings_schema.h"

namespace schoolwatch::config {
namespace {

constexpr const char* kHow =
    "; to write it anew: SCHOOLWATCH_UPDATE_GENERATED=1 build/dev/tests/config/config_test "
    "--gtest_filter='Generated*', then look at the difference";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Compare(const std::filesystem::path& path, const std::string& generated) {
  if (std::getenv("SCHOOLWATCH_UPDATE_GENERATED") != nullptr) {
    std::ofstream(path, std::ios::binary) << generated;
  }
  EXPECT_EQ(ReadFile(path), generated) << path << kHow;
}

// `document` with what stands between the markers of `name` replaced.
std::string WithPart(const std::string& document, const std::string& name,
                     const std::string& part) {
  const std::string begin = "<!-- generated: " + name + " -->\n";
  const std::string end = "<!-- end of " + name + " -->\n";
  const std::size_t from = document.find(begin);
  const std::size_t to = document.find(end);
  EXPECT_TRUE(from != std::string::npos && to != std::string::npos) << name;
  if (from == std::string::npos || to == std::string::npos) {
    return document;
  }
  return document.substr(0, from + begin.size()) + part + document.substr(to);
}

TEST(Generated, SchemasAreCurrent) {
  for (const auto& [name, text] : AllSchemas()) {
    const std::string stem = std::filesystem::path(name).stem().string();
    Compare(std::filesystem::path(SW_SOURCE_DIR "/config/schema") / (stem + ".schema.json"), text);
  }
}

TEST(Generated, SchemasAreJson) {
  for (const auto& [name, text] : AllSchemas()) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(text, error);
    ASSERT_FALSE(error) << name << ": " << error.message();
    EXPECT_EQ(value.at("$schema").as_string(), "https://json-schema.org/draft/2020-12/schema");
  }
}

TEST(Generated, ReferenceIsCurrent) {
  const std::filesystem::path path = SW_SOURCE_DIR "/docs/configuration.md";
  std::string document = ReadFile(path);
  document = WithPart(document, "schoolwatch.yaml", SettingsSchema().ToReference());
  document = WithPart(document, "sources.yaml", SourcesSchema().ToReference());
  Compare(path, document);
}

TEST(Generated, PeriodsInTheDataProtectionPaperAreCurrent) {
  const std::filesystem::path path = SW_SOURCE_DIR "/docs/data-protection.md";
  Compare(path, WithPart(ReadFile(path), "retention", RetentionSchema().ToReference()));
}

// Every example in the tables can be copied into a file as it stands.
void CheckExamples(const spec::Object& object) {
  const std::shared_ptr<const void> made = object.make();
  for (const spec::Field& field : object.fields) {
    if (field.is_refused) {
      continue;
    }
    EXPECT_FALSE(field.help.empty()) << field.key;
    if (!field.example.empty() && field.value->kind != spec::Kind::kSecret) {
      const core::Result<Section> example = ParseYaml(field.key, field.example);
      ASSERT_TRUE(example.has_value()) << example.error().message;
      Diagnostics problems;
      const std::shared_ptr<const void> target = object.make();
      spec::Bind(*field.value, *example, field.member(const_cast<void*>(target.get())),
                 {problems, false});
      EXPECT_TRUE(problems.empty()) << problems.ToText();
    }
    const spec::Value* value = field.value.get();
    while (value->item) {
      value = value->item.get();
    }
    if (value->object) {
      CheckExamples(*value->object);
    }
  }
}

TEST(Generated, ExamplesAreValid) {
  CheckExamples(SettingsSchema().object());
  CheckExamples(SourcesSchema().object());
}

}  // namespace
}  // namespace schoolwatch::config
