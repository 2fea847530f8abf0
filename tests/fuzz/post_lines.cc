// Files of posts: whatever they hold, each line is a post or a problem with its place.
#include "app/post_lines.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>

#include "core/text/fold.h"

namespace {

void Require(bool good) {
  if (!good) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  for (const app::PostsWanted& wanted :
       {app::PostsWanted{.labels = app::Labels::kNone, .half = app::Half::kBoth},
        app::PostsWanted{.labels = app::Labels::kNeeded, .half = app::Half::kOdd}}) {
    std::istringstream in(std::string(data, data + size));
    config::Diagnostics problems;
    int last = 0;
    app::ReadPostLines(in, "f", wanted, problems, [&last](const app::PostLine& line) {
      Require(line.where.line > last);
      last = line.where.line;
      Require(core::IsValidUtf8(line.post.text));
    });
    for (const config::Diagnostic& problem : problems.all()) {
      Require(problem.where.line > 0 && problem.where.column > 0 && !problem.message.empty());
    }
  }
  return 0;
}
