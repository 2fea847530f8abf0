#include "config/section.h"

#include <utility>

#include "config/yaml_tree.h"

namespace schoolwatch::config {

Section::Section() = default;
Section::Section(std::shared_ptr<const Document> document, std::uint32_t node)
    : document_(std::move(document)), node_(node) {}

Section::Kind Section::kind() const {
  return document_ ? document_->nodes[node_].kind : Kind::kNull;
}

const std::string& Section::file() const {
  static const std::string kNowhere;
  return document_ ? document_->file : kNowhere;
}

Location Section::where() const {
  if (!document_) {
    return {};
  }
  const YamlPlace& place = document_->nodes[node_].where;
  return {document_->file, place.line, place.column};
}

Location Section::key_where() const {
  if (!document_) {
    return {};
  }
  const YamlPlace& place = document_->nodes[node_].key_where;
  return {document_->file, place.line, place.column};
}

std::string_view Section::text() const {
  return document_ ? std::string_view(document_->nodes[node_].text) : std::string_view();
}

bool Section::is_quoted() const { return document_ && document_->nodes[node_].quoted; }

std::size_t Section::size() const { return document_ ? document_->nodes[node_].size : 0; }

std::vector<Section> Section::items() const {
  std::vector<Section> items;
  if (!is_list()) {
    return items;
  }
  items.reserve(size());
  for (std::uint32_t child = document_->nodes[node_].first_child; child != 0;
       child = document_->nodes[child].next) {
    items.emplace_back(document_, child);
  }
  return items;
}

std::vector<Section::Entry> Section::entries() const {
  std::vector<Entry> entries;
  if (!is_map()) {
    return entries;
  }
  entries.reserve(size());
  for (std::uint32_t child = document_->nodes[node_].first_child; child != 0;
       child = document_->nodes[child].next) {
    Section value(document_, child);
    Location key_where = value.key_where();
    entries.push_back({document_->nodes[child].key, std::move(key_where), std::move(value)});
  }
  return entries;
}

std::optional<Section> Section::Find(std::string_view key) const {
  if (is_map()) {
    for (std::uint32_t child = document_->nodes[node_].first_child; child != 0;
         child = document_->nodes[child].next) {
      if (document_->nodes[child].key == key) {
        return Section(document_, child);
      }
    }
  }
  return std::nullopt;
}

}  // namespace schoolwatch::config
