#include "app/commands/platforms_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string_view>

#include "app/platform_tests.h"
#include "app/terminal.h"

namespace schoolwatch::app {

ExitCode PlatformsTestCommand(const std::filesystem::path& data_dir,
                              const std::filesystem::path& samples, const std::string& only,
                              std::ostream& out, std::ostream& errors) {
  const auto fail = [&errors](const core::Error& error) {
    errors << "schoolwatch: " << error.message << '\n';
    return ExitCode::kUsage;
  };
  const core::Result<AnswerReaders> readers = LoadAnswerReaders(data_dir);
  if (!readers) {
    return fail(readers.error());
  }
  const std::filesystem::path folder =
      samples.empty() ? data_dir.parent_path() / "tests" / "data" / "platforms" : samples;
  const core::Result<PlatformTestResult> result = TestPlatforms(*readers, folder, only);
  if (!result) {
    return fail(result.error());
  }
  std::size_t wrong = 0;
  for (const SampleResult& sample : result->samples) {
    if (!sample.difference.empty()) {
      ++wrong;
      out << sample.name << '\n';
      // What platforms send is shown to a person.
      for (std::string_view rest = sample.difference; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        out << SafeForTerminal(rest.substr(0, end)) << '\n';
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
  }
  for (const std::string& name : result->untested) {
    out << name << ": has no sample in " << folder.string() << '\n';
  }
  out << fmt::format("{} samples with {} posts: {} read as they should be, {} not{}\n",
                     result->samples.size(), result->posts, result->samples.size() - wrong, wrong,
                     result->untested.empty()
                         ? ""
                         : fmt::format("; {} recipes without a sample", result->untested.size()));
  return result->is_fine() ? ExitCode::kDone : ExitCode::kActionNeeded;
}

}  // namespace schoolwatch::app
