#include "config/init.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "config/checks.h"
#include "config/school_checks.h"
#include "config/settings.h"
#include "config/starter_pack.h"
#include "config/starter_text.h"

namespace schoolwatch::config {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using core::Fail;

// Latin letters with marks, as far as names of places in these islands have them.
struct Plain {
  std::string_view marked;
  std::string_view plain;
};
constexpr Plain kPlain[] = {
    {"áàâäãå", "a"}, {"ÁÀÂÄÃÅ", "a"}, {"éèêë", "e"}, {"ÉÈÊË", "e"}, {"íìîï", "i"}, {"ÍÌÎÏ", "i"},
    {"óòôöõ", "o"},  {"ÓÒÔÖÕ", "o"},  {"úùûü", "u"}, {"ÚÙÛÜ", "u"}, {"ýÿŷ", "y"},  {"ÝŶ", "y"},
    {"ŵ", "w"},      {"Ŵ", "w"},      {"çć", "c"},   {"Ç", "c"},    {"ñ", "n"},    {"Ñ", "n"},
    {"æÆ", "ae"},    {"œŒ", "oe"},    {"øØ", "o"},   {"ß", "ss"},
};

// Every character above takes two bytes.
std::string_view WithoutMark(std::string_view character) {
  for (const auto& [marked, plain] : kPlain) {
    for (std::size_t at = 0; at + 2 <= marked.size(); at += 2) {
      if (marked.substr(at, 2) == character) {
        return plain;
      }
    }
  }
  return {};
}

std::vector<std::string> PlainWords(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t at = 0; at < name.size();) {
    const auto byte = static_cast<unsigned char>(name[at]);
    if (byte >= 0x80U) {
      if (name.substr(at, 3) == "’" || name.substr(at, 3) == "‘") {
        at += 3;
        continue;
      }
      words.back() += WithoutMark(name.substr(at, 2));
      at += byte < 0xE0U ? 2 : byte < 0xF0U ? 3 : 4;
      continue;
    }
    const char c = name[at++];
    if (c >= 'A' && c <= 'Z') {
      words.back() += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      words.back() += c;
    } else if (c != '\'' && !words.back().empty()) {
      words.emplace_back();
    }
  }
  std::erase(words, "");
  return words;
}

constexpr std::string_view kLeftOutOfKeys[] = {
    "the",    "school", "academy",  "college",   "primary", "secondary",     "high",      "junior",
    "infant", "and",    "nursery",  "church",    "of",      "england",       "c",         "e",
    "ce",     "rc",     "catholic", "community", "trust",   "comprehensive", "voluntary",
};

// A single line of valid text; the option's own check, where it has one, comes after.
core::Result<void> CheckLine(std::string_view option, const std::string& value, std::size_t most) {
  const bool is_line = std::ranges::none_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20U || byte == 0x7FU;
  });
  if (!is_line) {
    return Fail(ErrorKind::kBadInput,
                fmt::format("{} must be one line without control characters", option));
  }
  if (value.size() > most) {
    return Fail(ErrorKind::kBadInput,
                fmt::format("{} is too long: at most {} bytes", option, most));
  }
  return {};
}

core::Result<void> CheckTelegramName(const std::string& name) {
  const bool is_name =
      name.size() >= 4 && name.size() <= 32 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
      });
  if (!is_name) {
    return Fail(
        ErrorKind::kBadInput,
        "the name of a public channel is wanted, as in t.me/QuillbrookNews: letters, digits "
        "and '_', 4 to 32 of them");
  }
  return {};
}

struct OptionCheck {
  std::string_view name;
  const std::string& value;
  std::size_t most;
  core::Result<void> (*check)(const std::string&);
};

core::Result<void> CheckContact(const std::string& contact) {
  return contact.contains("://") ? CheckHttpUrl(contact) : CheckMailAddress(contact);
}

core::Result<void> CheckOptions(const InitOptions& options) {
  if (options.school.empty()) {
    return Fail(ErrorKind::kBadInput, "--school is missing: the school's full name");
  }
  if (options.to.empty()) {
    return Fail(ErrorKind::kBadInput, "--to is missing: the headteacher's mail address");
  }
  std::vector<OptionCheck> checks{
      {"--school", options.school, 200, CheckSchoolName},
      {"--type", options.type, 100, nullptr},
      {"--town", options.town, 100, nullptr},
      {"--postcode", options.postcode, 10, CheckPostcode},
      {"--to", options.to, 254, CheckMailAddress},
      {"--dsl", options.dsl, 254, CheckMailAddress},
      {"--chair", options.chair, 254, CheckMailAddress},
      {"--contact", options.contact, 254, CheckContact},
      {"--site", options.site, 253, CheckHost},
  };
  const auto add = [&checks](std::string_view name, const std::vector<std::string>& values,
                             std::size_t most, auto check) {
    for (const std::string& value : values) {
      checks.push_back({name, value, most, check});
    }
  };
  add("--handle", options.handles, 100, CheckHandle);
  add("--paper", options.papers, 2000, CheckHttpUrl);
  add("--forum", options.forums, 2000, CheckHttpUrl);
  add("--telegram", options.telegram, 32, CheckTelegramName);
  std::string wrong;
  for (const OptionCheck& one : checks) {
    if (one.value.empty()) {
      continue;
    }
    core::Result<void> result = CheckLine(one.name, one.value, one.most);
    if (result && one.check != nullptr) {
      result = one.check(one.value);
      if (!result) {
        result = Fail(
            ErrorKind::kBadInput,
            fmt::format("{} is '{}': {}", one.name, ForMessage(one.value), result.error().message));
      }
    }
    if (!result) {
      wrong += (wrong.empty() ? "" : "\n") + result.error().message;
    }
  }
  core::School school;
  school.name = options.school;
  school.town = options.town;
  school.postcode = options.postcode;
  if (wrong.empty() && !FindSchoolProblems(school).empty()) {
    wrong = fmt::format(
        "--school is '{}', which means other things and other schools, too: give --town and "
        "--postcode",
        ForMessage(options.school));
  }
  if (!wrong.empty()) {
    return Fail(ErrorKind::kBadInput, wrong);
  }
  return {};
}

