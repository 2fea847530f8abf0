#include "app/commands/inspect.h"

#include <fmt/format.h>
#include <sodium.h>

#include <boost/json.hpp>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <numeric>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "app/group_explanation.h"
#include "app/json_text.h"
#include "core/fingerprint.h"
#include "core/url.h"
#include "crawler/readers/reader.h"
#include "crawler/robots.h"
#include "storage/near_duplicates.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;
using core::ErrorKind;
using core::Fail;
using core::Result;

// A line may carry a page of 8 MB in base64 and then some.
constexpr std::size_t kMaxLine = 64u << 20;

std::string_view TextOf(const json::object& row, std::string_view key) {
  const json::value* value = row.if_contains(key);
  const json::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string_view(text->data(), text->size()) : std::string_view();
}

Result<std::string_view> NeedText(const json::object& row, std::string_view key) {
  const json::value* value = row.if_contains(key);
  if (value == nullptr || !value->is_string()) {
    return Fail(ErrorKind::kBadInput, fmt::format("'{}' is missing or is no text", key));
  }
  return TextOf(row, key);
}

Result<json::object> ParseLine(const std::string& line) {
  if (line.size() > kMaxLine) {
    return Fail(ErrorKind::kBadInput, "the line is longer than 64 MB");
  }
  boost::system::error_code error;
  json::value value = json::parse(line, error, {}, {.max_depth = 32});
  if (error) {
    return Fail(ErrorKind::kBadInput, "no JSON: " + error.message());
  }
  if (!value.is_object()) {
    return Fail(ErrorKind::kBadInput, "a line must be a JSON object");
  }
  return std::move(value.as_object());
}

using Answer = std::function<Result<json::object>(const json::object& row)>;

// Answers every line; whatever is wrong with one is said in its own answer.
ExitCode AnswerLines(std::istream& in, std::ostream& out, const Answer& answer) {
  std::string line;
  while (std::getline(in, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) {
      continue;
    }
    json::object reply;
    Result<json::object> row = ParseLine(line);
    if (!row) {
      reply["id"] = nullptr;
      reply["error"] = row.error().message;
    } else {
      const json::value* id = row->if_contains("id");
      reply["id"] = id != nullptr ? *id : json::value(nullptr);
      if (Result<json::object> answered = answer(*row)) {
        for (auto& [key, value] : *answered) {
          reply[key] = std::move(value);
        }
      } else {
        reply["error"] = answered.error().message;
      }
    }
    out << json::serialize(reply) << '\n' << std::flush;
  }
  return ExitCode::kDone;
}

Result<std::string> DecodeBase64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), "\r\n ", &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return Fail(ErrorKind::kBadInput, "'body_b64' is not base64");
  }
  bytes.resize(size);
  return bytes;
}

crawler::ReadOptions OptionsOf(const ReadBy& by) {
  crawler::ReadOptions options;
  options.recipe = by.recipe;
  options.redirects = by.redirects;
  options.engines = &by.engines;
  return options;
}

Result<core::Post> PostFromRow(const json::object& row) {
  core::Post post;
  SW_ASSIGN(const std::string_view text, NeedText(row, "text"));
  post.text = text;
  post.title = TextOf(row, "title");
  post.author = TextOf(row, "author");
  post.platform = TextOf(row, "platform");
  post.page_of = TextOf(row, "page_of");
  return post;
}

}  // namespace

ExitCode InspectRobots(std::istream& in, std::ostream& out) {
  return AnswerLines(in, out, [](const json::object& row) -> Result<json::object> {
    SW_ASSIGN(const std::string_view robots, NeedText(row, "robots"));
    SW_ASSIGN(const std::string_view agent, NeedText(row, "agent"));
    SW_ASSIGN(const std::string_view address, NeedText(row, "url"));
    return json::object{
        {"allowed",
         crawler::RobotsRules::Parse(robots, agent).IsAllowed(crawler::RobotsTarget(address))}};
  });
}

ExitCode InspectUrl(std::istream& in, std::ostream& out) {
  return AnswerLines(in, out, [](const json::object& row) -> Result<json::object> {
    SW_ASSIGN(const std::string_view text, NeedText(row, "url"));
    const Result<core::HttpUrl> base = core::HttpUrl::Parse(TextOf(row, "base"));
    SW_ASSIGN(const core::HttpUrl url,
              base ? core::HttpUrl::Parse(text, *base) : core::HttpUrl::Parse(text));
    return json::object{{"url", url.href()}, {"key", core::CanonicalKey(url)}};
  });
}

