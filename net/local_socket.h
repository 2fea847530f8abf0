#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace schoolwatch::net {

// Frames between two processes of one user on one machine: four bytes of length, the most
// significant first, then so many bytes. Not thread-safe.
class LocalConnection {
 public:
  // Connects to whoever listens at this file. kNotFound: nobody does (there is no such file, or it
  // is a dead process's). kForbidden: the listener is another user's, who is not to be told
  // anything. kUnavailable: it has too many clients, or the system says no.
  static core::Result<LocalConnection> Connect(const std::filesystem::path& file);

  explicit LocalConnection(int descriptor) : descriptor_(descriptor) {}
  LocalConnection(LocalConnection&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  LocalConnection& operator=(LocalConnection&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~LocalConnection();

  // Sends the whole frame. kUnavailable: the far side is gone, or did not read it all within
  // `patience`.
  core::Result<void> Send(std::string_view frame, std::chrono::milliseconds patience);
  // One whole frame; nullopt where the far side has closed the connection between two frames.
  // kBadInput: it is longer than `max_bytes`, of which nothing is read. kUnavailable: the far side
  // is gone in the middle of one, or it was not whole within `patience`.
  core::Result<std::optional<std::string>> Receive(std::size_t max_bytes,
                                                   std::chrono::milliseconds patience);

 private:
  int descriptor_;
};

// Waits for such connections at a file.
class LocalListener {
 public:
  // Listens at `file` (0600), in place of a socket that a dead process has left there: the caller
  // knows that no other process listens there, as by a lock. kBadInput: something that is no socket
  // is in the way. kUnavailable: the system says no.
  static core::Result<LocalListener> Listen(const std::filesystem::path& file);

  LocalListener(LocalListener&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), file_(std::move(other.file_)) {}
  LocalListener& operator=(LocalListener&&) = delete;
  ~LocalListener();  // Takes the file away.

  // The next client; those of other users, but for root, are hung up on. nullopt after Stop. Up to
  // 16 clients wait for it, further ones cannot connect. Thread-safe.
  std::optional<LocalConnection> Accept();
  // Ends every Accept, now and later. Thread-safe.
  void Stop();

 private:
  LocalListener(int descriptor, std::filesystem::path file)
      : descriptor_(descriptor), file_(std::move(file)) {}

  int descriptor_;
  std::filesystem::path file_;
};

}  // namespace schoolwatch::net
