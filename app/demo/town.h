#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::app {

// The make-believe town of the demonstration, served on loopback under its own host names.
class Town {
 public:
  // Serves `folder` (config/demo); ages in its pages count back from `now`. kUnavailable where the
  // folder cannot be read.
  static core::Result<std::unique_ptr<Town>> Open(const std::filesystem::path& folder,
                                                  core::Timestamp now);
  virtual ~Town() = default;
  virtual std::uint16_t port() const = 0;
  // From now on new comments stand under some pages.
  virtual void StartSecondPass() = 0;
  // What was asked for so far, "GET host/path -> 200", in order.
  virtual std::vector<std::string> RequestLog() const = 0;
};

// Writes out the times in a page: "@{iso -2h}" becomes the moment two hours before `now`. Formats:
// rfc822, iso, human. What is no such mark stays as it is.
std::string FillInTimes(std::string_view page, core::Timestamp now);

}  // namespace schoolwatch::app