ExitCode InspectRead(const ReadBy& by, std::istream& in, std::ostream& out) {
  const crawler::ReadOptions options = OptionsOf(by);
  return AnswerLines(in, out, [&options](const json::object& row) -> Result<json::object> {
    SW_ASSIGN(const std::string_view encoded, NeedText(row, "body_b64"));
    SW_ASSIGN(const std::string body, DecodeBase64(encoded));
    crawler::RawDocument raw;
    raw.content_type = TextOf(row, "content_type");
    raw.body = body;
    if (const Result<core::HttpUrl> url = core::HttpUrl::Parse(TextOf(row, "url"))) {
      raw.url = *url;
    }
    SW_ASSIGN(const crawler::Document document, crawler::ReadDocument(raw, options));
    return ToJson(document);
  });
}

ExitCode InspectJudge(const matchers::Judge& judge, Explanation explanation, std::istream& in,
                      std::ostream& out) {
  if (explanation == Explanation::kNone) {
    return AnswerLines(in, out, [&](const json::object& row) -> Result<json::object> {
      SW_ASSIGN(const core::Post post, PostFromRow(row));
      return ToJson(judge.Evaluate(post));
    });
  }
  std::string line;
  while (std::getline(in, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) {
      continue;
    }
    const Result<json::object> row = ParseLine(line);
    const Result<core::Post> post = row ? PostFromRow(*row) : Result<core::Post>(Fail(row.error()));
    if (!post) {
      out << "error: " << post.error().message << "\n\n" << std::flush;
      continue;
    }
    out << matchers::Explain(*post, judge.Evaluate(*post), &judge.rules()) << '\n' << std::flush;
  }
  return ExitCode::kDone;
}

namespace {

json::array Words(const std::vector<std::string>& words) {
  json::array array;
  for (const std::string& word : words) {
    array.emplace_back(word);
  }
  return array;
}

json::object ToJson(const Likeness& likeness, const json::value& other) {
  return {{"like", other},
          {"why", likeness.why},
          {"shared", Words(likeness.shared)},
          {"only_here", Words(likeness.only_here)},
          {"only_there", Words(likeness.only_there)}};
}

void AddReason(const GroupReason& reason, bool by_link, const std::vector<json::value>& ids,
               json::object& reply) {
  if (reason.joined) {
    reply["joined"] = ToJson(*reason.joined, ids[reason.joined->other]);
  }
  reply["why"] = by_link         ? "the same link"
                 : reason.joined ? reason.joined->why
                                 : "stands alone, or others joined it by their link";
  json::array apart;
  for (const Likeness& likeness : reason.apart) {
    apart.emplace_back(ToJson(likeness, ids[likeness.other]));
  }
  if (!apart.empty()) {
    reply["kept_apart"] = std::move(apart);
  }
}

}  // namespace

