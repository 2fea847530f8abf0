#include "crawler/readers/json.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <memory>
#include <utility>

#include "crawler/readers/answer_values.h"
#include "crawler/readers/dates.h"
#include "crawler/readers/encoding.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/recipe_program.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxBytes = 16u << 20;
constexpr std::size_t kMaxItems = 10'000;
constexpr std::size_t kMaxLinks = 1'000;
constexpr std::size_t kMaxGone = 10'000;
constexpr std::size_t kMaxErrorWords = 300;
constexpr std::size_t kMaxDepth = 128;

// Cuts without splitting a character.
std::string Shortened(std::string text, std::size_t most) {
  if (text.size() > most) {
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0u) == 0x80u) {
      --most;
    }
    text.resize(most);
  }
  return text;
}

// One answer read by one recipe.
class AnswerReading {
 public:
  AnswerReading(AnswerValues& values, const Recipe& recipe, const RecipeProgram& program,
                const std::optional<core::HttpUrl>& base, Document& document)
      : values_(values), recipe_(recipe), program_(program), base_(base), document_(document) {}

  void Run() {
    if (FindError()) {
      return;
    }
    document_.title = CollapseSpace(values_.Value(program_.thread_title, values_.root()));
    for (const RecipeProgram::Items& items : program_.items) {
      for (const JsonNode& item : values_.Items(items.at)) {
        AddItem(item, items.kind.value_or(recipe_.kind));
      }
    }
    AddLink(values_.Value(program_.next_page, values_.root()), LinkKind::kNextPage);
    if (values_.is_spent()) {
      document_.notes.emplace_back("the answer asks for too much work: read in part");
    }
  }

 private:
  bool FindError() {
    for (const RecipeProgram::Error& error : program_.errors) {
      if (!values_.HoldAll(error.when, values_.root())) {
        continue;
      }
      std::string words = CollapseSpace(values_.Value(error.say, values_.root()));
      if (!words.empty() || !error.when.empty()) {
        document_.answer_error =
            AnswerError{error.means, Shortened(std::move(words), kMaxErrorWords)};
        return true;
      }
    }
    return false;
  }

  void AddLink(const std::string& written, LinkKind kind) {
    if (std::string url = ResolveLink(written, base_);
        !url.empty() && document_.links.size() < kMaxLinks) {
      document_.links.push_back({std::move(url), "", kind});
    }
  }

  void AddItem(JsonNode item, core::PostKind kind) {
    if (program_.unwrap && values_.HoldAll(program_.unwrap_when, item)) {
      if (const JsonNode inner = values_.ObjectAt(*program_.unwrap, item); inner.value != nullptr) {
        item = inner;
      }
    }
    if (!item.value->is_object() || document_.posts.size() >= kMaxItems ||
        !values_.HoldAll(program_.keep, item)) {
      return;
    }
    for (const CompiledFilter& filter : program_.gone) {
      if (values_.Holds(filter, item)) {
        if (std::string id = values_.Value(program_.id, item);
            !id.empty() && document_.gone.size() < kMaxGone) {
          document_.gone.push_back(std::move(id));
        }
        return;
      }
    }
    for (const RecipeProgram::Link& link : program_.links) {
      AddLink(values_.Value(link.address, item), link.kind);
    }
    core::Post post = MakePost(item, kind);
    if (!post.text.empty() || !post.title.empty() || !post.quoted.empty()) {
      document_.posts.push_back(std::move(post));
    }
  }

  core::Post MakePost(const JsonNode& item, core::PostKind kind) {
    const auto line = [&](const CompiledField& field) {
      return field.from.empty() ? std::string() : CollapseSpace(values_.Value(field, item));
    };
    core::Post post;
    post.kind = kind;
    if (program_.kind_at) {
      if (const auto said = recipe_.kinds.find(values_.Text(*program_.kind_at, item));
          said != recipe_.kinds.end()) {
        post.kind = said->second;
      }
    }
    post.platform = recipe_.name;
    post.id = values_.Value(program_.id, item);
    post.url = ResolveLink(values_.Value(program_.url, item), base_);
    post.title = line(program_.title_of_post);
    TextBuilder(post.text).AddPreformatted(values_.Value(program_.text, item, post.quoted));
    AddPictureTexts(item, post.text);
    AddLine(post.quoted, values_.Value(program_.quoted, item));
    post.summary = line(program_.summary);
    post.author = line(program_.author);
    post.author_url = ResolveLink(values_.Value(program_.author_url, item), base_);
    post.published_text = values_.Value(program_.published, item);
    post.published = ParseMachineDate(post.published_text);
    post.updated = ParseMachineDate(values_.Value(program_.updated, item));
    post.parent = values_.Value(program_.parent, item);
    post.language = values_.Value(program_.language, item);
    post.thread_title = line(program_.thread_title_of_post);
    if (post.thread_title.empty()) {
      post.thread_title = document_.title;
    }
    return post;
  }

  void AddPictureTexts(const JsonNode& item, std::string& text) {
    if (program_.picture_texts.from.empty()) {
      return;
    }
    for (const std::string& words : values_.Values(program_.picture_texts, item)) {
      if (IsPictureText(words)) {
        AddLine(text, CollapseSpace(words));
      }
    }
  }

  AnswerValues& values_;
  const Recipe& recipe_;
  const RecipeProgram& program_;
  const std::optional<core::HttpUrl>& base_;
  Document& document_;
};

class JsonReader final : public Reader {
 public:
  core::Result<Document> Read(const RawDocument& raw, const ReadOptions& options) const override {
    if (raw.body.empty()) {
      return core::Fail(core::ErrorKind::kBadInput, "the answer is empty");
    }
    if (raw.body.size() > kMaxBytes) {
      return core::Fail(core::ErrorKind::kBadInput, "the answer is larger than 16 MiB");
    }
    DecodedText decoded = DecodeJson(raw.body, raw.content_type);
    json::parse_options parse;
    parse.max_depth = kMaxDepth;
    boost::system::error_code error;
    // One answer lives and dies as a whole.
    json::monotonic_resource memory;
    const json::value root = json::parse(decoded.text, error, &memory, parse);
    if (error) {
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("not JSON: {} ('{}…')", error.message(),
                                    CollapseSpace(decoded.text.substr(0, 60))));
    }
    if (options.recipe == nullptr) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "a JSON answer is read by a platform's recipe, and none was given");
    }
    const Recipe& recipe = *options.recipe;
    std::shared_ptr<const RecipeProgram> program = recipe.program;
    if (program == nullptr) {
      SW_ASSIGN(RecipeProgram made, RecipeProgram::Compile(recipe));
      program = std::make_shared<const RecipeProgram>(std::move(made));
    }
    Document document;
    document.kind = DocumentKind::kJson;
    document.encoding = std::move(decoded.encoding);
    AnswerValues values(root, raw.body.size(), *program, options.request, raw.status);
    AnswerReading(values, recipe, *program, raw.url, document).Run();
    return document;
  }
};

}  // namespace

const ReaderInfo kJsonReader = {
    "json", "JSON answers of public interfaces, by a platform's recipe",
    []() -> std::unique_ptr<Reader> { return std::make_unique<JsonReader>(); }};

}  // namespace schoolwatch::crawler
