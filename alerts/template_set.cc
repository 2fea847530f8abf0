#include "alerts/template_set.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <kainjow/mustache.hpp>
#include <utility>

#include "config/file.h"
#include "core/mutex.h"
#include "core/text/html_escape.h"

namespace schoolwatch::alerts {

namespace mustache = kainjow::mustache;

// A list's `value` holds one bare entry for each item, by whose place the item is found: the
// library copies whatever is put into its lists, all that is in it included.
struct View::Field {
  explicit Field(std::string_view of) : name(of) {}
  // The library's own move may throw by its signature, and vectors would copy.
  Field(Field&& other) noexcept
      : name(std::move(other.name)), value(std::move(other.value)), items(std::move(other.items)) {}
  Field& operator=(Field&& other) = delete;
  ~Field() = default;

  std::string name;
  mustache::data value{false};
  std::vector<View> items;
};

// Views as the library asks for them: by name, in the innermost that has it.
class ViewContext final : public mustache::basic_context<std::string> {
 public:
  explicit ViewContext(const View& outermost) { scopes_.push_back({&outermost, nullptr}); }

  void push(const mustache::data* entered) override {
    if (HasEntry(found_, entered)) {
      scopes_.back().list = found_;
    }
    // Of a list the items come one after the other, and between them the scope is as it was.
    const View::Field* const list = scopes_.back().list;
    const View* const item =
        HasEntry(list, entered)
            ? &list->items[static_cast<std::size_t>(entered - list->value.list_value().data())]
            : nullptr;  // A text or a flag that opens a section has no names in it.
    scopes_.push_back({item, nullptr});
  }

  void pop() override { scopes_.pop_back(); }

  const mustache::data* get(const std::string& name) const override {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (scope->view != nullptr) {
        const auto field = std::ranges::find(scope->view->fields_, name, &View::Field::name);
        if (field != scope->view->fields_.end()) {
          found_ = &*field;
          return &field->value;
        }
      }
    }
    return nullptr;
  }

  // Parts were taken in when loading.
  const mustache::data* get_partial(const std::string&) const override { return nullptr; }

 private:
  struct Scope {
    const View* view = nullptr;
    const View::Field* list = nullptr;  // Whose items are gone through in it.
  };

  static bool HasEntry(const View::Field* field, const mustache::data* entry) {
    if (field == nullptr || !field->value.is_non_empty_list()) {
      return false;
    }
    const mustache::list& entries = field->value.list_value();
    return !std::less<>()(entry, entries.data()) &&
           std::less<>()(entry, entries.data() + entries.size());
  }

  std::vector<Scope> scopes_;
  mutable const View::Field* found_ = nullptr;  // By the last question.
};

namespace {

constexpr std::size_t kMostRendered = 8 * 1024;  // Of most mails' parts; others may grow.
constexpr std::size_t kMaxTemplateBytes = 256 * 1024;
constexpr int kMaxParts = 100;  // Of one template; a part that takes in itself ends here.

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
    // The library's render changes its object (it keeps an error message there).
    const core::MutexLock lock(mutex_);
    for (const Loaded& one : loaded_) {
      if (one.file == file) {
        ViewContext context(view);
        Rendered rendered;
        rendered.text.reserve(kMostRendered);
        one.parsed->render(context, rendered);
        return std::move(rendered.text);
      }
    }
    assert(false && "a template that was not loaded");
    return {};
  }

 private:
  // What the library takes for a stream.
  struct Rendered {
    Rendered& operator<<(const std::string& piece) {
      text += piece;
      return *this;
    }
    std::string text;
  };

  mutable core::Mutex mutex_;
  const std::vector<Loaded> loaded_;
};

}  // namespace

View::View() = default;
View::View(View&& other) noexcept = default;
View& View::operator=(View&& other) noexcept = default;
View::~View() = default;

View::Field& View::Put(std::string_view name) {
  const auto known = std::ranges::find(fields_, name, &Field::name);
  return known != fields_.end() ? *known : fields_.emplace_back(name);
}

View& View::Set(std::string_view name, std::string text) & {
  if (!text.empty()) {
    Field& field = Put(name);
    field.value = mustache::data(text);
    field.items.clear();
  }
  return *this;
}

View& View::SetFlag(std::string_view name, bool value) & {
  Field& field = Put(name);
  field.value = mustache::data(value);
  field.items.clear();
  return *this;
}

View& View::Add(std::string_view list, View item) & {
  Field& field = Put(list);
  if (!field.value.is_list()) {
    field.value = mustache::data(mustache::data::type::list);
  }
  field.value.push_back(mustache::data(true));
  field.items.push_back(std::move(item));
  return *this;
}

View View::Set(std::string_view name, std::string text) && {
  Set(name, std::move(text));
  return std::move(*this);
}

View View::SetFlag(std::string_view name, bool value) && {
  SetFlag(name, value);
  return std::move(*this);
}

View View::Add(std::string_view list, View item) && {
  Add(list, std::move(item));
  return std::move(*this);
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
        parsed->set_custom_escape([](const std::string& value) { return core::EscapeHtml(value); });
      } else {
        parsed->set_custom_escape([](const std::string& value) { return value; });
      }
      loaded.push_back({name + std::string(kind), std::move(parsed)});
    }
  }
  return std::make_unique<MustacheSet>(std::move(loaded));
}

}  // namespace schoolwatch::alerts