ExitCode InspectGroup(Explanation explanation, std::istream& in, std::ostream& out) {
  struct Row {
    json::value id;
    std::string error;
    std::size_t index = 0;  // Into prints.
    std::string text{};     // Only for an explanation.
  };
  std::vector<Row> rows;
  std::vector<core::Fingerprint> prints;
  std::vector<std::string> links;
  std::string line;
  while (std::getline(in, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) {
      continue;
    }
    Row row;
    const Result<json::object> object = ParseLine(line);
    if (!object) {
      row.error = object.error().message;
    } else {
      const json::value* id = object->if_contains("id");
      row.id = id != nullptr ? *id : json::value(nullptr);
      const Result<std::string_view> text = NeedText(*object, "text");
      if (!text) {
        row.error = text.error().message;
      } else {
        row.index = prints.size();
        prints.push_back(core::MakeFingerprint(*text));
        row.text = explanation == Explanation::kForPeople ? std::string(*text) : "";
        const Result<core::HttpUrl> url = core::HttpUrl::Parse(TextOf(*object, "url"));
        links.push_back(url ? core::CanonicalKey(*url) : "");
      }
    }
    rows.push_back(std::move(row));
  }
  // Near-duplicates first, then equal links join whole groups.
  std::vector<std::size_t> group = storage::GroupNearDuplicates(prints);
  std::map<std::string, std::size_t> first_of_link;
  std::vector<bool> by_link(prints.size());
  for (std::size_t i = 0; i < prints.size(); ++i) {
    if (links[i].empty()) {
      continue;
    }
    const auto [known, is_new] = first_of_link.emplace(links[i], i);
    const std::size_t from = group[i];
    const std::size_t to = group[known->second];
    if (!is_new && from != to) {
      by_link[i] = true;
      const std::size_t joined = std::min(from, to);
      for (std::size_t& one : group) {
        if (one == from || one == to) {
          one = joined;
        }
      }
    }
  }
  std::vector<GroupReason> reasons;
  std::vector<json::value> ids(prints.size());
  if (explanation == Explanation::kForPeople) {
    std::vector<GroupedText> texts;
    for (const Row& row : rows) {
      if (row.error.empty()) {
        ids[row.index] = row.id;
        texts.push_back({.text = row.text, .print = prints[row.index], .group = group[row.index]});
      }
    }
    reasons = ExplainGroups(texts);
  }
  for (const Row& row : rows) {
    json::object reply{{"id", row.id}};
    if (!row.error.empty()) {
      reply["error"] = row.error;
    } else {
      reply["group"] = "g" + std::to_string(group[row.index] + 1);
      if (explanation == Explanation::kForPeople) {
        AddReason(reasons[row.index], by_link[row.index], ids, reply);
      }
    }
    out << json::serialize(reply) << '\n' << std::flush;
  }
  return ExitCode::kDone;
}

ExitCode InspectFile(const ReadFileOptions& options, const ReadBy& by, std::ostream& out,
                     std::ostream& errors) {
  std::ifstream file(options.file, std::ios::binary);
  if (!file) {
    errors << "schoolwatch: cannot open '" << options.file.string() << "'\n";
    return ExitCode::kUsage;
  }
  std::ostringstream buffer;
  buffer << file.rdbuf();
  const std::string body = std::move(buffer).str();
  crawler::RawDocument raw;
  raw.content_type = options.content_type;
  raw.body = body;
  if (!options.url.empty()) {
    const Result<core::HttpUrl> url = core::HttpUrl::Parse(options.url);
    if (!url) {
      errors << "schoolwatch: --url: " << url.error().message << '\n';
      return ExitCode::kUsage;
    }
    raw.url = *url;
  }
  const Result<crawler::Document> document = crawler::ReadDocument(raw, OptionsOf(by));
  if (!document) {
    errors << "schoolwatch: " << options.file.string() << ": " << document.error().message << '\n';
    return ExitCode::kUsage;
  }
  if (options.as_json) {
    out << json::serialize(ToJson(*document)) << '\n';
    return ExitCode::kDone;
  }
  out << crawler::DocumentKindName(document->kind) << ", " << document->encoding;
  if (!document->title.empty()) {
    out << ": " << document->title;
  }
  out << '\n';
  for (const std::string& note : document->notes) {
    out << "note: " << note << '\n';
  }
  if (document->answer_error) {
    out << fmt::format("error ({}): {}\n",
                       crawler::AnswerMeaningName(document->answer_error->meaning),
                       document->answer_error->words);
  }
  for (const std::string& id : document->gone) {
    out << "gone: " << id << '\n';
  }
  for (std::size_t i = 0; i < document->posts.size(); ++i) {
    const core::Post& post = document->posts[i];
    out << fmt::format("\n{}. {}", i + 1, core::PostKindName(post.kind));
    if (!post.author.empty()) {
      out << " by " << post.author;
    }
    if (post.published) {
      out << ", " << core::FormatRfc3339(*post.published);
    } else if (!post.published_text.empty()) {
      out << ", " << post.published_text;
    }
    out << '\n';
    if (!post.url.empty()) {
      out << "   " << post.url << '\n';
    }
    if (!post.title.empty() && post.title != document->title) {
      out << "   " << post.title << '\n';
    }
    const auto indented = [&out](std::string_view text, std::string_view mark) {
      for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        out << "   " << mark << text.substr(start, end - start) << '\n';
        start = end + 1;
      }
    };
    indented(post.quoted, "> ");
    indented(post.text, "");
  }
  out << fmt::format("\n{} posts, {} links\n", document->posts.size(), document->links.size());
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
