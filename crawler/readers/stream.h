#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/text_gate.h"
#include "crawler/platforms/stream_spec.h"
#include "crawler/readers/json_probe.h"

namespace schoolwatch::crawler {

// What a look at one message of a stream says.
struct Sifted {
  enum class Worth {
    kNothing,     // Nothing in it can matter here.
    kWhole,       // It is to be read, by the platform's recipe.
    kGone,        // It says that the post `body` is deleted.
    kUnreadable,  // It is not what the platform's file says of it.
  };
  Worth worth = Worth::kNothing;
  std::string_view body;    // What is to be read. As long as the message and the sieve's next look.
  std::string_view cursor;  // Where the stream goes on behind it; empty: it does not say.
};

// Tells the few messages of a stream that may matter from all others, by their strings alone. It
// passes what may mention a school, what says that a post was deleted or changed, and what has none
// of the strings, such as an error. Not thread-safe.
class StreamSieve {
 public:
  // Borrows both; `gate` may be null, then everything matters.
  StreamSieve(const StreamSpec& spec, const core::TextGate* gate);

  // `event` is the type of a server-sent event; "" for others.
  Sifted Sift(std::string_view data, std::string_view event = {});

 private:
  struct Filter {
    const RecipeFilter* filter = nullptr;
    std::size_t pointer = 0;
  };
  bool Holds(const Filter& filter) const;
  Sifted::Worth Judge();

  const StreamSpec& spec_;
  const core::TextGate* gate_;
  // Where the payload is text within a message, `outer_` looks at the message.
  std::vector<std::string> outer_pointers_;
  std::vector<std::string> pointers_;
  std::vector<Filter> only_;
  std::vector<Filter> read_whole_;
  std::size_t gates_ = 0;   // The first so many of pointers_.
  std::size_t cursor_ = 0;  // Behind all others.
  JsonProbe outer_;
  JsonProbe probe_;
  ProbeFinds outer_finds_;
  ProbeFinds finds_;
  std::string words_;
};

}  // namespace schoolwatch::crawler
