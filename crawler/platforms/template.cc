#include "crawler/platforms/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxFilled = 8'000;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// One piece of a template: plain text, or a name.
struct Piece {
  std::string text;
  bool is_name = false;
  bool is_optional = false;
  bool keeps_slashes = false;
};

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return IsLetterOrDigit(c) || c == '_'; });
}

core::Result<std::vector<Piece>> Split(std::string_view text) {
  std::vector<Piece> pieces;
  const auto add_text = [&](char c) {
    if (pieces.empty() || pieces.back().is_name) {
      pieces.emplace_back();
    }
    pieces.back().text += c;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      add_text(c);
      ++i;
      continue;
    }
    if (c == '}') {
      return core::Fail(core::ErrorKind::kBadInput,
                        "a '}' closes nothing; one that is text is written '}}'");
    }
    if (c != '{') {
      add_text(c);
      continue;
    }
    const std::size_t end = text.find('}', i);
    if (end == std::string_view::npos) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "a '{' is not closed; one that is text is written '{{'");
    }
    std::string_view name = text.substr(i + 1, end - i - 1);
    Piece piece;
    piece.is_name = true;
    if (name.starts_with('?') || name.starts_with('+')) {
      piece.is_optional = name[0] == '?';
      piece.keeps_slashes = name[0] == '+';
      name.remove_prefix(1);
    }
    if (!IsName(name)) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "braces hold the name of a value: letters, digits and '_'");
    }
    piece.text = name;
    pieces.push_back(std::move(piece));
    i = end;
  }
  return pieces;
}

std::string Encode(std::string_view text, std::string_view also_kept) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (IsLetterOrDigit(c) || std::string_view("-._~").find(c) != std::string_view::npos ||
        also_kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

bool CanBeHost(std::string_view text) {
  return std::ranges::all_of(
             text, [](char c) { return IsLetterOrDigit(c) || c == '.' || c == '-' || c == ':'; }) &&
         !text.starts_with('.') && text.find("..") == std::string_view::npos;
}

// A value that would leave the folder it is put into: browsers' rules take "." and ".." away.
bool LeavesFolder(std::string_view value) {
  while (!value.empty()) {
    const std::size_t end = std::min(value.find('/'), value.size());
    const std::string_view part = value.substr(0, end);
    if (part == "." || part == "..") {
      return true;
    }
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return false;
}

core::Result<std::string> ForAddress(const Piece& piece, const std::string& value,
                                     std::string_view before) {
  const std::size_t scheme = before.find("://");
  const bool in_host =
      scheme == std::string_view::npos || before.find('/', scheme + 3) == std::string_view::npos;
  if (in_host && !piece.keeps_slashes) {
    if (!CanBeHost(value)) {
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("'{}' cannot be the name of a host", piece.text));
    }
    return value;
  }
  if (LeavesFolder(value)) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("'{}' cannot be a part of an address", piece.text));
  }
  if (!piece.keeps_slashes) {
    return PercentEncode(value);
  }
  // Behind a host it must begin a path, or it would go on with the host's name.
  if (in_host && !value.empty() && value[0] != '/') {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("'{}' must begin with '/'", piece.text));
  }
  return Encode(value, "/:@!$'()*,;=+");
}

}  // namespace

core::Result<void> CheckTemplate(std::string_view text) {
  SW_TRY(Split(text));
  return {};
}

std::vector<std::string> NamesIn(std::string_view text) {
  std::vector<std::string> names;
  if (const core::Result<std::vector<Piece>> pieces = Split(text)) {
    for (const Piece& piece : *pieces) {
      if (piece.is_name && std::ranges::find(names, piece.text) == names.end()) {
        names.push_back(piece.text);
      }
    }
  }
  return names;
}

bool IsNamedIn(std::string_view text, std::string_view name) {
  const std::vector<std::string> names = NamesIn(text);
  return std::ranges::find(names, name) != names.end();
}

core::Result<std::string> FillTemplate(std::string_view text, const TemplateValues& values,
                                       TemplatePlace place) {
  SW_ASSIGN(const std::vector<Piece> pieces, Split(text));
  std::string out;
  bool after_path = false;
  for (const Piece& piece : pieces) {
    if (!piece.is_name) {
      // "/" is the folder of a site that has no other: "{+base}/feed" is "/feed" then.
      if (after_path && out.ends_with('/') && piece.text.starts_with('/')) {
        out.pop_back();
      }
      out += piece.text;
      after_path = false;
      continue;
    }
    after_path = piece.keeps_slashes;
    const auto found = values.find(piece.text);
    if (found == values.end() || found->second.empty()) {
      if (piece.is_optional) {
        return std::string();
      }
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("there is no value for '{}'", piece.text));
    }
    const std::string& value = found->second;
    if (place == TemplatePlace::kAddress) {
      SW_ASSIGN(const std::string part, ForAddress(piece, value, out));
      out += part;
    } else if (place == TemplatePlace::kHeader && std::ranges::any_of(value, [](char c) {
                 return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
               })) {
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("'{}' has a control byte in it", piece.text));
    } else {
      out += value;
    }
    if (out.size() > kMaxFilled) {
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("with '{}' it is over {} bytes", piece.text, kMaxFilled));
    }
  }
  return out;
}

std::string PercentEncode(std::string_view text) { return Encode(text, ""); }

std::string EncodePairs(const std::map<std::string, std::string>& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    out += (out.empty() ? "" : "&") + PercentEncode(name) + "=" + PercentEncode(value);
  }
  return out;
}

}  // namespace schoolwatch::crawler
