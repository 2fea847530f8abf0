#include "alerts/planner.h"

namespace schoolwatch::alerts {

Planner::Planner(std::span<const config::Contact> contacts) : contacts_(contacts) {}

}  // namespace schoolwatch::alerts
