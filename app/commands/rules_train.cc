#include "app/commands/rules_train.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "config/language.h"
#include "matchers/second_reader.h"

namespace schoolwatch::app {

namespace {

// The words of a school's key ("st_orlas") that are no everyday ones.
std::vector<std::string> NamesIn(std::string_view key) {
  constexpr std::size_t kShortest = 4;
  std::vector<std::string> names;
  for (std::size_t at = 0; at < key.size();) {
    const std::size_t end = std::min(key.find('_', at), key.size());
    const std::string_view word = key.substr(at, end - at);
    if (word.size() >= kShortest && !config::IsEverydayWord(word)) {
      names.emplace_back(word);
    }
    at = end + 1;
  }
  return names;
}

}  // namespace

ExitCode TrainReader(const TrainOptions& options, std::ostream& out, std::ostream& errors) {
  std::vector<matchers::JudgedPost> posts;
  std::size_t left_out = 0;
  for (const std::filesystem::path& corpus : options.corpora) {
    const auto read =
        ReadPostFile(corpus, {.labels = Labels::kNeeded, .half = options.half}, [&](PostLine line) {
          if (line.label.mentions) {
            posts.push_back({std::move(line.post), std::move(line.label.categories),
                             line.label.severity, NamesIn(line.label.school)});
          } else {
            ++left_out;
          }
        });
    if (!read) {
      return ReportError(read.error(), errors);
    }
  }
  std::vector<core::Post> ordinary;
  for (const std::filesystem::path& file : options.ordinary) {
    const auto read =
        ReadPostFile(file, {}, [&](PostLine line) { ordinary.push_back(std::move(line.post)); });
    if (!read) {
      return ReportError(read.error(), errors);
    }
  }
  if (const auto trained = matchers::TrainSecondReader(posts, ordinary, options.model); !trained) {
    return ReportError(trained.error(), errors);
  }
  const auto reader = matchers::LoadSecondReader(options.model);
  if (!reader) {
    return ReportError(reader.error(), errors);
  }
  out << fmt::format(
      "Trained on {} posts ({} that are not about the school were left out) and {} ordinary "
      "ones: {}, model {}.\n"
      "Measure it on posts that it has not seen, against none:\n"
      "  schoolwatch rules eval OTHER.jsonl --second-reader {}\n"
      "  schoolwatch rules eval OTHER.jsonl --second-reader off\n",
      posts.size(), left_out, ordinary.size(), options.model.string(), (*reader)->version(),
      options.model.string());
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
