#include "app/post_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <iostream>
#include <utility>

#include "core/time.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxLine = std::size_t{1} << 20;
constexpr std::size_t kMaxProblems = 20;

enum class LineKind { kLine, kTooLong, kEnd };

// The next line without its end, never more of it than allowed.
LineKind NextLine(std::istream& in, std::string& line) {
  line.clear();
  using Traits = std::istream::traits_type;
  std::streambuf& bytes = *in.rdbuf();
  bool too_long = false;
  bool any = false;
  for (auto byte = bytes.sbumpc(); byte != Traits::eof(); byte = bytes.sbumpc()) {
    any = true;
    if (byte == '\n') {
      return too_long ? LineKind::kTooLong : LineKind::kLine;
    }
    if (line.size() == kMaxLine) {
      too_long = true;
    } else {
      line += Traits::to_char_type(byte);
    }
  }
  return !any ? LineKind::kEnd : too_long ? LineKind::kTooLong : LineKind::kLine;
}

int ColumnAt(std::string_view line, std::size_t offset) {
  return 1 + static_cast<int>(std::ranges::count_if(line.substr(0, offset), [](char byte) {
           return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
         }));
}

class LineParser {
 public:
  LineParser(std::string_view line, config::Location where, config::Diagnostics& problems)
      : line_(line), where_(std::move(where)), problems_(problems) {}

  std::optional<PostLine> Parse(Labels labels) {
    json::parse_options options;
    options.max_depth = 16;
    json::stream_parser parser({}, options);
    boost::system::error_code error;
    const std::size_t read = parser.write_some(line_.data(), line_.size(), error);
    if (!error && read < line_.size()) {
      Complain(read, "something stands behind the JSON object: one object a line");
      return std::nullopt;
    }
    if (!error) {
      parser.finish(error);
    }
    if (error) {
      Complain(read, fmt::format("no JSON: {}", error.message()));
      return std::nullopt;
    }
    const json::value value = parser.release();
    if (!value.is_object()) {
      Complain(0, "a line must be a JSON object: {\"id\": …, \"text\": …}");
      return std::nullopt;
    }
    row_ = &value.get_object();
    PostLine post = ReadPost();
    if (labels == Labels::kNeeded) {
      ReadLabel(post.label);
    }
    return wrong_ ? std::nullopt : std::optional(std::move(post));
  }

 private:
  void Complain(std::size_t offset, std::string message) {
    wrong_ = true;
    config::Location where = where_;
    where.column = ColumnAt(line_, offset);
    problems_.Add(std::move(where), std::move(message));
  }
  // About a key: at its value's key, or at the line's start where it is missing.
  void ComplainOf(std::string_view key, std::string message) {
    const std::size_t at = line_.find(fmt::format("\"{}\"", key));
    Complain(at == std::string_view::npos ? 0 : at, std::move(message));
  }

  enum class Presence { kOptional, kNeeded };
  const json::value* Find(std::string_view key, Presence presence) {
    const json::value* value = row_->if_contains(key);
    if (value != nullptr && value->is_null()) {
      value = nullptr;
    }
    if (value == nullptr && presence == Presence::kNeeded) {
      ComplainOf(key, fmt::format("'{}' is missing", key));
    }
    return value;
  }

  std::string Text(std::string_view key, Presence presence = Presence::kOptional) {
    const json::value* value = Find(key, presence);
    if (value == nullptr) {
      return {};
    }
    if (!value->is_string()) {
      ComplainOf(key, fmt::format("'{}' must be text", key));
      return {};
    }
    return std::string(value->get_string());
  }

  std::vector<std::string> Texts(std::string_view key, Presence presence) {
    std::vector<std::string> texts;
    const json::value* value = Find(key, presence);
    if (value == nullptr) {
      return texts;
    }
    bool good = value->is_array();
    for (const json::value& one : good ? value->get_array() : json::array()) {
      good = good && one.is_string();
      texts.emplace_back(one.is_string() ? std::string_view(one.get_string()) : "");
    }
    if (!good) {
      ComplainOf(key, fmt::format("'{}' must be a list of texts", key));
      texts.clear();
    }
    return texts;
  }

