#include "core/outbox.h"

namespace schoolwatch::core {

std::string_view DeliveryName(Delivery delivery) {
  switch (delivery) {
    case Delivery::kNow:
      return "now";
    case Delivery::kDigest:
      return "digest";
    case Delivery::kBacklog:
      return "backlog";
    case Delivery::kSummary:
      return "summary";
  }
  return "now";
}

Result<Delivery> ParseDelivery(std::string_view name) {
  for (const Delivery delivery :
       {Delivery::kNow, Delivery::kDigest, Delivery::kBacklog, Delivery::kSummary}) {
    if (DeliveryName(delivery) == name) {
      return delivery;
    }
  }
  return Fail(ErrorKind::kBadInput, "'" + std::string(name) + "' is not a delivery");
}

}  // namespace schoolwatch::core
