#include "config/starter_pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "config/schema.h"
#include "config/yaml_text.h"

namespace schoolwatch::config {
namespace {

constexpr std::size_t kCommentWidth = 100;

constexpr std::string_view kHead =
    R"(# Where schoolwatch looks. `schoolwatch check --online` asks each place once and says what it gives;
# `schoolwatch coverage` tells which platforms are watched and which are not. What needs an account
# or a key stands in platforms-to-do.md beside this file, in the order in which it is worth doing.
# robots.txt is obeyed: a place that forbids programs is not read, and the run's summary says so.
# Private groups, messages and people's own profiles are never read, and nobody's name is ever sent
# anywhere: what is asked for is the school's name, its handles and its tags.

sources:
)";

constexpr std::string_view kSwitchedOff =
    "  # What follows is switched off until you put in the right address and take out\n"
    "  # `enabled: false`.\n\n";

Value<std::map<std::string, std::vector<std::string>>> Values() {
  return MapOf(ListOf(Text({.max_bytes = 500}), {.max_items = 50, .one_or_more = true}));
}

Schema<StarterSource> SourceSchema() {
  const Value<std::string> word = Text({.max_bytes = 64});
  return Schema<StarterSource>("Starter source", "One source that init writes.")
      .Field("title", &StarterSource::title, Text({.max_bytes = 200}),
             {.help = "What it is, for people.", .required = true})
      .Field("sees", &StarterSource::sees, Text({.max_bytes = 2000, .many_lines = true}),
             {.help = "What it finds and what it does not.", .required = true})
      .Field("url", &StarterSource::url, Text({.max_bytes = 2000}), {.help = "Its address."})
      .Field("reader", &StarterSource::reader, word, {.help = "As in sources.yaml."})
      .Field("recipe", &StarterSource::recipe, word, {.help = "As in sources.yaml."})
      .Field("platform", &StarterSource::platform, word,
             {.help = "As in sources.yaml.", .required = true})
      .Field("routes", &StarterSource::routes, ListOf(word), {.help = "As in sources.yaml."})
      .Field("with", &StarterSource::with, Values(), {.help = "As in sources.yaml."})
      .Field("follow", &StarterSource::follow, word, {.help = "As in sources.yaml."})
      .Field("page_of", &StarterSource::page_of, word, {.help = "As in sources.yaml."})
      .Field("interval", &StarterSource::interval, word, {.help = "As in sources.yaml."})
      .Field("max_pages", &StarterSource::max_pages, word, {.help = "As in sources.yaml."})
      .Field("examples", &StarterSource::examples, MapOf(Text()),
             {.help = "What stands in for a value that was not given; the source is then off."})
      .Field("off", &StarterSource::off, Flag(), {.help = "Written switched off in any case."});
}

Schema<ChecklistEntry> ChecklistSchema() {
  return Schema<ChecklistEntry>("Checklist entry", "A platform that needs an account or a key.")
      .Field("platform", &ChecklistEntry::platform, Text({.max_bytes = 64}),
             {.help = "Its file's name.", .required = true})
      .Field("why", &ChecklistEntry::why, Text({.max_bytes = 500}),
             {.help = "What it is worth to a school.", .required = true})
      .Field("effort", &ChecklistEntry::effort, Text({.max_bytes = 200}),
             {.help = "What it takes.", .required = true});
}

const Schema<StarterPack>& PackSchema() {
  static const Schema<StarterPack> kSchema =
      Schema<StarterPack>("starter-pack.yaml", "What init writes of places to look.")
          .Field("sources", &StarterPack::sources,
                 MapOf(SourceSchema(), &StarterSource::name, {.noun = "source"}),
                 {.help = "The sources, in their order.", .required = true})
          .Field("checklist", &StarterPack::checklist,
                 ListOf(ChecklistSchema(), {.noun = "entry", .name_key = "platform"}),
                 {.help = "What needs an account, the most worthwhile first.", .required = true});
  return kSchema;
}

// A part of an address as RFC 3986 has it.
std::string Encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return encoded;
}

// "Quillbrook Academy" as a tag: letters and digits of ASCII only, so that it can stand in a URL.
std::string Tag(std::string_view name) {
  std::string tag;
  for (const char c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      tag += c;
    }
  }
  return tag;
}

// Each text of a source that is a template. Comments are none: what ends a line in YAML is more
// than what init refuses in a name.
template <class Source, class Visit>
void VisitTexts(Source& source, Visit visit) {
  for (auto* text : {&source.title, &source.url, &source.page_of}) {
    visit(*text);
  }
  for (auto& [name, values] : source.with) {
    for (auto& value : values) {
      visit(value);
    }
  }
}

bool Names(const StarterSource& source, std::string_view placeholder) {
  const std::string braced = fmt::format("{{{}}}", placeholder);
  bool found = false;
  VisitTexts(source, [&](const std::string& text) { found = found || text.contains(braced); });
  return found;
}

