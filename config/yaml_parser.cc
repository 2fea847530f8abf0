// Builds the tree behind Section from yaml-cpp's events. Its nodes would be less work, but they
// lose duplicate keys and places of keys, expand aliases without bound and have no limits.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <utility>

#include "config/file.h"
#include "config/section.h"
#include "config/yaml_tree.h"
#include "core/text/utf8.h"

namespace schoolwatch::config {
namespace {

// Thrown through yaml-cpp by our event handler, whose interface has no other way to stop it, and
// caught in ParseYaml.
struct Refusal {
  YamlPlace where;
  std::string message;
};

// Turns yaml-cpp's marks, which count bytes from 0, into lines and columns that count characters
// from 1. Events come almost in file order, so what was counted on a line is kept: the whole file
// costs one pass, however long its lines are.
class PlaceFinder {
 public:
  explicit PlaceFinder(std::string_view bytes) : bytes_(bytes) {}

  YamlPlace Find(const YAML::Mark& mark) {
    if (mark.is_null()) {
      return {};
    }
    while (line_ < mark.line) {
      const std::size_t end = bytes_.find('\n', line_start_);
      if (end == std::string_view::npos) {
        break;
      }
      line_start_ = end + 1;
      ++line_;
      byte_ = 0;
      characters_ = 0;
    }
    if (line_ != mark.line || mark.column < byte_) {
      return FindFromLineStart(mark);
    }
    Advance(mark.column);
    return {line_ + 1, characters_ + 1};
  }

 private:
  void Advance(int column) {
    for (; byte_ < column && Index(byte_) < bytes_.size(); ++byte_) {
      const auto byte = static_cast<unsigned char>(bytes_[Index(byte_)]);
      characters_ += (byte & 0xC0U) == 0x80U ? 0 : 1;
    }
  }
  std::size_t Index(int column) const { return line_start_ + static_cast<std::size_t>(column); }

  // The rare step back: a collection's mark may come after its first key's.
  YamlPlace FindFromLineStart(const YAML::Mark& mark) {
    if (line_ == mark.line && byte_ - mark.column < 4096) {
      int characters = characters_;
      for (int byte = byte_; byte > mark.column; --byte) {
        const auto value = static_cast<unsigned char>(bytes_[Index(byte - 1)]);
        characters -= (value & 0xC0U) == 0x80U ? 0 : 1;
      }
      return {mark.line + 1, characters + 1};
    }
    return {mark.line + 1, mark.column + 1};
  }

