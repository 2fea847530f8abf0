#include "crawler/readers/feed_text.h"

#include <fmt/format.h>

#include "crawler/readers/entities.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kCdata = "<![CDATA[";
constexpr std::size_t kMaxRootTag = 16u << 10;

bool IsXmlChar(char32_t code) {
  return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
         (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

// Copies without the control characters and non-characters that XML 1.0 forbids.
void AppendXmlBytes(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') {
      continue;
    }
    if (byte == 0xEF &&
        (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF")) {
      i += 2;
      continue;
    }
    out += text[i];
  }
}

bool IsXmlName(std::string_view name) {
  return name == "lt;" || name == "gt;" || name == "amp;" || name == "quot;" || name == "apos;";
}

void AppendReference(std::string_view text, std::size_t& at, std::string& out) {
  const EntityMatch match = MatchEntity(text.substr(at, 64), EntityContext::kText);
  const std::string_view written = text.substr(at, match.length);
  if (match.length == 0 || (written.size() > 1 && written[1] != '#' && !written.ends_with(';'))) {
    out += "&amp;";
    ++at;
    return;
  }
  at += match.length;
  if (IsXmlName(written.substr(1))) {
    out += written;
    return;
  }
  for (const char32_t code : {match.first, match.second}) {
    if (code != 0 && IsXmlChar(code)) {
      out += fmt::format("&#{};", static_cast<std::uint32_t>(code));
    }
  }
}

// Behind the declaration, comments, instructions and document type that stand first.
std::size_t SkipProlog(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    at = text.find('<', at);
    if (at == std::string_view::npos) {
      return text.size();
    }
    const std::string_view rest = text.substr(at);
    std::size_t end = std::string_view::npos;
    if (rest.starts_with("<?")) {
      end = text.find('>', at);
    } else if (rest.starts_with("<!--")) {
      end = text.find("-->", at);
      end = end == std::string_view::npos ? end : end + 2;
    } else if (rest.starts_with("<!")) {
      // The internal subset stands in brackets and holds '>' of its own.
      const std::size_t bracket = text.find_first_of("[>", at);
      if (bracket != std::string_view::npos && text[bracket] == '[') {
        end = text.find("]", bracket);
        end = end == std::string_view::npos ? end : text.find('>', end);
      } else {
        end = bracket;
      }
    } else {
      return at;
    }
    if (end == std::string_view::npos) {
      return text.size();
    }
    at = end + 1;
  }
  return at;
}

std::size_t EndOfTag(std::string_view text, std::size_t at) {
  char quote = '\0';
  for (; at < text.size(); ++at) {
    if (quote != '\0') {
      if (text[at] == quote) {
        quote = '\0';
      }
    } else if (text[at] == '>') {
      return at + 1;
    } else if (text[at] == '"' || text[at] == '\'') {
      quote = text[at];
    }
  }
  return text.size();
}

std::string_view NameAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && !IsAsciiSpace(text[end]) && text[end] != '>' && text[end] != '/' &&
         text[end] != '<') {
    ++end;
  }
  return text.substr(at, end - at);
}

std::string_view LocalName(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// A prefixed <x:item> is an entry only where the prefix is bound to a feed format.
bool IsEntryName(std::string_view name, std::string_view root_tag) {
  const std::string_view local = LocalName(name);
  if (local != "item" && local != "entry") {
    return false;
  }
  if (local.size() == name.size()) {
    return true;
  }
  const std::string binding =
      fmt::format("xmlns:{}=", name.substr(0, name.size() - local.size() - 1));
  const std::size_t at = root_tag.find(binding);
  if (at == std::string_view::npos) {
    return false;
  }
  const std::string_view uri = root_tag.substr(at + binding.size() + 1, 60);
  return uri.starts_with("http://purl.org/rss/1.0/")
             ? uri.substr(24).find_first_of("\"'") == 0
             : uri.starts_with("http://backend.userland.com/") ||
                   uri.starts_with("http://www.w3.org/2005/Atom") ||
                   uri.starts_with("http://purl.org/atom/ns#") ||
                   uri.starts_with("http://my.netscape.com/rdf/simple/");
}

}  // namespace

