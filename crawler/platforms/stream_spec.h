#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "crawler/readers/recipe.h"

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
  std::string unwrap_text;              // Where a message holds its payload as a JSON string.
  // Strings that are looked at before a message is parsed whole; empty: every message is parsed.
  std::vector<std::string> gate;
  std::vector<RecipeFilter> only;     // Messages that count.
  std::string fill_gaps_by;           // Route that is asked for what was missed.
  std::chrono::seconds silence{120};  // Without a message for so long: connected anew.
};

}  // namespace schoolwatch::crawler
