#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "config/section.h"
#include "core/post.h"
#include "crawler/readers/selector.h"

namespace schoolwatch::config {
template <class T>
class Schema;
}  // namespace schoolwatch::config

namespace schoolwatch::crawler {

// A forum or comment engine as config/engines/*.yaml describes it: by what it is known and where
// its posts and their parts stand. What an engine leaves out is found by comparing the posts.
struct Engine {
  std::string name;   // Of its file, without ".yaml".
  std::string title;  // "phpBB"
  core::PostKind kind = core::PostKind::kThreadPost;
  std::vector<Selector> marks;  // Any of them on a page: it is this engine's.
  std::optional<Selector> post;
  // Inside a post. `skip` never belongs to the text, `quote` is somebody else's words.
  std::optional<Selector> body, author, date, permalink, id, parent, skip, quote;
  // Posts are paragraphs that end with who wrote them and when: those without belong to the next.
  bool signed_at_end = false;
};

using EngineSet = std::vector<std::shared_ptr<const Engine>>;

// An engine as it is written, before its selectors are compiled.
struct EngineText {
  std::string title;
  core::PostKind kind = core::PostKind::kThreadPost;
  std::vector<std::string> marks;
  std::string post, body, author, date, permalink, id, parent, skip, quote;
  bool signed_at_end = false;
};
const config::Schema<EngineText>& EngineSchema();

// kBadInput: a selector that is none.
core::Result<Engine> CompileEngine(std::string name, const EngineText& text);

std::optional<Engine> ReadEngine(std::string name, const config::Section& section,
                                 config::Diagnostics& problems);

// Every *.yaml of a folder, by name. What is wrong goes into `problems`; the others are there. A
// missing folder holds none.
EngineSet LoadEngines(const std::filesystem::path& folder, config::Diagnostics& problems);

}  // namespace schoolwatch::crawler
