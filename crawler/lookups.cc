#include "crawler/lookups.h"

#include <utility>

namespace schoolwatch::crawler {

void Lookups::StartSome() {
  while (!waiting_.empty() && in_flight_ < max_in_flight_) {
    CrawlHost* const host = waiting_.front();
    waiting_.pop_front();
    ++in_flight_;
    fetcher_.Resolve(host->robots_url,
                     [inbox = inbox_, host](core::Result<std::vector<std::string>> addresses) {
                       inbox->push_back({host, std::move(addresses)});
                     });
  }
}

std::vector<Lookups::Answer> Lookups::TakeAnswers() {
  in_flight_ -= inbox_->size();
  return std::exchange(*inbox_, {});
}

}  // namespace schoolwatch::crawler