  std::string_view bytes_;
  std::size_t line_start_ = 0;
  int line_ = 0;
  int byte_ = 0;  // How far the current line is counted, and
  int characters_ = 0;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(Section::Document& document, std::string_view bytes, const YamlLimits& limits)
      : document_(document), bytes_(bytes), places_(bytes), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw Refusal{places_.Find(mark),
                    "a second document begins here ('---'): one file holds one document"};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    CheckPlain(mark, "?", anchor);
    if (WantsKey()) {
      throw Refusal{places_.Find(mark), "a key is missing before ':'"};
    }
    Add(mark, Section::Kind::kNull);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Refusal{places_.Find(mark), "aliases (*name) are not read: write the value out"};
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckPlain(mark, tag, anchor);
    CheckClosed(mark);
    if (WantsKey()) {
      TakeKey(mark, value);
      return;
    }
    YamlNode& node = document_.nodes[Add(mark, Section::Kind::kScalar)];
    node.text = value;
    node.quoted = tag == "!";
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, Section::Kind::kList);
  }
  void OnSequenceEnd() override { frames_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, Section::Kind::kMap);
  }
  void OnMapEnd() override { frames_.pop_back(); }

  YamlPlace Find(const YAML::Mark& mark) { return places_.Find(mark); }

 private:
  struct Frame {
    std::uint32_t node = 0;
    std::uint32_t last_child = 0;
    bool is_map = false;
    bool has_key = false;
    std::string key;
    YamlPlace key_where;
    std::unordered_map<std::string, int> lines;  // Of the keys so far.
  };

  bool WantsKey() const {
    return !frames_.empty() && frames_.back().is_map && !frames_.back().has_key;
  }

  void CheckPlain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) {
      throw Refusal{places_.Find(mark),
                    "anchors (&name) are not read: write the value out where it is used"};
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Refusal{places_.Find(mark), "tags (!name) are not read: put quotes round text"};
    }
  }

  // yaml-cpp takes the end of the file for a missing closing quote, so all settings after it would
  // silently become one text.
  void CheckClosed(const YAML::Mark& mark) {
    const auto start = static_cast<std::size_t>(std::max(mark.pos, 0));
    if (start >= bytes_.size() || (bytes_[start] != '"' && bytes_[start] != '\'')) {
      return;
    }
    const char quote = bytes_[start];
    for (std::size_t at = start + 1; at < bytes_.size(); ++at) {
      const bool is_escape = quote == '"' ? bytes_[at] == '\\' : bytes_.substr(at, 2) == "''";
      if (is_escape) {
        ++at;
      } else if (bytes_[at] == quote) {
        return;
      }
    }
    throw Refusal{places_.Find(mark), "this quotation mark is not closed"};
  }

  void TakeKey(const YAML::Mark& mark, const std::string& key) {
    Frame& frame = frames_.back();
    const YamlPlace where = places_.Find(mark);
    const auto [old, is_new] = frame.lines.emplace(key, where.line);
    if (!is_new) {
      throw Refusal{where, fmt::format("key '{}' stands here twice; the first is in line {}",
                                       ForMessage(key), old->second)};
    }
    frame.has_key = true;
    frame.key = key;
    frame.key_where = where;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            Section::Kind kind) {
    CheckPlain(mark, tag, anchor);
    if (WantsKey()) {
      throw Refusal{places_.Find(mark), "a key must be plain text, not a list or a map"};
    }
    if (frames_.size() >= limits_.max_depth) {
      throw Refusal{places_.Find(mark),
                    fmt::format("nested too deeply: at most {} levels", limits_.max_depth)};
    }
    const std::uint32_t node = Add(mark, kind);
    Frame frame;
    frame.node = node;
    frame.is_map = kind == Section::Kind::kMap;
    frames_.push_back(std::move(frame));
  }

  std::uint32_t Add(const YAML::Mark& mark, Section::Kind kind) {
    if (document_.nodes.size() >= limits_.max_nodes) {
      throw Refusal{places_.Find(mark),
                    fmt::format("too much in one file: at most {} values", limits_.max_nodes)};
    }
    const auto index = static_cast<std::uint32_t>(document_.nodes.size());
    YamlNode& node = document_.nodes.emplace_back();
    node.kind = kind;
    node.where = places_.Find(mark);
    node.key_where = node.where;
    if (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (frame.is_map) {
        node.key = std::move(frame.key);
        node.key_where = frame.key_where;
        if (kind == Section::Kind::kNull) {
          node.where = frame.key_where;  // yaml-cpp names the token after what is not there.
        }
        frame.has_key = false;
      }
      YamlNode& parent = document_.nodes[frame.node];
      ++parent.size;
      if (frame.last_child == 0) {
        parent.first_child = index;
      } else {
        document_.nodes[frame.last_child].next = index;
      }
      frame.last_child = index;
    }
    return index;
  }

  Section::Document& document_;
  std::string_view bytes_;
  PlaceFinder places_;
  YamlLimits limits_;
  std::vector<Frame> frames_;
  int documents_ = 0;
};

// yaml-cpp's stream wants an istream; this one reads the bytes where they are.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view bytes) {
    char* start = const_cast<char*>(bytes.data());
    setg(start, start, start + bytes.size());
  }
};

// What yaml-cpp says, in words that tell a person what to change.
struct Advice {
  std::string_view theirs;
  std::string_view ours;
};
constexpr Advice kAdvice[] = {
    {"end of map not found",
     "this line does not line up with the lines above it: check the indentation, and put quotes "
     "round text that contains ': ' or starts with a quotation mark"},
    {"end of sequence not found",
     "this line does not line up with the '-' lines above it: check the indentation"},
    {"end of map flow not found", "a '{' is not closed by '}'"},
    {"end of sequence flow not found",
     "a '[' is not closed by ']' (a '#' begins a comment: put quotes round \"#tag\")"},
    {"illegal EOF in scalar", "a quotation mark is not closed before the end of the file"},
    {"illegal map value",
     "a ':' stands where no value can begin: put quotes round text that contains ': '"},
    {"illegal block entry", "a '-' stands where no list can begin: check the indentation"},
    {"illegal flow end", "a ']' or '}' closes nothing"},
    {"unknown token", "text cannot begin with this character: put quotes round it"},
};

// True if a line at or just before `line` (from 1) is indented with a tab.
bool HasTabIndent(std::string_view bytes, int line) {
  int current = 1;
  std::size_t start = 0;
  while (start < bytes.size() && current <= line) {
    const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
    if (current >= line - 1) {
      const std::string_view text = bytes.substr(start, end - start);
      const std::size_t indent = text.find_first_not_of(" \t");
      if (indent != std::string_view::npos && text.substr(0, indent).contains('\t')) {
        return true;
      }
    }
    start = end + 1;
    ++current;
  }
  return false;
}

