#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/text_gate.h"
#include "core/time.h"
#include "crawler/readers/cheap_pass.h"
#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

struct Recipe;        // crawler/readers/recipe.h: how a platform's answers map to posts.
class RedirectTable;  // crawler/readers/redirects.h
struct Engine;        // crawler/readers/engines.h: where a forum engine keeps its posts.

struct ReadOptions {
  // "auto", or a name in the registry: "feed", "json", "html".
  std::string_view reader = "auto";
  // Which platform's answer it is; its reader is taken where `reader` is "auto". Borrowed; may be
  // null.
  const Recipe* recipe = nullptr;
  // What the answer was asked with, for recipes that ask for `request:/…`. Borrowed; may be null.
  const std::map<std::string, std::string>* request = nullptr;
  // Addresses that only lead on are read as what they lead to. Borrowed; may be null.
  const RedirectTable* redirects = nullptr;
  // Forum engines that pages are tried for, in order. Borrowed; may be null: then all posts are
  // found by what repeats.
  const std::vector<std::shared_ptr<const Engine>>* engines = nullptr;
  // Asked before any tree is built; null reads everything. Borrowed.
  const core::TextGate* gate = nullptr;
  // Whether a page that the gate passes over still lists its links. Others always do.
  WantLinks gated_links = WantLinks::kYes;
  // When the document was fetched: "2 hours ago" and dates without a year count from here.
  std::optional<core::Timestamp> reference_time;
};

// Turns bytes into posts. Stateless and thread-safe.
class Reader {
 public:
  virtual ~Reader() = default;
  // kBadInput: nothing could be read (wrong type, empty, over a limit); the message says what.
  virtual core::Result<Document> Read(const RawDocument& raw, const ReadOptions& options) const = 0;
};

// A reader as the registry lists it.
struct ReaderInfo {
  std::string_view name;
  std::string_view help;
  std::unique_ptr<Reader> (*make)();
};

// All readers, in the order in which "auto" considers them.
std::span<const ReaderInfo* const> AllReaders();

// Picks the reader (by options.reader, else by recipe, content type and first bytes) and reads.
core::Result<Document> ReadDocument(const RawDocument& raw, const ReadOptions& options);

}  // namespace schoolwatch::crawler
