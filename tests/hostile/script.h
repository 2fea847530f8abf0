#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::hostile {

// What a server does once it has read a request: data, so that a case is a row of a table.
struct Step {
  enum class Kind {
    kSay,
    kHang,   // Says nothing more until the peer hangs up.
    kReset,  // Ends with a reset, after what was said has arrived.
    kKeep,   // Waits for the next request on the same connection.
  };
  static constexpr std::size_t kForEver = static_cast<std::size_t>(-1);

  Kind kind = Kind::kSay;
  std::shared_ptr<const std::string> bytes{};
  std::size_t times = 1;
  std::chrono::milliseconds pause{0};  // After each time.
};

// Played in order; the connection is closed at the end.
using Script = std::vector<Step>;

Script Say(std::string bytes);
Script SayForEver(std::string bytes, std::chrono::milliseconds pause = {});
Script SayTimes(std::string bytes, std::size_t times);
Script Hang();
Script Reset();
Script operator+(Script first, Script then);

// A well-formed answer, after which the connection is kept. `fields` end with CRLF each.
Script Answer(int status, std::string_view fields, std::string_view body = {});
Script Html(std::string_view body);
Script Feed(std::string_view xml);
Script Redirect(std::string_view location);
// A header without length, for a body that follows.
Script Header(std::string_view fields);

struct Asked {
  std::string host;  // Without port.
  std::string target;
  std::string header;  // All of it.
};

}  // namespace schoolwatch::hostile
