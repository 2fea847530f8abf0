#include "app/platform_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/json_text.h"
#include "config/diagnostics.h"
#include "config/file.h"
#include "config/section.h"
#include "crawler/platforms/platform.h"
#include "crawler/readers/reader.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using core::ErrorKind;
using core::Fail;
using core::Result;

constexpr std::size_t kMaxSample = 16u << 20;
constexpr std::size_t kMaxSamples = 10'000;
constexpr std::size_t kMaxShown = 400;  // Of one value, in a difference.

struct SampleForm {
  std::string_view ending;
  std::string_view content_type;
};
constexpr std::array<SampleForm, 3> kForms = {
    {{".json", "application/json"}, {".xml", "application/xml"}, {".html", "text/html"}}};

Result<std::string> ReadNear(const fs::path& stem, std::string_view ending) {
  const fs::path file = stem.string() + std::string(ending);
  Result<std::string> bytes = config::ReadSmallFile(file, kMaxSample);
  return bytes ? std::move(bytes)
               : Result<std::string>(core::FailWith(file.string(), bytes.error()));
}

bool IsThere(const fs::path& stem, std::string_view ending) {
  std::error_code error;
  return fs::exists(stem.string() + std::string(ending), error);
}

Result<std::vector<json::object>> ParseLines(std::string_view lines, const fs::path& stem) {
  std::vector<json::object> rows;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    boost::system::error_code error;
    json::value row = json::parse(line, error);
    if (error || !row.is_object()) {
      return Fail(ErrorKind::kBadInput, fmt::format("{}.posts.jsonl: line {} is no JSON object",
                                                    stem.string(), rows.size() + 1));
    }
    rows.push_back(std::move(row.as_object()));
  }
  return rows;
}

std::string Shown(const json::value* value) {
  std::string text = value == nullptr ? "nothing" : json::serialize(*value);
  if (text.size() > kMaxShown) {
    text.resize(kMaxShown);
    text += "…";
  }
  return text;
}

// Lines that differ, by key; empty for none.
std::string Compare(const json::object& expected, const json::object& read) {
  std::set<std::string> keys;
  for (const json::object* one : {&expected, &read}) {
    for (const auto& entry : *one) {
      keys.emplace(entry.key());
    }
  }
  std::string lines;
  for (const std::string& key : keys) {
    const json::value* wanted = expected.if_contains(key);
    const json::value* got = read.if_contains(key);
    if (wanted == nullptr || got == nullptr || *wanted != *got) {
      lines += fmt::format("    {}\n      expected {}\n      read     {}\n", key, Shown(wanted),
                           Shown(got));
    }
  }
  return lines;
}

std::string ComparePosts(const std::vector<json::object>& expected,
                         const std::vector<core::Post>& read) {
  std::string lines;
  for (std::size_t i = 0; i < std::max(expected.size(), read.size()); ++i) {
    if (i >= expected.size()) {
      lines += fmt::format("  post {} is not expected: {}\n", i + 1,
                           Shown(std::array{json::value(ToJson(read[i]))}.data()));
    } else if (i >= read.size()) {
      lines += fmt::format("  post {} was not read: {}\n", i + 1,
                           Shown(std::array{json::value(expected[i])}.data()));
    } else {
      json::object got = ToJson(read[i]);
      if (expected[i].contains("thread_title")) {
        got["thread_title"] = read[i].thread_title;
      }
      if (const std::string difference = Compare(expected[i], got); !difference.empty()) {
        lines += fmt::format("  post {}:\n{}", i + 1, difference);
      }
    }
  }
  return lines;
}

