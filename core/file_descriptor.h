#pragma once

#include <unistd.h>

#include <utility>

namespace schoolwatch::core {

// An open file or socket, closed on the way out. Negative: none, as a failed open() gives.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.Release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  int number() const { return number_; }
  // Leaves the closing to the caller.
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

}  // namespace schoolwatch::core
