#pragma once

#include <memory>
#include <string>

#include "net/lookup_threads.h"

namespace schoolwatch::net {

// A made-up DNS for Resolver's look-ups, from any thread. It lets all that hangs go when it ends.
class FakeDns {
 public:
  FakeDns();
  FakeDns(const FakeDns&) = delete;
  FakeDns& operator=(const FakeDns&) = delete;
  ~FakeDns();

  // Where a name leads; put several times: one answer after the other, the last again and again.
  // Other names do not resolve.
  void Put(const std::string& host, core::Result<Addresses> answer);
  // Look-ups of the name do not return until it is released.
  void Hang(const std::string& host);
  void Release(const std::string& host);
  // How often the name was asked for.
  int CountOf(const std::string& host) const;
  // Waits until it was asked for that often.
  void WaitForCount(const std::string& host, int count) const;

  Lookup lookup() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // With the look-ups.
};

}  // namespace schoolwatch::net