std::string CleanXml(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  std::size_t at = SkipProlog(text);
  while (at < text.size()) {
    const std::size_t next = text.find_first_of("&<", at);
    const std::size_t end = next == std::string_view::npos ? text.size() : next;
    AppendXmlBytes(text.substr(at, end - at), out);
    at = end;
    if (at >= text.size()) {
      break;
    }
    if (text[at] == '&') {
      AppendReference(text, at, out);
      continue;
    }
    const std::string_view rest = text.substr(at);
    if (rest.starts_with(kCdata)) {
      std::size_t close = text.find("]]>", at);
      close = close == std::string_view::npos ? text.size() : close + 3;
      AppendXmlBytes(text.substr(at, close - at), out);
      at = close;
    } else if (rest.starts_with("<!--")) {
      const std::size_t close = text.find("-->", at + 4);
      at = close == std::string_view::npos ? text.size() : close + 3;
    } else if (rest.starts_with("<!") || rest.starts_with("<?")) {
      const std::size_t close = text.find('>', at);
      at = close == std::string_view::npos ? text.size() : close + 1;
    } else if (rest.size() > 1 && (IsAsciiAlpha(rest[1]) || rest[1] == '/' || rest[1] == '_' ||
                                   static_cast<unsigned char>(rest[1]) >= 0x80)) {
      out += '<';
      ++at;
    } else {
      out += "&lt;";
      ++at;
    }
  }
  return out;
}

FeedParts SplitFeed(std::string_view clean, std::size_t max_entries) {
  FeedParts parts;
  const std::size_t root = clean.find('<');
  if (root == std::string_view::npos) {
    return parts;
  }
  const std::string_view name = NameAt(clean, root + 1);
  const std::string local = ToAsciiLower(LocalName(name));
  if (local != "rss" && local != "rdf" && local != "feed" && local != "channel") {
    return parts;
  }
  parts.root_tag = clean.substr(root, EndOfTag(clean, root) - root);
  // It is read again with every entry.
  if (parts.root_tag.size() > kMaxRootTag) {
    return parts;
  }
  parts.root_name = name;
  std::size_t header_from = root;
  std::size_t entry_start = std::string_view::npos;
  std::string_view entry_name;
  const auto finish_entry = [&](std::size_t end) {
    if (parts.entries.size() < max_entries) {
      parts.entries.push_back(clean.substr(entry_start, end - entry_start));
    }
    entry_start = std::string_view::npos;
    header_from = end;
  };
  for (std::size_t at = root + parts.root_tag.size(); at < clean.size();) {
    at = clean.find('<', at);
    if (at == std::string_view::npos) {
      break;
    }
    if (clean.substr(at).starts_with(kCdata)) {
      const std::size_t close = clean.find("]]>", at);
      at = close == std::string_view::npos ? clean.size() : close + 3;
      continue;
    }
    const bool is_end = clean.substr(at).starts_with("</");
    const std::string_view tag = NameAt(clean, at + (is_end ? 2 : 1));
    if (!is_end && IsEntryName(tag, parts.root_tag)) {
      // A start inside an entry: the one before never ended.
      if (entry_start != std::string_view::npos) {
        finish_entry(at);
      }
      parts.header += clean.substr(header_from, at - header_from);
      entry_start = at;
      entry_name = tag;
      const std::size_t end = EndOfTag(clean, at);
      if (end >= 2 && clean[end - 2] == '/') {
        finish_entry(end);
      }
      at = end;
    } else if (is_end && entry_start != std::string_view::npos && tag == entry_name) {
      at = EndOfTag(clean, at);
      finish_entry(at);
    } else if (is_end && entry_start != std::string_view::npos &&
               (tag == parts.root_name || LocalName(tag) == "channel")) {
      finish_entry(at);
      at += 2;
    } else {
      ++at;
    }
  }
  if (entry_start != std::string_view::npos) {
    parts.cut_off = true;
  } else {
    parts.header += clean.substr(header_from);
  }
  return parts;
}

}  // namespace schoolwatch::crawler
