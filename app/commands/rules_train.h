#pragma once

#include <filesystem>
#include <iosfwd>
#include <vector>

#include "app/exit_code.h"
#include "app/post_lines.h"

namespace schoolwatch::app {

struct TrainOptions {
  std::vector<std::filesystem::path> corpora;
  // Files of posts without labels, about anything: they teach what is ordinary.
  std::vector<std::filesystem::path> ordinary;
  Half half = Half::kBoth;
  std::filesystem::path model;  // Where it is written; replaced whole.
};

// `rules train`: makes a second reader (matchers/second_reader.h) of labelled posts. Posts that are
// not about the school they are labelled for are left out: it is never asked about such.
ExitCode TrainReader(const TrainOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace schoolwatch::app