// What is put in is not looked at again: a school's name may hold braces.
std::string Filled(const std::string& text, const std::map<std::string, std::string>& values) {
  std::string filled;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text[at] == '{' ? text.find('}', at) : std::string::npos;
    const auto found =
        end == std::string::npos ? values.end() : values.find(text.substr(at + 1, end - at - 1));
    if (found == values.end()) {
      filled += text[at++];
    } else {
      filled += found->second;
      at = end + 1;
    }
  }
  return filled;
}

std::string Comment(std::string_view text) {
  constexpr std::string_view kLead = "    #";
  std::string comment;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) {
      continue;
    }
    if (column == 0 || column + 1 + word.size() > kCommentWidth) {
      comment += comment.empty() ? "" : "\n";
      comment += kLead;
      column = kLead.size();
    }
    comment += ' ';
    comment += word;
    column += 1 + word.size();
  }
  return comment + "\n";
}

std::string List(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) {
    list += (list.empty() ? "" : ", ") + QuoteYaml(value);
  }
  return "[" + list + "]";
}

std::string Key(std::string_view name, const std::string& value) {
  return value.empty() ? "" : fmt::format("    {}: {}\n", name, QuoteYaml(value));
}

std::string Written(const StarterSource& source) {
  std::string text = fmt::format("  {}:\n", source.name) + Comment(source.sees);
  text += Key("title", source.title) + Key("url", source.url) + Key("reader", source.reader) +
          Key("recipe", source.recipe) + Key("platform", source.platform);
  if (!source.routes.empty()) {
    text += fmt::format("    routes: {}\n", List(source.routes));
  }
  if (!source.with.empty()) {
    std::string with;
    for (const auto& [name, values] : source.with) {
      with += fmt::format("{}{}: {}", with.empty() ? "" : ", ", name,
                          values.size() == 1 ? QuoteYaml(values[0]) : List(values));
    }
    text += fmt::format("    with: {{{}}}\n", with);
  }
  text += Key("follow", source.follow) + Key("page_of", source.page_of);
  if (!source.interval.empty()) {
    text += fmt::format("    interval: {}\n", source.interval);
  }
  if (!source.max_pages.empty()) {
    text += fmt::format("    max_pages: {}\n", source.max_pages);
  }
  return text + (source.off ? "    enabled: false\n" : "");
}

// The sources that one entry becomes: one for each combination of values, none where one lacks.
std::vector<StarterSource> Made(const StarterSource& entry, const StarterValues& values) {
  std::vector<StarterSource> made{entry};
  std::vector<std::map<std::string, std::string>> filled(1);
  for (const auto& [name, given] : values) {
    if (!Names(entry, name)) {
      continue;
    }
    std::vector<std::string> choices = given;
    if (choices.empty()) {
      const auto example = entry.examples.find(name);
      if (example == entry.examples.end()) {
        return {};
      }
      choices = {example->second};
      for (StarterSource& one : made) {
        one.off = true;
      }
    }
    std::vector<StarterSource> next;
    std::vector<std::map<std::string, std::string>> next_filled;
    for (std::size_t i = 0; i < made.size(); ++i) {
      for (const std::string& choice : choices) {
        next.push_back(made[i]);
        next_filled.push_back(filled[i]);
        next_filled.back()[name] = choice;
      }
    }
    made = std::move(next);
    filled = std::move(next_filled);
  }
  for (std::size_t i = 0; i < made.size(); ++i) {
    VisitTexts(made[i], [&](std::string& text) { text = Filled(text, filled[i]); });
    if (i > 0) {
      made[i].name += fmt::format("-{}", i + 1);
    }
  }
  return made;
}

}  // namespace

std::optional<StarterPack> LoadStarterPack(const std::filesystem::path& file,
                                           Diagnostics& problems) {
  const std::optional<Section> section = LoadYamlFile(file, problems);
  if (!section) {
    return std::nullopt;
  }
  return PackSchema().Read(*section, problems);
}

StarterValues StarterValuesOf(const InitOptions& options, std::string_view key) {
  StarterValues values;
  const auto put = [&values](std::string_view name, const std::string& value) {
    std::vector<std::string>& list = values[std::string(name)];
    if (!value.empty()) {
      list.push_back(value);
    }
  };
  put("school", options.school);
  put("key", std::string(key));
  put("town", options.town);
  put("site", options.site);
  std::string tag = Tag(options.school);
  for (const std::string& handle : options.handles) {
    if (handle.starts_with('#')) {
      tag = handle.substr(1);
      break;
    }
  }
  put("tag", Encoded(tag));
  values["paper"] = options.papers;
  values["forum"] = options.forums;
  values["telegram"] = options.telegram;
  return values;
}

std::string StarterSources(const StarterPack& pack, const StarterValues& values,
                           const std::set<std::string>& platforms) {
  std::string on;
  std::string off;
  for (const StarterSource& entry : pack.sources) {
    if (entry.url.empty() && !platforms.contains(entry.platform)) {
      continue;
    }
    for (const StarterSource& source : Made(entry, values)) {
      std::string& text = source.off ? off : on;
      text += (text.empty() ? "" : "\n") + Written(source);
    }
  }
  std::string text = std::string(kHead) + on;
  if (!off.empty()) {
    text += (on.empty() ? "" : "\n") + std::string(kSwitchedOff) + off;
  }
  return text;
}

}  // namespace schoolwatch::config
