#include "crawler/readers/json_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <optional>

#include "core/text/utf8.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxDepth = 128;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// What ends a number or a word.
bool EndsScalar(char c) { return c == ',' || c == '}' || c == ']' || IsSpace(c); }

bool IsScalar(std::string_view text) {
  return text == "true" || text == "false" ||
         (!text.empty() && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' ||
                  c == 'E';
         }));
}

int HexDigit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

// The four digits behind "\u"; nothing where they are none.
std::optional<std::uint32_t> ReadUnit(std::string_view text, std::size_t at) {
  if (at + 4 > text.size()) {
    return std::nullopt;
  }
  std::uint32_t unit = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = HexDigit(text[i]);
    if (digit < 0) {
      return std::nullopt;
    }
    unit = unit * 16 + static_cast<std::uint32_t>(digit);
  }
  return unit;
}

// Adds what stands between a string's quotes. Half a surrogate pair becomes U+FFFD.
bool Decode(std::string_view raw, std::string& out) {
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('\\'), raw.size());
    out += raw.substr(0, plain);
    raw.remove_prefix(plain);
    if (raw.empty()) {
      return true;
    }
    if (raw.size() < 2) {
      return false;
    }
    std::size_t used = 2;
    switch (raw[1]) {
      case '"':
      case '\\':
      case '/':
        out += raw[1];
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u': {
        const std::optional<std::uint32_t> unit = ReadUnit(raw, 2);
        if (!unit) {
          return false;
        }
        std::uint32_t point = *unit;
        used = 6;
        if (point >= 0xD800 && point < 0xE000) {
          const bool more = point < 0xDC00 && raw.substr(6).starts_with("\\u");
          const std::optional<std::uint32_t> low = more ? ReadUnit(raw, 8) : std::nullopt;
          if (low && *low >= 0xDC00 && *low < 0xE000) {
            point = 0x10000 + ((point - 0xD800) << 10) + (*low - 0xDC00);
            used = 12;
          } else {
            point = 0xFFFD;
          }
        }
        core::AppendUtf8(char32_t{point}, out);
        break;
      }
      default:
        return false;
    }
    raw.remove_prefix(used);
  }
  return true;
}

constexpr std::string_view kAny = "*";

std::vector<std::string> Parts(std::string_view pointer) {
  std::vector<std::string> parts;
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::string part;
    for (std::size_t i = 0; i < end; ++i) {
      if (pointer[i] == '~' && i + 1 < end && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
        part += pointer[++i] == '0' ? '~' : '/';
      } else {
        part += pointer[i];
      }
    }
    parts.push_back(std::move(part));
    pointer.remove_prefix(end);
  }
  return parts;
}

}  // namespace

std::string_view ProbeFinds::First(std::size_t pointer) const {
  const auto found = std::ranges::find(finds, pointer, &Find::pointer);
  return found == finds.end() ? std::string_view() : ValueOf(*found);
}

bool ProbeFinds::Has(std::size_t pointer) const {
  return std::ranges::find(finds, pointer, &Find::pointer) != finds.end();
}

JsonProbe::JsonProbe(std::span<const std::string> pointers) : nodes_(1) {
  std::vector<std::vector<std::string>> parts;
  parts.reserve(pointers.size());
  for (const std::string& pointer : pointers) {
    parts.push_back(Parts(pointer));
  }
  // A name's node goes on with all pointers that it may be part of, those that say "*" there as
  // well.
  struct Open {
    std::size_t node;
    std::size_t depth;
    std::vector<std::size_t> pointers;
  };
  std::vector<Open> open(1, {0, 0, std::vector<std::size_t>(pointers.size())});
  std::iota(open.front().pointers.begin(), open.front().pointers.end(), 0);
  const auto add = [&](const Open& from, const std::string& name) {
    Open next{nodes_.size(), from.depth + 1, {}};
    for (const std::size_t pointer : from.pointers) {
      if (parts[pointer].size() > from.depth &&
          (parts[pointer][from.depth] == name || parts[pointer][from.depth] == kAny)) {
        next.pointers.push_back(pointer);
      }
    }
    nodes_.emplace_back();
    open.push_back(std::move(next));
    return static_cast<int>(open.back().node);
  };
  while (!open.empty()) {
    const Open at = std::move(open.back());
    open.pop_back();
    for (const std::size_t pointer : at.pointers) {
      if (parts[pointer].size() == at.depth) {
        nodes_[at.node].pointers.push_back(pointer);
      } else if (const std::string& name = parts[pointer][at.depth]; name == kAny) {
        if (nodes_[at.node].any == kNone) {
          const int any = add(at, name);
          nodes_[at.node].any = any;
        }
      } else if (std::ranges::find(nodes_[at.node].children, name,
                                   &std::pair<std::string, int>::first) ==
                 nodes_[at.node].children.end()) {
        const int child = add(at, name);
        nodes_[at.node].children.emplace_back(name, child);
      }
    }
  }
}

int JsonProbe::ChildOf(int node, std::string_view name) const {
  const Node& of = nodes_[static_cast<std::size_t>(node)];
  for (const auto& [known, child] : of.children) {
    if (known == name) {
      return child;
    }
  }
  return of.any;
}

