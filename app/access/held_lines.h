#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <iosfwd>

namespace schoolwatch::app {

// What held_json made, for people, in lines of `width` columns.
void PrintHeld(const boost::json::object& all, std::size_t width, std::ostream& out);

}  // namespace schoolwatch::app
