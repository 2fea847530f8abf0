#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace schoolwatch::crawler {

// What a probe found in one text. Kept between texts, so that its memory is used again.
struct ProbeFinds {
  struct Find {
    std::size_t pointer = 0;         // Of those that the probe was made with.
    std::size_t begin = 0, end = 0;  // In `text`.
  };
  std::string text;  // Of the values: strings decoded; numbers, "true", "false" as they stand.
  std::vector<Find> finds;  // In the order in which they stand there.

  std::string_view ValueOf(const Find& find) const {
    return std::string_view(text).substr(find.begin, find.end - find.begin);
  }
  // The first value at a pointer; empty where there is none.
  std::string_view First(std::size_t pointer) const;
  bool Has(std::size_t pointer) const;
};

// Finds single values in a JSON text without building anything of the rest, which costs about a
// tenth of parsing it: for streams, of whose messages hardly one matters. It checks no more of the
// text than it must: what it lets pass may still be no JSON. Immutable and thread-safe.
class JsonProbe {
 public:
  // JSON pointers (RFC 6901), in which "*" stands for every element or member, also for one that
  // another pointer names; "" is the whole text. Null, objects and arrays are no values.
  explicit JsonProbe(std::span<const std::string> pointers);

  // False: it is no JSON, or nested deeper than 128; `finds` is then of no use.
  bool Look(std::string_view json, ProbeFinds& finds) const;

 private:
  struct Node {
    std::vector<std::pair<std::string, int>> children;
    int any = kNone;                    // For what is not in `children`.
    std::vector<std::size_t> pointers;  // That end here.
  };
  static constexpr int kNone = -1;

  class Walk;
  int ChildOf(int node, std::string_view name) const;

  std::vector<Node> nodes_;  // The first one is the root.
};

}  // namespace schoolwatch::crawler
