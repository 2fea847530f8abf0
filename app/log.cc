#include "app/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <sys/stat.h>

#include <atomic>
#include <iostream>

#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr std::size_t kKept = 5;

class FileLog final : public Log {
 public:
  explicit FileLog(std::shared_ptr<spdlog::sinks::sink> sink)
      : log_("schoolwatch", std::move(sink)) {
    log_.set_pattern("%Y-%m-%dT%H:%M:%SZ %P %l %v", spdlog::pattern_time_type::utc);
    log_.flush_on(spdlog::level::info);
    // Once, and in our words: cron mails what stands here, and a disk that is full stops the
    // command itself, which says so.
    log_.set_error_handler([told = std::make_shared<std::atomic_flag>()](const std::string& why) {
      if (!told->test_and_set()) {
        std::cerr << "schoolwatch: the log cannot be written, and misses what follows: "
                  << SafeForTerminal(why) << '\n';
      }
    });
  }
  // What came from outside must not forge lines of its own.
  void Info(std::string_view line) override { log_.info("{}", OneLine(line)); }
  void Warn(std::string_view line) override { log_.warn("{}", OneLine(line)); }

 private:
  static std::string OneLine(std::string_view line) {
    std::string text = SafeForTerminal(line);
    for (char& c : text) {
      if (c == '\n') {
        c = ' ';
      }
    }
    return text;
  }
  spdlog::logger log_;
};

}  // namespace

core::Result<std::unique_ptr<Log>> Log::Open(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "schoolwatch.log";
  // spdlog reports by exception only; this is one of the edges where they end.
  try {
    const mode_t before = umask(0077);
    auto sink =
        std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file.string(), kMaxBytes, kKept);
    umask(before);
    return std::make_unique<FileLog>(std::move(sink));
  } catch (const std::exception& error) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      "the log '" + file.string() + "' cannot be written: " + error.what());
  }
}

}  // namespace schoolwatch::app