std::string TextOf(std::string text) {
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

// What an answer that is an error says, as CASE.error has it; empty for other answers.
std::string ErrorOf(const Result<crawler::Document>& document) {
  if (!document) {
    return document.error().message.substr(0, document.error().message.find(':'));
  }
  return document->answer_error
             ? fmt::format("{}: {}", crawler::AnswerMeaningName(document->answer_error->meaning),
                           document->answer_error->words)
             : std::string();
}

std::string CompareText(std::string_view what, const std::string& expected,
                        const std::string& read) {
  return expected == read
             ? std::string()
             : fmt::format("  {}\n      expected {}\n      read     {}\n", what,
                           expected.empty() ? "none" : expected, read.empty() ? "none" : read);
}

Result<std::map<std::string, std::string>> RequestOf(const fs::path& stem) {
  std::map<std::string, std::string> values;
  if (!IsThere(stem, ".request.json")) {
    return values;
  }
  SW_ASSIGN(const std::string text, ReadNear(stem, ".request.json"));
  boost::system::error_code error;
  const json::value parsed = json::parse(text, error);
  if (error || !parsed.is_object()) {
    return Fail(ErrorKind::kBadInput, stem.string() + ".request.json is no JSON object");
  }
  for (const auto& entry : parsed.get_object()) {
    if (entry.value().is_string()) {
      values.emplace(entry.key(), entry.value().get_string().c_str());
    }
  }
  return values;
}

class Tester {
 public:
  Tester(const AnswerReaders& readers, PlatformTestResult& result)
      : readers_(readers), result_(result) {}

  Result<void> Test(const std::string& folder, const fs::path& file, const SampleForm& form) {
    const fs::path stem = file.parent_path() / file.stem();
    const auto recipe = readers_.recipes.find(folder);
    const bool has_recipe = recipe != readers_.recipes.end();
    SW_ASSIGN(const std::string body, ReadNear(stem, form.ending));
    SW_ASSIGN(const auto request, RequestOf(stem));
    crawler::RawDocument raw;
    if (auto url = core::HttpUrl::Parse(
            fmt::format("https://{}.example/sample", folder.substr(folder.rfind('/') + 1)))) {
      raw.url = *std::move(url);
    }
    raw.content_type = form.content_type;
    raw.body = body;
    crawler::ReadOptions options;
    options.recipe = has_recipe ? recipe->second.get() : nullptr;
    options.request = &request;
    options.engines = &readers_.engines;
    options.redirects = &readers_.redirects;
    const Result<crawler::Document> document = crawler::ReadDocument(raw, options);
    SampleResult sample{.name = folder + "/" + file.stem().string(), .difference = {}};
    std::string expected_error;
    if (IsThere(stem, ".error")) {
      SW_ASSIGN(expected_error, ReadNear(stem, ".error"));
    }
    sample.difference = CompareText("error", TextOf(expected_error), ErrorOf(document));
    if (IsThere(stem, ".posts.jsonl")) {
      SW_ASSIGN(const std::string lines, ReadNear(stem, ".posts.jsonl"));
      SW_ASSIGN(const std::vector<json::object> expected, ParseLines(lines, stem));
      sample.difference +=
          ComparePosts(expected, document ? document->posts : std::vector<core::Post>());
      result_.posts += expected.size();
    } else if (expected_error.empty()) {
      sample.difference += "  neither .posts.jsonl nor .error is beside it\n";
    }
    std::string gone;
    if (IsThere(stem, ".gone")) {
      SW_ASSIGN(gone, ReadNear(stem, ".gone"));
    }
    std::string read_gone;
    for (const std::string& id : document ? document->gone : std::vector<std::string>()) {
      read_gone += (read_gone.empty() ? "" : "\n") + id;
    }
    sample.difference += CompareText("gone", TextOf(gone), read_gone);
    result_.samples.push_back(std::move(sample));
    tested_.insert(folder);
    return {};
  }

  const std::set<std::string>& tested() const { return tested_; }

 private:
  const AnswerReaders& readers_;
  PlatformTestResult& result_;
  std::set<std::string> tested_;
};

// "CASE.json", but not "CASE.request.json".
const SampleForm* FormOf(const fs::path& file) {
  for (const SampleForm& form : kForms) {
    if (file.extension() == form.ending && file.stem().extension().empty()) {
      return &form;
    }
  }
  return nullptr;
}

}  // namespace

bool PlatformTestResult::is_fine() const {
  return untested.empty() && std::ranges::all_of(samples, [](const SampleResult& sample) {
           return sample.difference.empty();
         });
}

Result<PlatformTestResult> TestPlatforms(const AnswerReaders& readers, const fs::path& folder,
                                         const std::string& only) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (FormOf(it->path()) != nullptr && files.size() < kMaxSamples) {
      files.push_back(it->path());
    }
  }
  if (error) {
    return Fail(ErrorKind::kNotFound, fmt::format("{}: {}", folder.string(), error.message()));
  }
  std::ranges::sort(files);
  PlatformTestResult result;
  Tester tester(readers, result);
  const auto wanted = [&only](const std::string& name) {
    return only.empty() || name == only || name.starts_with(only + "/");
  };
  for (const fs::path& file : files) {
    const std::string name = file.parent_path().lexically_relative(folder).generic_string();
    if (wanted(name)) {
      SW_TRY(tester.Test(name, file, *FormOf(file)));
    }
  }
  for (const auto& [name, recipe] : readers.recipes) {
    if (wanted(name) && !tester.tested().contains(name)) {
      result.untested.push_back(name);
    }
  }
  if (result.samples.empty() && result.untested.empty()) {
    return Fail(ErrorKind::kNotFound,
                only.empty() ? fmt::format("no sample lies below {}", folder.string())
                             : fmt::format("neither a recipe nor a folder of {} is called '{}'",
                                           folder.string(), only));
  }
  return result;
}

Result<std::shared_ptr<const crawler::Recipe>> FindRecipe(const AnswerReaders& readers,
                                                          const std::string& name) {
  if (const auto known = readers.recipes.find(name); known != readers.recipes.end()) {
    return known->second;
  }
  if (name.ends_with(".yaml")) {
    config::Diagnostics problems;
    if (const auto section = config::LoadYamlFile(name, problems)) {
      if (auto recipe = crawler::ReadRecipe(fs::path(name).stem().string(), *section, problems)) {
        return std::make_shared<const crawler::Recipe>(*std::move(recipe));
      }
    }
    SW_TRY(problems.ToResult());
  }
  std::string names;
  for (const auto& [one, recipe] : readers.recipes) {
    names += (names.empty() ? "" : ", ") + one;
  }
  return Fail(ErrorKind::kNotFound,
              fmt::format("there is no recipe '{}'; known are {}", name, names));
}

Result<AnswerReaders> LoadAnswerReaders(const fs::path& data_dir) {
  config::Diagnostics problems;
  AnswerReaders readers;
  readers.recipes = crawler::LoadRecipes(data_dir / "answers", problems);
  readers.recipes.merge(crawler::AnswersOf(
      crawler::LoadPlatforms(data_dir / "platforms", readers.recipes, problems)));
  readers.engines = crawler::LoadEngines(data_dir / "engines", problems);
  readers.redirects = crawler::LoadRedirects(data_dir / "redirects.yaml", problems);
  SW_TRY(problems.ToResult());
  return readers;
}

}  // namespace schoolwatch::app
