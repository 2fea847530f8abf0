#include "tests/hostile/program_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <thread>

namespace schoolwatch::hostile {
namespace {

namespace json = boost::json;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The most that the process had resident so far. Not from wait4: there a child begins with what its
// parent had.
std::size_t PeakKilobytes(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) {
      return std::strtoul(line.c_str() + 6, nullptr, 10);
    }
  }
  return 0;
}

std::string TextOf(const json::object& line, std::string_view key) {
  const json::value* const value = line.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::size_t NumberOf(const json::object& line, std::string_view key) {
  const json::value* const value = line.if_contains(key);
  return value == nullptr ? 0 : value->to_number<std::size_t>();
}

void ReadLine(const json::object& line, ProgramRun& run) {
  const std::string type = TextOf(line, "type");
  if (type == "source") {
    SourceLines& source = run.sources[TextOf(line, "name")];
    source.documents = NumberOf(line, "documents");
    source.failed = NumberOf(line, "failed");
    source.findings = NumberOf(line, "findings");
    source.trouble = TextOf(line, "trouble");
  } else if (type == "refused") {
    run.sources[TextOf(line, "source")].details.push_back(fmt::format(
        "refused {}: {}: {}", TextOf(line, "url"), TextOf(line, "reason"), TextOf(line, "detail")));
  } else if (type == "failed") {
    run.sources[TextOf(line, "source")].details.push_back(
        fmt::format("failed {}: {}", TextOf(line, "url"), TextOf(line, "error")));
  } else if (type == "note") {
    const std::string text = TextOf(line, "text");
    run.sources[text.substr(0, text.find(':'))].details.push_back("note " + text);
  } else if (type == "summary") {
    run.reached_time_limit = line.at("reached_time_limit").as_bool();
    run.requests = NumberOf(line, "requests");
  }
}

pid_t Start(const std::filesystem::path& program, const std::vector<std::string>& arguments,
            const std::filesystem::path& preload, const std::filesystem::path& folder) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  const std::string out = folder / "stdout";
  const std::string err = folder / "stderr";
  const std::string contacts = folder / "contacts";
  const char* const options = std::getenv("ASAN_OPTIONS");
  // A preloaded library comes before the sanitizer's, which it would refuse.
  const std::string asan =
      fmt::format("{}{}verify_asan_link_order=0", options == nullptr ? "" : options,
                  options == nullptr ? "" : ":");
  const pid_t process = fork();
  if (process == 0) {
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    setenv("LD_PRELOAD", preload.c_str(), 1);
    setenv("SW_HOSTILE_CONTACTS", contacts.c_str(), 1);
    setenv("ASAN_OPTIONS", asan.c_str(), 1);
    execv(argv[0], argv.data());
    _exit(127);
  }
  return process;
}

}  // namespace

ProgramRun RunProgram(const std::filesystem::path& program,
                      const std::vector<std::string>& arguments,
                      const std::filesystem::path& preload, const std::filesystem::path& folder,
                      std::chrono::seconds patience) {
  ProgramRun run;
  const auto began = std::chrono::steady_clock::now();
  const pid_t process = Start(program, arguments, preload, folder);
  if (process < 0) {
    return run;
  }
  int status = 0;
  rusage used{};
  run.in_time = true;
  while (wait4(process, &status, WNOHANG, &used) == 0) {
    run.peak_kilobytes = std::max(run.peak_kilobytes, PeakKilobytes(process));
    if (run.in_time && std::chrono::steady_clock::now() - began > patience) {
      run.in_time = false;
      kill(process, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  run.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  for (const timeval& time : {used.ru_utime, used.ru_stime}) {
    run.processor_time += std::chrono::milliseconds(time.tv_sec * 1000 + time.tv_usec / 1000);
  }
  run.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.output = ReadFile(folder / "stdout");
  run.errors = ReadFile(folder / "stderr");
  std::istringstream lines(run.output);
  for (std::string line; std::getline(lines, line);) {
    boost::system::error_code error;
    const json::value value = json::parse(line, error);
    if (!error && value.is_object()) {
      ReadLine(value.get_object(), run);
    }
  }
  std::istringstream contacts(ReadFile(folder / "contacts"));
  for (std::string line; std::getline(contacts, line);) {
    run.contacts.push_back(line);
  }
  return run;
}

}  // namespace schoolwatch::hostile
