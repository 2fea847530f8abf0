#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"

namespace schoolwatch::net {

// IP addresses as text ("192.0.2.7", "2001:db8::7"), the one to try first in front.
using Addresses = std::vector<std::string>;

// Asks where a name leads and blocks until it knows. Called from several threads at once.
using Lookup = std::function<core::Result<Addresses>(const std::string& host)>;

// The system's resolver: hosts file, DNS, whatever nsswitch.conf says. kUnavailable: no such name,
// or nobody answers.
core::Result<Addresses> LookUpWithSystem(const std::string& host);

// A few threads that block in look-ups so that their owner need not. Nothing can stop a look-up, so
// the destructor waits for none: a thread inside one is let go and ends by itself after it. The
// Lookup must therefore own what it uses. All methods belong to one thread.
class LookupThreads {
 public:
  struct Answer {
    std::string host;
    core::Result<Addresses> addresses;
  };
  // Threads are started when they are needed, at most `max_threads`.
  LookupThreads(Lookup lookup, std::size_t max_threads);
  LookupThreads(const LookupThreads&) = delete;
  LookupThreads& operator=(const LookupThreads&) = delete;
  ~LookupThreads();

  // False while every thread is inside a look-up, or about to be.
  bool HasRoom() const { return under_way_ < max_threads_; }
  // Hands over a look-up; HasRoom must hold. kUnavailable: the system gives us no thread.
  core::Result<void> Begin(std::string host);
  // What has come back since the last call; its room is free again.
  std::vector<Answer> TakeAnswers();
  // Readable while there are answers to take: for poll().
  int event_fd() const;

 private:
  struct Shared;
  static void Run(const std::shared_ptr<Shared>& shared, std::size_t index);

  const std::size_t max_threads_;
  const std::shared_ptr<Shared> shared_;  // With the threads, of which some outlive us.
  std::vector<std::jthread> threads_;
  std::size_t under_way_ = 0;
};

}  // namespace schoolwatch::net
