#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "core/text_gate.h"
#include "crawler/readers/stream.h"

namespace {

using namespace schoolwatch;

class WordGate final : public core::TextGate {
 public:
  bool MayMention(std::string_view text) const override { return text.contains("Quill"); }
};

// Every string of a value, at any depth.
bool AnyString(const boost::json::value& root, std::string_view part) {
  std::vector<const boost::json::value*> todo{&root};
  while (!todo.empty()) {
    const boost::json::value* const at = todo.back();
    todo.pop_back();
    if (const auto* text = at->if_string()) {
      if (std::string_view(text->data(), text->size()).contains(part)) {
        return true;
      }
    } else if (const auto* object = at->if_object()) {
      for (const auto& member : *object) {
        todo.push_back(&member.value());
      }
    } else if (const auto* array = at->if_array()) {
      for (const boost::json::value& element : *array) {
        todo.push_back(&element);
      }
    }
  }
  return false;
}

}  // namespace

// Any bytes as a message of a stream. What is JSON is never called unreadable, and a word that
// stands where the gate looks is never missed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> copy(data, data + size);
  const std::string_view message(copy.data(), copy.size());
  static const crawler::StreamSpec kSpec = [] {
    crawler::StreamSpec spec;
    spec.cursor_pointer = "/time_us";
    spec.gate = {"/*", "/*/*", "/*/*/*", "/*/*/*/*", "/*/*/*/*/*", "/*/*/*/*/*/*"};
    spec.read_whole = {{"/commit/operation", {"update"}, false}};
    return spec;
  }();
  static const crawler::StreamSpec kWrapped = [] {
    crawler::StreamSpec spec;
    spec.unwrap_text = "/payload";
    spec.event_pointer = "/event";
    spec.gone_events = {"delete"};
    spec.gate = {"/content"};
    spec.only = {{"/visibility", {"private"}, true}};
    return spec;
  }();
  static const WordGate kGate;
  static crawler::StreamSieve sieve(kSpec, &kGate);
  static crawler::StreamSieve wrapped(kWrapped, &kGate);
  (void)wrapped.Sift(message);
  const crawler::Sifted sifted = sieve.Sift(message);

  boost::system::error_code error;
  boost::json::parse_options options;
  options.max_depth = 6;
  const boost::json::value parsed = boost::json::parse(message, error, {}, options);
  if (error || !parsed.is_object()) {
    return 0;
  }
  if (sifted.worth == crawler::Sifted::Worth::kUnreadable ||
      (sifted.worth == crawler::Sifted::Worth::kNothing && AnyString(parsed, "Quill"))) {
    std::abort();
  }
  return 0;
}
