#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/text_gate.h"

namespace schoolwatch::crawler {

// A link as the page writes it.
struct RawLink {
  std::string href;
  std::string text;
  std::string rel;
  std::string type;
  bool is_anchor = true;  // <a>, not <link>.
};

// What the cheap pass saw of a page.
struct CheapView {
  bool may_mention = false;
  std::string title;
  std::string base;            // Of <base href>; may be empty.
  std::string language;        // Of <html lang>.
  std::vector<RawLink> links;  // Where they were wanted.
};

// Whether a pass lists the page's links: that costs as much as all the rest.
enum class WantLinks { kNo, kYes };

// One streaming pass over the page, without a tree: all text that any reader of the tree could give
// (in-line tags make no gap, blocks do, white space is collapsed as a reader does it), texts that
// stand in attributes, link targets and the strings of JSON-LD go to `gate`, which is asked once
// about all of it. Where only a tree could tell what the text is, `may_mention` is true without
// asking. `html` is UTF-8.
CheapView RunCheapPass(std::string_view html, const core::TextGate& gate, WantLinks links);

}  // namespace schoolwatch::crawler
