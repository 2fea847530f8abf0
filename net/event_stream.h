#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "net/stream_client.h"

namespace schoolwatch::net {

// Reads the bytes of server-sent events as the HTML Standard says (9.2.6), however they are cut.
// Bytes that are no UTF-8 are passed on as they are.
class EventStreamParser {
 public:
  // `last_id` is what the stream was asked to go on from; a message without an id has it.
  explicit EventStreamParser(std::size_t max_event_bytes, std::string last_id = {});

  // Adds what `bytes` complete to `out`. kBadInput: an event, or one line of it, is longer than is
  // allowed; nothing more can be read then.
  core::Result<void> Feed(std::string_view bytes, std::vector<StreamMessage>& out);

  // Whole lines so far, comments too: a sign of life.
  std::size_t lines() const { return lines_; }
  const std::string& last_id() const { return last_id_; }
  // As the server last said it.
  std::optional<std::chrono::milliseconds> retry() const { return retry_; }

 private:
  void EndLine(std::string_view line, std::vector<StreamMessage>& out);
  void Dispatch(std::vector<StreamMessage>& out);

  const std::size_t max_event_bytes_;
  std::string line_;       // Its beginning, from earlier bytes.
  bool at_start_ = true;   // A byte order mark may come.
  bool after_cr_ = false;  // A line feed would belong to the line that has ended.
  std::string data_;
  bool has_data_ = false;
  std::string event_;
  std::string last_id_;
  std::string id_;  // Becomes the last one with the event.
  std::optional<std::chrono::milliseconds> retry_;
  std::size_t lines_ = 0;
};

}  // namespace schoolwatch::net