// One look at one text.
class JsonProbe::Walk {
 public:
  Walk(const JsonProbe& probe, std::string_view json, ProbeFinds& finds)
      : probe_(probe), json_(json), finds_(finds) {}

  bool Run() {
    finds_.text.clear();
    finds_.finds.clear();
    SkipSpace();
    if (!Value(0)) {
      return false;
    }
    // Without recursion: what is open stands in open_.
    while (depth_ > 0) {
      if (!Next()) {
        return false;
      }
    }
    SkipSpace();
    return at_ == json_.size();
  }

 private:
  struct Open {
    int node = kNone;
    bool is_object = false;
    bool begun = false;
    std::size_t index = 0;
  };

  bool AtEnd() const { return at_ >= json_.size(); }
  void SkipSpace() {
    while (at_ < json_.size() && IsSpace(json_[at_])) {
      ++at_;
    }
  }

  // From an opening quote to behind the closing one.
  bool SkipString() {
    for (++at_;; at_ += 2) {
      const char* const quote = static_cast<const char*>(
          at_ < json_.size() ? std::memchr(json_.data() + at_, '"', json_.size() - at_) : nullptr);
      if (quote == nullptr) {
        return false;
      }
      const auto end = static_cast<std::size_t>(quote - json_.data());
      const void* const escape = std::memchr(json_.data() + at_, '\\', end - at_);
      if (escape == nullptr) {
        at_ = end + 1;
        return true;
      }
      at_ = static_cast<std::size_t>(static_cast<const char*>(escape) - json_.data());
    }
  }

  // A whole object or array that nobody asks for: only its quotes and brackets are looked at.
  bool SkipContainer() {
    std::size_t open = 0;
    while (at_ < json_.size()) {
      switch (json_[at_]) {
        case '"':
          if (!SkipString()) {
            return false;
          }
          continue;
        case '{':
        case '[':
          if (++open > kMaxDepth) {
            return false;
          }
          break;
        case '}':
        case ']':
          if (--open == 0) {
            ++at_;
            return true;
          }
          break;
        default:
          break;
      }
      ++at_;
    }
    return false;
  }

  // The value that begins here, of which the pointers below `node` are wanted.
  bool Value(int node) {
    if (AtEnd()) {
      return false;
    }
    const char first = json_[at_];
    if (first == '{' || first == '[') {
      const Node* const wanted =
          node == kNone ? nullptr : &probe_.nodes_[static_cast<std::size_t>(node)];
      if (wanted == nullptr || (wanted->children.empty() && wanted->any == kNone)) {
        return SkipContainer();
      }
      if (depth_ == open_.size()) {
        return false;
      }
      open_[depth_++] = {.node = node, .is_object = first == '{'};
      ++at_;
      return true;
    }
    const std::size_t begin = at_;
    if (first == '"') {
      if (!SkipString()) {
        return false;
      }
      return Note(node, json_.substr(begin + 1, at_ - begin - 2), true);
    }
    while (at_ < json_.size() && !EndsScalar(json_[at_])) {
      ++at_;
    }
    const std::string_view word = json_.substr(begin, at_ - begin);
    return word == "null" || (IsScalar(word) && Note(node, word, false));
  }

  bool Note(int node, std::string_view raw, bool is_string) {
    if (node == kNone) {
      return true;
    }
    for (const std::size_t pointer : probe_.nodes_[static_cast<std::size_t>(node)].pointers) {
      const std::size_t begin = finds_.text.size();
      if (!is_string) {
        finds_.text += raw;
      } else if (!Decode(raw, finds_.text)) {
        return false;
      }
      finds_.finds.push_back({pointer, begin, finds_.text.size()});
    }
    return true;
  }

  // One step inside the innermost open container.
  bool Next() {
    Open& in = open_[depth_ - 1];
    SkipSpace();
    if (AtEnd()) {
      return false;
    }
    const char close = in.is_object ? '}' : ']';
    if (json_[at_] == close) {
      ++at_;
      --depth_;
      return true;
    }
    if (in.begun) {
      if (json_[at_] != ',') {
        return false;
      }
      ++at_;
      SkipSpace();
    }
    in.begun = true;
    const int node = in.node;
    if (!in.is_object) {
      const fmt::format_int index(in.index++);
      return Value(probe_.ChildOf(node, {index.data(), index.size()}));
    }
    if (AtEnd() || json_[at_] != '"') {
      return false;
    }
    const std::size_t begin = at_ + 1;
    if (!SkipString()) {
      return false;
    }
    std::string_view name = json_.substr(begin, at_ - begin - 1);
    if (name.contains('\\')) {
      name_.clear();
      if (!Decode(name, name_)) {
        return false;
      }
      name = name_;
    }
    SkipSpace();
    if (AtEnd() || json_[at_] != ':') {
      return false;
    }
    ++at_;
    SkipSpace();
    return Value(probe_.ChildOf(node, name));
  }

  const JsonProbe& probe_;
  const std::string_view json_;
  ProbeFinds& finds_;
  std::size_t at_ = 0;
  std::array<Open, kMaxDepth> open_;
  std::size_t depth_ = 0;
  std::string name_;  // A member's, decoded.
};

bool JsonProbe::Look(std::string_view json, ProbeFinds& finds) const {
  return Walk(*this, json, finds).Run();
}

}  // namespace schoolwatch::crawler
