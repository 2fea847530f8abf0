#include "tests/hostile/script.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace schoolwatch::hostile {

Script Say(std::string bytes) { return SayTimes(std::move(bytes), 1); }

Script SayTimes(std::string bytes, std::size_t times) {
  return {{.bytes = std::make_shared<const std::string>(std::move(bytes)), .times = times}};
}

Script SayForEver(std::string bytes, std::chrono::milliseconds pause) {
  return {{.bytes = std::make_shared<const std::string>(std::move(bytes)),
           .times = Step::kForEver,
           .pause = pause}};
}

Script Hang() { return {{.kind = Step::Kind::kHang}}; }

Script Reset() { return {{.kind = Step::Kind::kReset}}; }

Script operator+(Script first, Script then) {
  first.insert(first.end(), std::make_move_iterator(then.begin()),
               std::make_move_iterator(then.end()));
  return first;
}

Script Answer(int status, std::string_view fields, std::string_view body) {
  return Say(fmt::format("HTTP/1.1 {} As Said\r\n{}Content-Length: {}\r\n\r\n{}", status, fields,
                         body.size(), body)) +
         Script{{.kind = Step::Kind::kKeep}};
}

Script Html(std::string_view body) {
  return Answer(200, "Content-Type: text/html; charset=utf-8\r\n", body);
}

Script Feed(std::string_view xml) {
  return Answer(200, "Content-Type: application/rss+xml\r\n", xml);
}

Script Redirect(std::string_view location) {
  return Answer(302, fmt::format("Location: {}\r\n", location));
}

Script Header(std::string_view fields) {
  return Say(fmt::format("HTTP/1.1 200 OK\r\n{}\r\n", fields));
}

}  // namespace schoolwatch::hostile
