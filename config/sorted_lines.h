#pragma once

#include <optional>
#include <string_view>

namespace schoolwatch::config {

// A text file of lines sorted by bytes, "key" or "key<tab>value", searched where it stands: a table
// of tens of thousands of words then costs no start-up and no memory of its own. Lines that begin
// with '#' stand at its top only. `text` must outlive it.
class SortedLines {
 public:
  explicit SortedLines(std::string_view text);

  // The value of `key`, empty where its line has none; nullopt where no line has that key.
  std::optional<std::string_view> Find(std::string_view key) const;
  bool Has(std::string_view key) const { return Find(key).has_value(); }

  // The lines below the comments.
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace schoolwatch::config
