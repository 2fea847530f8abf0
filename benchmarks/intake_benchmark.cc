// An exported chat of 200 MB, read from a file and judged: the aim is under 10 seconds and 100 MB
// of memory. Time is the clock's, CPU that of all threads, as judging uses every core. One message
// in fifty speaks of the school. Beside it, the same file read line by line by std::getline, which
// is the least that anything must do with it. SW_CHAT_MB sets another size.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/intake/byte_source.h"
#include "app/intake/chat_judging.h"
#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

std::size_t Megabytes() {
  const char* const given = std::getenv("SW_CHAT_MB");
  return given == nullptr ? 200 : static_cast<std::size_t>(std::atoi(given));
}

// Removed at the end.
class ChatFile {
 public:
  ChatFile() : path_(fs::temp_directory_path() / "schoolwatch-benchmark-chat.txt") {
    std::ofstream out(path_, std::ios::binary);
    const std::size_t wanted = Megabytes() << 20;
    std::string line;
    for (std::size_t i = 0, size = 0; size < wanted; ++i) {
      char stamp[64];
      const std::size_t minute = i / 4;
      std::snprintf(stamp, sizeof(stamp), "%02zu/%02zu/20%02zu, %02zu:%02zu - ",
                    1 + minute / 1440 % 28, 1 + minute / 40320 % 12, 10 + minute / 483840 % 80,
                    minute / 60 % 24, minute % 60);
      line = stamp;
      line += "Member Number " + std::to_string(i % 120) + ": ";
      if (i % 50 == 0) {
        line += i % 1000 == 0 ? "a teacher at Quillbrook Academy hit a child in the playground"
                              : "what time does school finish on friday, does anybody know?";
      } else {
        line += i % 3 == 0 ? "see you at the pool on sunday, we bring the towels and some cake"
                           : "thanks, that is really kind of you, speak soon";
      }
      line += '\n';
      out << line;
      size += line.size();
    }
  }
  ChatFile(const ChatFile&) = delete;
  ChatFile& operator=(const ChatFile&) = delete;
  ~ChatFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

const ChatFile& Chat() {
  static const ChatFile kChat;
  return kChat;
}

// The most that the program has ever held, in MB.
double PeakMegabytes() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) {
      return std::strtod(line.c_str() + 6, nullptr) / 1024;
    }
  }
  return 0;
}

void ReadLines(benchmark::State& state) {
  const fs::path& path = Chat().path();
  for (auto _ : state) {
    std::ifstream in(path);
    std::string line;
    std::size_t lines = 0;
    while (std::getline(in, line)) {
      ++lines;
    }
    benchmark::DoNotOptimize(lines);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * fs::file_size(path)));
}
BENCHMARK(ReadLines)->Unit(benchmark::kMillisecond)->Iterations(1);

void JudgeWholeChat(benchmark::State& state) {
  const Workspace workspace = TestWorkspace();
  const fs::path& path = Chat().path();
  const double before = PeakMegabytes();
  JudgedChat judged;
  for (auto _ : state) {
    auto result = JudgeChat(SourceOfFile(path, std::size_t{4} << 30), *workspace.judge,
                            {.name = "Y6", .page_of = "quillbrook"});
    if (!result) {
      state.SkipWithError(result.error().message.c_str());
      return;
    }
    judged = *std::move(result);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * fs::file_size(path)));
  state.counters["messages"] = static_cast<double>(judged.messages);
  state.counters["judged"] = static_cast<double>(judged.looked_at);
  state.counters["kept"] = static_cast<double>(judged.kept.size());
  state.counters["peak_MB"] = PeakMegabytes();
  state.counters["peak_MB_before"] = before;
}
BENCHMARK(JudgeWholeChat)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace schoolwatch::app
