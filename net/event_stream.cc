#include "net/event_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace schoolwatch::net {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// A server that asks for more is not served by us obeying it.
constexpr std::chrono::hours kLongestRetry{1};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::chrono::milliseconds> ReadRetry(std::string_view value) {
  if (value.empty() || !std::ranges::all_of(value, IsDigit)) {
    return std::nullopt;
  }
  std::int64_t milliseconds = 0;
  for (const char digit : value) {
    milliseconds = milliseconds * 10 + (digit - '0');
    if (std::chrono::milliseconds(milliseconds) > kLongestRetry) {
      return kLongestRetry;
    }
  }
  return std::chrono::milliseconds(milliseconds);
}

}  // namespace

EventStreamParser::EventStreamParser(std::size_t max_event_bytes, std::string last_id)
    : max_event_bytes_(max_event_bytes), last_id_(std::move(last_id)), id_(last_id_) {}

core::Result<void> EventStreamParser::Feed(std::string_view bytes,
                                           std::vector<StreamMessage>& out) {
  while (!bytes.empty()) {
    if (after_cr_ && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      after_cr_ = false;
      continue;
    }
    after_cr_ = false;
    const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    if (line_.size() + end + data_.size() > max_event_bytes_) {
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("an event is longer than {} bytes", max_event_bytes_));
    }
    if (end == bytes.size()) {
      line_ += bytes;
      return {};
    }
    after_cr_ = bytes[end] == '\r';
    if (line_.empty()) {
      EndLine(bytes.substr(0, end), out);
    } else {
      line_ += bytes.substr(0, end);
      EndLine(line_, out);
      line_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
  return {};
}

void EventStreamParser::EndLine(std::string_view line, std::vector<StreamMessage>& out) {
  ++lines_;
  if (std::exchange(at_start_, false) && line.starts_with(kByteOrderMark)) {
    line.remove_prefix(kByteOrderMark.size());
  }
  if (line.empty()) {
    return Dispatch(out);
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);  // Empty: a comment.
  std::string_view value =
      colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) {
    value.remove_prefix(1);
  }
  if (field == "data") {
    // The last line feed is taken away again when the event ends: so it is only put in between.
    data_ += has_data_ ? "\n" : "";
    data_ += value;
    has_data_ = true;
  } else if (field == "event") {
    event_ = value;
  } else if (field == "id") {
    if (!value.contains('\0')) {
      id_ = value;
    }
  } else if (field == "retry") {
    if (const auto wait = ReadRetry(value)) {
      retry_ = wait;
    }
  }
}

void EventStreamParser::Dispatch(std::vector<StreamMessage>& out) {
  // Also where the event has no data and is dropped.
  last_id_ = id_;
  // "data:" alone gives an event whose data are empty; in the standard's words its buffer is a line
  // feed then, and not empty.
  if (std::exchange(has_data_, false)) {
    out.push_back(
        {std::exchange(data_, {}), event_.empty() ? "message" : std::move(event_), last_id_});
  }
  data_.clear();
  event_.clear();
}

}  // namespace schoolwatch::net
