#include "crawler/crawler.h"

namespace schoolwatch::crawler {

std::string_view RefusalReasonName(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kRobots:
      return "robots.txt";
    case RefusalReason::kUnreachable:
      return "host unreachable";
    case RefusalReason::kTrap:
      return "looks like a trap";
    case RefusalReason::kBudget:
      return "over the source's budget";
    case RefusalReason::kAddress:
      return "address not allowed";
    case RefusalReason::kScope:
      return "outside the source";
    case RefusalReason::kRedirects:
      return "too many redirects";
    case RefusalReason::kBlocked:
      return "left for a later run";
    case RefusalReason::kNotDue:
      return "not due yet";
  }
  return "refused";
}

}  // namespace schoolwatch::crawler
