#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "crawler/host_book.h"
#include "net/fetcher.h"

namespace schoolwatch::crawler {

// Asks where hosts lead, a bounded number at a time, so that a page with links to a thousand hosts
// does not become a thousand questions at once. One thread.
class Lookups {
 public:
  struct Answer {
    CrawlHost* host = nullptr;
    core::Result<std::vector<std::string>> addresses;
  };

  Lookups(net::Fetcher& fetcher, std::size_t max_in_flight)
      : fetcher_(fetcher), max_in_flight_(max_in_flight) {}

  void Ask(CrawlHost& host) { waiting_.push_back(&host); }
  // Starts as many as may be in flight.
  void StartSome();
  // What was answered since.
  std::vector<Answer> TakeAnswers();

 private:
  net::Fetcher& fetcher_;
  std::size_t max_in_flight_;
  std::size_t in_flight_ = 0;
  std::deque<CrawlHost*> waiting_;  // At most one for each host that something waits for.
  // A fetcher may answer what was asked by a run that was stopped: into here, where nobody looks.
  std::shared_ptr<std::vector<Answer>> inbox_ = std::make_shared<std::vector<Answer>>();
};

}  // namespace schoolwatch::crawler
