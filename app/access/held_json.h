#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "app/access/held.h"
#include "core/time.h"

namespace schoolwatch::app {

// All that is held, in a form that can be handed to the person that it is about: other people's
// names are masked, and what they said in private is left out.
boost::json::object ToJson(const Held& held, const std::string& author, core::Timestamp now);

}  // namespace schoolwatch::app
