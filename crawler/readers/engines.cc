#include "crawler/readers/engines.h"

#include <utility>

#include "config/schema.h"

namespace schoolwatch::crawler {
namespace {

config::Value<std::string> SelectorText() {
  return config::Text({.max_bytes = 500})
      .Check([](const std::string& written) -> core::Result<void> {
        SW_TRY(Selector::Compile(written));
        return {};
      })
      .Words("selector");
}

core::Result<std::optional<Selector>> CompileOptional(const std::string& written) {
  if (written.empty()) {
    return std::optional<Selector>();
  }
  SW_ASSIGN(Selector selector, Selector::Compile(written));
  return std::optional<Selector>(std::move(selector));
}

}  // namespace

const config::Schema<EngineText>& EngineSchema() {
  static const config::Schema<EngineText> kSchema =
      config::Schema<EngineText>("Engine", "Where a forum or comment engine keeps its posts.")
          .Field("title", &EngineText::title, config::Text(),
                 {.help = "The engine's name for people."})
          .Field("kind", &EngineText::kind,
                 config::EnumOf<core::PostKind>({{"thread_post", core::PostKind::kThreadPost},
                                                 {"comment", core::PostKind::kComment},
                                                 {"review", core::PostKind::kReview}}),
                 {.help = "What its posts are."})
          .Field("marks", &EngineText::marks,
                 config::ListOf(SelectorText(), {.min_items = 1, .one_or_more = true}),
                 {.help = "Elements that only this engine's pages have.", .required = true})
          .Field("post", &EngineText::post, SelectorText(),
                 {.help = "The elements that hold one post each.", .required = true})
          .Field("body", &EngineText::body, SelectorText(), {.help = "The post's own words."})
          .Field("author", &EngineText::author, SelectorText(),
                 {.help = "The name of who wrote it, or the link to them."})
          .Field("date", &EngineText::date, SelectorText(), {.help = "When it was written."})
          .Field("permalink", &EngineText::permalink, SelectorText(),
                 {.help = "The link to the post."})
          .Field("id", &EngineText::id, SelectorText(),
                 {.help = "The element whose attribute tells posts apart.",
                  .example = "\"div@data-post-id\""})
          .Field("parent", &EngineText::parent, SelectorText(),
                 {.help = "The link to what the post answers."})
          .Field("skip", &EngineText::skip, SelectorText(),
                 {.help = "What stands in the body and is not the author's."})
          .Field("quote", &EngineText::quote, SelectorText(),
                 {.help = "What the post quotes of others."})
          .Field("signed_at_end", &EngineText::signed_at_end, config::Flag(),
                 {.help = "Posts are paragraphs that end with name and date; those without belong "
                          "to the next."});
  return kSchema;
}

core::Result<Engine> CompileEngine(std::string name, const EngineText& text) {
  Engine engine;
  engine.name = std::move(name);
  engine.title = text.title;
  engine.kind = text.kind;
  engine.signed_at_end = text.signed_at_end;
  for (const std::string& mark : text.marks) {
    SW_ASSIGN(Selector selector, Selector::Compile(mark));
    engine.marks.push_back(std::move(selector));
  }
  SW_ASSIGN(engine.post, CompileOptional(text.post));
  SW_ASSIGN(engine.body, CompileOptional(text.body));
  SW_ASSIGN(engine.author, CompileOptional(text.author));
  SW_ASSIGN(engine.date, CompileOptional(text.date));
  SW_ASSIGN(engine.permalink, CompileOptional(text.permalink));
  SW_ASSIGN(engine.id, CompileOptional(text.id));
  SW_ASSIGN(engine.parent, CompileOptional(text.parent));
  SW_ASSIGN(engine.skip, CompileOptional(text.skip));
  SW_ASSIGN(engine.quote, CompileOptional(text.quote));
  return engine;
}

std::optional<Engine> ReadEngine(std::string name, const config::Section& section,
                                 config::Diagnostics& problems) {
  const std::size_t before = problems.all().size();
  const EngineText text = EngineSchema().Read(section, problems);
  if (text.title.empty()) {
    problems.Add(section.key_where(), "'title' is missing: the engine's name for people");
  }
  if (problems.all().size() != before) {
    return std::nullopt;
  }
  core::Result<Engine> engine = CompileEngine(std::move(name), text);
  if (!engine) {
    problems.Add(section.where(), engine.error().message);
    return std::nullopt;
  }
  return *std::move(engine);
}

EngineSet LoadEngines(const std::filesystem::path& folder, config::Diagnostics& problems) {
  EngineSet engines;
  for (config::NamedSection& file : config::LoadYamlFolder(folder, problems)) {
    if (auto engine = ReadEngine(std::move(file.name), file.section, problems)) {
      engines.push_back(std::make_shared<const Engine>(std::move(*engine)));
    }
  }
  return engines;
}

}  // namespace schoolwatch::crawler
