#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "crawler/readers/recipe.h"

namespace schoolwatch::config {
template <class T>
class Schema;
}  // namespace schoolwatch::config

namespace schoolwatch::crawler {

// A connection that stays open and sends posts as they are written.
struct StreamSpec {
  enum class Kind { kWebSocket, kServerSentEvents };
  Kind kind = Kind::kWebSocket;
  std::vector<std::string> urls;  // Templates; the next one is tried where one fails.
  std::string subprotocol;
  bool compressed = true;                      // permessage-deflate is offered.
  std::map<std::string, std::string> query;    // Templates; "{cursor}" is where to go on.
  std::map<std::string, std::string> headers;  // Templates.
  bool with_session = false;
  // Where a message says how far it is; empty for server-sent events, which carry an id.
  std::string cursor_pointer;
  bool cursor_of_host = false;          // Cursors of one host mean nothing to another.
  std::chrono::seconds cursor_kept{0};  // How long the server can go back; zero: not known.
  // What else may be a cursor: the time from which on messages are wanted, for hosts whose own is
  // not known. "" (nothing), "epoch_us", "epoch_ms" or "rfc3339".
  std::string cursor_as_time;
  std::string unwrap_text;  // Where a message holds its payload as a JSON string.
  // Where a message says what it is; of server-sent events, it is their type without this.
  std::string event_pointer;
  std::vector<std::string> events;       // Types that count; empty: all.
  std::vector<std::string> gone_events;  // Types whose payload is the id of a deleted post.
  // JSON pointers of strings that are looked at before a message is parsed whole, "*" for any
  // element; empty: every message is parsed. A message that has none of them is parsed, too.
  std::vector<std::string> gate;
  std::vector<RecipeFilter> only;        // Messages that count, by JSON pointers from the payload.
  std::vector<RecipeFilter> read_whole;  // Messages that are parsed whatever they say: edits.
  std::string fill_gaps_by;              // Route that is asked for what was missed.
  std::chrono::seconds silence{120};     // Without a message for so long: connected anew.
};

// How a stream is written in YAML, for the platform's schema.
const config::Schema<StreamSpec>& StreamSchema();

}  // namespace schoolwatch::crawler