std::string SystemMessage(int code) { return std::generic_category().message(code); }

// Creates a file that must not be there yet and writes it to the disk.
core::Result<void> WriteNew(const fs::path& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (file < 0) {
    const int code = errno;
    return Fail(code == EEXIST ? ErrorKind::kBadInput : ErrorKind::kUnavailable,
                fmt::format("{} cannot be written: {}", path.string(), SystemMessage(code)));
  }
  int code = ::fchmod(file, 0640) == 0 ? 0 : errno;
  while (code == 0 && !bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      code = errno;
    }
  }
  if (code == 0 && ::fsync(file) != 0) {
    code = errno;
  }
  if (::close(file) != 0 && code == 0) {
    code = errno;
  }
  if (code != 0) {
    ::unlink(path.c_str());
    return Fail(ErrorKind::kUnavailable,
                fmt::format("{} cannot be written: {}", path.string(), SystemMessage(code)));
  }
  return {};
}

core::Result<void> MakeFolder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) {
    return {};
  }
  fs::create_directories(folder.parent_path().empty() ? fs::path(".") : folder.parent_path(),
                         error);
  if (::mkdir(folder.c_str(), 0750) != 0 && errno != EEXIST) {
    return Fail(ErrorKind::kUnavailable, fmt::format("the folder {} cannot be made: {}",
                                                     folder.string(), SystemMessage(errno)));
  }
  return {};
}

}  // namespace

std::string KeyFromName(std::string_view name) {
  constexpr std::size_t kMaxKey = 40;
  const std::vector<std::string> words = PlainWords(name);
  const auto join = [&](auto keep) {
    std::string key;
    for (const std::string& word : words) {
      if (keep(word) && key.size() + 1 + word.size() <= kMaxKey) {
        key += (key.empty() ? "" : "_") + word;
      }
    }
    return key;
  };
  std::string key = join([](const std::string& word) {
    return std::ranges::find(kLeftOutOfKeys, word) == std::end(kLeftOutOfKeys);
  });
  if (key.empty()) {
    key = join([](const std::string&) { return true; });
  }
  return key.empty() ? "school" : key;
}

core::Result<StarterFiles> MakeStarterFiles(const InitOptions& options, const StarterPack& pack,
                                            const std::set<std::string>& platforms) {
  SW_TRY(CheckOptions(options));
  const std::string key = KeyFromName(options.school);
  StarterFiles files{StarterSettings(options, key),
                     StarterSources(pack, StarterValuesOf(options, key), platforms),
                     StarterRules(options),
                     {}};
  // The options were checked one by one; this is the proof that the whole is right, for text that
  // is not valid UTF-8 and for whatever the checks above do not know.
  Diagnostics problems;
  if (const auto read = ReadConfiguration(options.folder, files.schoolwatch_yaml,
                                          files.sources_yaml, problems, Secrets::kLeave);
      !read) {
    return core::FailWith("with these options the configuration would not be valid", read.error());
  }
  return files;
}

core::Result<std::string> WriteConfiguration(const InitOptions& options,
                                             const StarterFiles& files) {
  if (options.folder.empty()) {
    return Fail(ErrorKind::kBadInput, "the folder to write to is missing");
  }
  std::vector<std::pair<fs::path, std::string_view>> plan{
      {options.folder / "schoolwatch.yaml", files.schoolwatch_yaml},
      {options.folder / "sources.yaml", files.sources_yaml},
      {options.folder / "rules" / "local.yaml", files.local_rules_yaml},
  };
  if (!files.platforms_to_do_md.empty()) {
    plan.emplace_back(options.folder / "platforms-to-do.md", files.platforms_to_do_md);
  }
  for (const auto& [path, bytes] : plan) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(path, error))) {
      return Fail(ErrorKind::kBadInput,
                  fmt::format("{} is there already: nothing was written. Choose another folder, or "
                              "edit the file",
                              path.string()));
    }
  }
  SW_TRY(MakeFolder(options.folder));
  SW_TRY(MakeFolder(options.folder / "rules"));
  std::vector<fs::path> written;
  for (const auto& [path, bytes] : plan) {
    if (core::Result<void> result = WriteNew(path, bytes); !result) {
      for (const fs::path& done : written) {
        std::error_code ignored;
        fs::remove(done, ignored);
      }
      return Fail(std::move(result).error());
    }
    written.push_back(path);
  }
  return AfterInit(options, !files.platforms_to_do_md.empty());
}

}  // namespace schoolwatch::config
