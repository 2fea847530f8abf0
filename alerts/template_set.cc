#include "alerts/template_set.h"

#include <cassert>
#include <kainjow/mustache.hpp>
#include <utility>

#include "config/file.h"
#include "core/mutex.h"

namespace schoolwatch::alerts {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::size_t kMaxTemplateBytes = 256 * 1024;
constexpr int kMaxParts = 100;  // Of one template; a part that takes in itself ends here.

mustache::data ToData(const View& view) {
  mustache::data data;
  for (const auto& [name, text] : view.texts()) {
    data.set(name, mustache::data(text));
  }
  for (const auto& [name, value] : view.flags()) {
    data.set(name, mustache::data(value));
  }
  for (const auto& [name, items] : view.lists()) {
    mustache::data list(mustache::data::type::list);
    for (const View& item : items) {
      list.push_back(ToData(item));
    }
    data.set(name, list);
  }
  return data;
}

core::Result<std::string> ReadTemplate(const std::filesystem::path& path) {
  core::Result<std::string> text = config::ReadSmallFile(path, kMaxTemplateBytes);
  if (!text.has_value()) {
    return core::FailWith(path.string(), text.error());
  }
  return text;
}

// Replaces {{> part}} by the part's text before anything is parsed: the library would parse a part
// again each time it is used.
core::Result<std::string> Expand(const std::filesystem::path& folder, std::string_view extension,
                                 const std::filesystem::path& path) {
  SW_ASSIGN(std::string text, ReadTemplate(path));
  for (int parts = 0;; ++parts) {
    const std::size_t start = text.find("{{>");
    if (start == std::string::npos) {
      return text;
    }
    const std::size_t end = text.find("}}", start);
    if (end == std::string::npos || parts == kMaxParts) {
      return core::Fail(core::ErrorKind::kBadInput,
                        path.string() + (parts == kMaxParts ? ": takes itself in without end"
                                                            : ": '{{>' is not closed"));
    }
    std::string name = text.substr(start + 3, end - start - 3);
    std::erase(name, ' ');
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos) {
      return core::Fail(core::ErrorKind::kBadInput,
                        path.string() + ": '" + name + "' is no name of a part");
    }
    SW_ASSIGN(std::string part, ReadTemplate(folder / (name + std::string(extension))));
    if (part.ends_with('\n')) {
      part.pop_back();
    }
    text.replace(start, end + 2 - start, part);
  }
}

class MustacheSet final : public TemplateSet {
 public:
  struct Loaded {
    std::string file;
    std::unique_ptr<mustache::mustache> parsed;
  };
  explicit MustacheSet(std::vector<Loaded> loaded) : loaded_(std::move(loaded)) {}

  std::string Render(std::string_view file, const View& view) const override {
    return RenderData(file, ToData(view));
  }
  Both RenderBoth(std::string_view name, const View& view) const override {
    const mustache::data data = ToData(view);
    return {.text = RenderData(std::string(name) + ".txt", data),
            .html = RenderData(std::string(name) + ".html", data)};
  }

 private:
  std::string RenderData(std::string_view file, const mustache::data& data) const {
    // The library's render changes its object (it keeps an error message there).
    const core::MutexLock lock(mutex_);
    for (const Loaded& one : loaded_) {
      if (one.file == file) {
        std::string out;
        one.parsed->render(data, [&out](const std::string& piece) { out += piece; });
        return out;
      }
    }
    assert(false && "a template that was not loaded");
    return {};
  }

  mutable core::Mutex mutex_;
  const std::vector<Loaded> loaded_;
};

}  // namespace

View& View::Set(std::string name, std::string text) {
  if (!text.empty()) {
    texts_.insert_or_assign(std::move(name), std::move(text));
  }
  return *this;
}

View& View::SetFlag(std::string name, bool value) {
  flags_.insert_or_assign(std::move(name), value);
  return *this;
}

View& View::Add(std::string list, View item) {
  lists_[std::move(list)].push_back(std::move(item));
  return *this;
}

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";  // Outlook does not know &apos;.
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

core::Result<std::unique_ptr<TemplateSet>> TemplateSet::Load(
    const std::filesystem::path& folder, const std::vector<std::string>& names) {
  std::vector<MustacheSet::Loaded> loaded;
  for (const std::string& name : names) {
    for (const std::string_view kind : {".txt", ".html"}) {
      const std::string extension = std::string(kind) + ".mustache";
      const std::filesystem::path path = folder / (name + extension);
      SW_ASSIGN(const std::string text, Expand(folder, extension, path));
      auto parsed = std::make_unique<mustache::mustache>(text);
      if (!parsed->is_valid()) {
        return core::Fail(
            core::ErrorKind::kBadInput,
            path.string() + ": " + parsed->error_message() + " (counted with its parts)");
      }
      if (kind == ".html") {
        parsed->set_custom_escape([](const std::string& value) { return EscapeHtml(value); });
      } else {
        parsed->set_custom_escape([](const std::string& value) { return value; });
      }
      loaded.push_back({name + std::string(kind), std::move(parsed)});
    }
  }
  return std::make_unique<MustacheSet>(std::move(loaded));
}

}  // namespace schoolwatch::alerts
