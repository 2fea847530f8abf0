#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::alerts {

// What a template fills in: names with text, or with lists of further views. A name that is not set
// is false in a template; of two values for a name the later one counts. Kept as the template
// library reads it, so that a mail's two parts are filled in from the one making.
class View {
 public:
  View();
  View(View&& other) noexcept;
  View& operator=(View&& other) noexcept;
  ~View();

  // An empty text leaves the name unset, so that {{#name}} asks whether there is any.
  View& Set(std::string_view name, std::string text) &;
  View& SetFlag(std::string_view name, bool value) &;
  View& Add(std::string_view list, View item) &;
  // Of a view that has no name of its own, to be handed on whole.
  View Set(std::string_view name, std::string text) &&;
  View SetFlag(std::string_view name, bool value) &&;
  View Add(std::string_view list, View item) &&;

 private:
  friend class ViewContext;
  struct Field;
  Field& Put(std::string_view name);

  std::vector<Field> fields_;
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
};

}  // namespace schoolwatch::alerts