  PostLine ReadPost() {
    PostLine line;
    line.where = where_;
    line.where.column = 1;
    if (const json::value* id = row_->if_contains("id"); id != nullptr && id->is_number()) {
      line.id = json::serialize(*id);
    } else {
      line.id = Text("id", Presence::kNeeded);
    }
    core::Post& post = line.post;
    post.text = Text("text", Presence::kNeeded);
    post.title = Text("title");
    post.author = Text("author");
    post.platform = Text("platform");
    post.page_of = Text("page_of");
    post.url = Text("url");
    post.source = Text("source");
    post.thread_url = Text("thread_url");
    post.thread_title = Text("thread_title");
    if (const std::string published = Text("published"); !published.empty()) {
      if (const auto time = core::ParseRfc3339(published)) {
        post.published = *time;
      } else {
        ComplainOf("published", "'published' must be a time such as 2026-03-02T08:15:00Z");
      }
    }
    return line;
  }

  void ReadLabel(PostLabel& label) {
    label.school = Text("school", Presence::kNeeded);
    label.why = Text("why");
    label.also_about = Texts("also_about", Presence::kOptional);
    if (const json::value* mentions = Find("mentions", Presence::kNeeded)) {
      if (mentions->is_bool()) {
        label.mentions = mentions->get_bool();
      } else {
        ComplainOf("mentions", "'mentions' must be true or false");
      }
    }
    for (const std::string& name : Texts("categories", Presence::kNeeded)) {
      if (const auto category = core::ParseCategory(name)) {
        label.categories.push_back(*category);
      } else {
        ComplainOf("categories", category.error().message);
      }
    }
    const std::string severity = Text("severity", Presence::kNeeded);
    if (const auto parsed = core::ParseSeverity(severity); parsed) {
      label.severity = *parsed;
    } else if (!severity.empty()) {
      ComplainOf("severity", parsed.error().message);
    }
  }

  std::string_view line_;
  config::Location where_;
  config::Diagnostics& problems_;
  const json::object* row_ = nullptr;
  bool wrong_ = false;
};

// The number at the end of an id; none where there is none.
std::optional<std::uint64_t> NumberOfId(std::string_view id) {
  const std::string_view digits = id.substr(id.find_last_of('-') + 1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return number;
}

// Whether the post is one of those wanted; says so where that cannot be told.
bool IsWanted(const PostLine& post, Half half, config::Diagnostics& problems) {
  if (half == Half::kBoth) {
    return true;
  }
  const std::optional<std::uint64_t> number = NumberOfId(post.id);
  if (!number) {
    problems.Add(post.where, fmt::format("--half goes by the number at the end of an id, and '{}' "
                                         "has none",
                                         config::ForMessage(post.id)));
    return false;
  }
  return (*number % 2 == 1) == (half == Half::kOdd);
}

}  // namespace

core::Result<Half> ParseHalf(std::string_view name) {
  if (name.empty()) {
    return Half::kBoth;
  }
  if (name == "odd" || name == "even") {
    return name == "odd" ? Half::kOdd : Half::kEven;
  }
  return core::Fail(core::ErrorKind::kBadInput, "--half must be odd or even");
}

void ReadPostLines(std::istream& in, const std::string& name, const PostsWanted& wanted,
                   config::Diagnostics& problems, const std::function<void(PostLine)>& take) {
  std::string line;
  int number = 0;
  for (LineKind kind = NextLine(in, line); kind != LineKind::kEnd; kind = NextLine(in, line)) {
    ++number;
    const config::Location where{.file = name, .line = number, .column = 1};
    std::string_view text = line;
    if (number == 1 && text.starts_with("\xEF\xBB\xBF")) {
      text.remove_prefix(3);
    }
    if (kind == LineKind::kTooLong) {
      problems.Add(where, "the line is longer than 1 MB");
    } else if (text.find_first_not_of(" \t\r") != std::string_view::npos) {
      if (std::optional<PostLine> post = LineParser(text, where, problems).Parse(wanted.labels);
          post && IsWanted(*post, wanted.half, problems)) {
        take(*std::move(post));
      }
    }
    if (problems.all().size() >= kMaxProblems) {
      problems.Add(where, "too much is wrong: the rest was not read");
      return;
    }
  }
}

core::Result<void> ReadPostFile(const std::filesystem::path& file, const PostsWanted& wanted,
                                const std::function<void(PostLine)>& take) {
  config::Diagnostics problems;
  if (file == "-") {
    ReadPostLines(std::cin, "standard input", wanted, problems, take);
    return problems.ToResult();
  }
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return core::Fail(core::ErrorKind::kBadInput, "'" + file.string() + "' is a folder");
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return core::Fail(core::ErrorKind::kNotFound, "cannot open '" + file.string() + "'");
  }
  ReadPostLines(in, file.string(), wanted, problems, take);
  return problems.ToResult();
}

}  // namespace schoolwatch::app