std::string Explain(const YAML::ParserException& error, std::string_view bytes, int line) {
  if (HasTabIndent(bytes, line)) {
    return "a tab is used for indentation here: YAML takes spaces only";
  }
  for (const Advice& one : kAdvice) {
    if (error.msg == one.theirs) {
      return std::string(one.ours);
    }
  }
  return "not valid YAML: " + error.msg;
}

// The first byte that a configuration cannot hold, with its line and column.
struct BadByte {
  YamlPlace where;
  std::string message;
};

std::optional<BadByte> FindBadByte(std::string_view bytes) {
  YamlPlace where{1, 1};
  for (std::size_t at = 0; at < bytes.size();) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    if (byte == '\n') {
      ++where.line;
      where.column = 1;
      ++at;
      continue;
    }
    if (byte >= 0x20U && byte < 0x7FU) {
      ++at;
      ++where.column;
      continue;
    }
    const core::Utf8Step step = core::DecodeUtf8(bytes, at);
    if (!step.valid) {
      return BadByte{where, "not valid UTF-8: save the file in the encoding UTF-8"};
    }
    const bool is_line_end = byte == '\r' && at + 1 < bytes.size() && bytes[at + 1] == '\n';
    if ((byte < 0x20U && byte != '\t' && !is_line_end) || byte == 0x7FU) {
      return BadByte{where, fmt::format("a control character (code {}) stands here: remove it",
                                        static_cast<int>(byte))};
    }
    at += step.size;
    ++where.column;
  }
  return std::nullopt;
}

core::Error AsError(const Diagnostics& problems) {
  std::string text = problems.ToText();
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return {core::ErrorKind::kBadInput, std::move(text)};
}

}  // namespace

std::optional<Section> ParseYaml(std::string file_name, std::string_view bytes,
                                 Diagnostics& problems, YamlLimits limits) {
  if (bytes.size() > limits.max_bytes) {
    problems.Add({file_name, 0, 0},
                 fmt::format("the file is too big: at most {} bytes are read", limits.max_bytes));
    return std::nullopt;
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
  }
  if (std::optional<BadByte> bad = FindBadByte(bytes)) {
    problems.Add({file_name, bad->where.line, bad->where.column}, std::move(bad->message));
    return std::nullopt;
  }
  // yaml-cpp keeps every token from an unclosed '[' to the end of the file, at about 200 bytes
  // each.
  const auto marks = std::ranges::count_if(
      bytes, [](char c) { return c == '[' || c == '{' || c == ',' || c == ':'; });
  if (static_cast<std::size_t>(marks) > 2 * limits.max_nodes) {
    problems.Add({file_name, 0, 0},
                 fmt::format("too much in one file: at most {} values", limits.max_nodes));
    return std::nullopt;
  }
  auto document = std::make_shared<Section::Document>();
  document->file = file_name;
  TreeBuilder builder(*document, bytes, limits);
  const auto refuse = [&](YamlPlace where, std::string message) {
    problems.Add({file_name, where.line, where.column}, std::move(message));
  };
  try {
    ViewBuffer buffer(bytes);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refusal& refusal) {
    refuse(refusal.where, refusal.message);
    return std::nullopt;
  } catch (const YAML::ParserException& error) {
    const YamlPlace where = builder.Find(error.mark);
    refuse(where, Explain(error, bytes, where.line));
    return std::nullopt;
  } catch (const std::exception& error) {
    refuse({}, std::string("not valid YAML: ") + error.what());
    return std::nullopt;
  }
  if (document->nodes.empty()) {
    document->nodes.emplace_back().where = {1, 1};
    document->nodes.back().key_where = {1, 1};
  }
  return Section(std::move(document), 0);
}

core::Result<Section> ParseYaml(std::string file_name, std::string_view bytes, YamlLimits limits) {
  Diagnostics problems;
  std::optional<Section> root = ParseYaml(std::move(file_name), bytes, problems, limits);
  if (!root) {
    return core::Fail(AsError(problems));
  }
  return *std::move(root);
}

core::Result<Section> LoadYamlFile(const std::filesystem::path& path, YamlLimits limits) {
  const core::Result<std::string> bytes = ReadSmallFile(path, limits.max_bytes);
  if (!bytes) {
    return core::FailWith(path.string(), bytes.error());
  }
  return ParseYaml(path.string(), *bytes, limits);
}

std::optional<Section> LoadYamlFile(const std::filesystem::path& path, Diagnostics& problems,
                                    YamlLimits limits) {
  const core::Result<std::string> bytes = ReadSmallFile(path, limits.max_bytes);
  if (!bytes) {
    problems.Add({path.string(), 0, 0}, bytes.error().message);
    return std::nullopt;
  }
  return ParseYaml(path.string(), *bytes, problems, limits);
}

}  // namespace schoolwatch::config
