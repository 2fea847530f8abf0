#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace schoolwatch::hostile {

// What `run --json` said of one source.
struct SourceLines {
  std::size_t documents = 0;
  std::size_t failed = 0;
  std::size_t findings = 0;
  std::string trouble;
  std::vector<std::string> details;  // Of its `refused`, `failed` and `note` lines, in words.
};

// One run of the real program, finished.
struct ProgramRun {
  bool in_time = false;  // Else it was killed.
  int exit_status = -1;
  std::chrono::milliseconds elapsed{0};
  std::chrono::milliseconds processor_time{0};
  std::size_t peak_kilobytes = 0;  // Resident.
  std::map<std::string, SourceLines> sources;
  bool reached_time_limit = false;
  std::size_t requests = 0;
  std::string output;
  std::string errors;
  std::vector<std::string> contacts;  // Outside loopback, as loopback_only.cc writes them down.
};

// Runs `program` with `arguments` and `preload`, and kills it after `patience`.
ProgramRun RunProgram(const std::filesystem::path& program,
                      const std::vector<std::string>& arguments,
                      const std::filesystem::path& preload, const std::filesystem::path& folder,
                      std::chrono::seconds patience);

}  // namespace schoolwatch::hostile
