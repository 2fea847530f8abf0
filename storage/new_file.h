#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/file_descriptor.h"
#include "core/result.h"

namespace schoolwatch::storage {

// A file (0600) that is there whole or not at all, and never in another's place. Written beside
// itself as NAME.unfinished-XXXXXX, locked meanwhile, so that others know that somebody is at it.
// One thread.
class NewFile {
 public:
  // `begins`: what every file of this kind begins with. Opening one removes what was left over of
  // killed ones: those of this name, and, as names are often of the day, those that begin so.
  NewFile(std::filesystem::path path, std::string_view begins);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // kBadInput: there is such a file, or the path is a folder. kUnavailable: the disk.
  core::Result<void> Open();
  core::Result<void> Write(std::string_view bytes);
  // Gives it its name, on disk before this returns. kBadInput: another has it meanwhile.
  core::Result<void> Finish();

 private:
  void RemoveLeftOver() const;
  core::Result<void> Name();
  core::Result<void> FailExists() const;
  core::Result<void> FailErrno(std::string_view what) const;

  const std::filesystem::path path_;
  const std::string begins_;
  std::filesystem::path unfinished_;  // Empty: there is none.
  core::FileDescriptor descriptor_{-1};
};

}  // namespace schoolwatch::storage
