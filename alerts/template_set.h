#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::alerts {

// What a template fills in: names with text, or with lists of further views. A name that is not set
// is false in a template.
class View {
 public:
  // An empty text leaves the name unset, so that {{#name}} asks whether there is any.
  View& Set(std::string name, std::string text);
  View& SetFlag(std::string name, bool value);
  View& Add(std::string list, View item);

  const std::map<std::string, std::string>& texts() const { return texts_; }
  const std::map<std::string, bool>& flags() const { return flags_; }
  const std::map<std::string, std::vector<View>>& lists() const { return lists_; }

 private:
  std::map<std::string, std::string> texts_;
  std::map<std::string, bool> flags_;
  std::map<std::string, std::vector<View>> lists_;
};

// The mustache templates of a folder, `NAME.txt.mustache` and `NAME.html.mustache`. {{> part}}
// takes in part's file of the same kind when loading. Values are escaped for HTML in .html
// templates and left alone in .txt ones; a value is never read as a template. Thread-safe after
// Load.
class TemplateSet {
 public:
  // Loads each name in both kinds. kBadInput: a template that does not parse, with its file;
  // kNotFound, kUnavailable: one that cannot be read.
  static core::Result<std::unique_ptr<TemplateSet>> Load(const std::filesystem::path& folder,
                                                         const std::vector<std::string>& names);
  virtual ~TemplateSet() = default;
  // `file` is "alert.txt", one of those loaded.
  virtual std::string Render(std::string_view file, const View& view) const = 0;
  // Both kinds of one name, "alert"; cheaper than one after the other.
  struct Both {
    std::string text;
    std::string html;
  };
  virtual Both RenderBoth(std::string_view name, const View& view) const = 0;
};

// Text made safe between tags and inside quoted attributes.
std::string EscapeHtml(std::string_view text);

}  // namespace schoolwatch::alerts
