#include "crawler/readers/feed_words.h"

#include "crawler/readers/html_parts.h"
#include "crawler/readers/tags.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

std::string FromBase64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) {
      continue;
    }
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(static_cast<unsigned char>(bits >> count & 0xFF));
    }
  }
  return out;
}

// Text of a construct that does not say what it is: HTML where it holds an end tag, a known empty
// tag or a character reference.
bool LooksLikeHtml(std::string_view text) {
  for (std::size_t at = 0; (at = text.find_first_of("<&", at)) != std::string_view::npos; ++at) {
    const std::string_view rest = text.substr(at + 1);
    if (text[at] == '&') {
      std::size_t end = 0;
      while (end < rest.size() && end < 12 &&
             (IsAsciiAlpha(rest[end]) || IsAsciiDigit(rest[end]) || rest[end] == '#')) {
        ++end;
      }
      if (end > 1 && end < rest.size() && rest[end] == ';') {
        return true;
      }
      continue;
    }
    const bool is_end = rest.starts_with("/");
    std::size_t end = is_end ? 1 : 0;
    const std::size_t start = end;
    while (end < rest.size() && (IsAsciiAlpha(rest[end]) || IsAsciiDigit(rest[end]))) {
      ++end;
    }
    const Tag tag = TagOfName(rest.substr(start, end - start));
    if (tag != Tag::kUnknown && (is_end || Has(tag, kVoid) || tag == Tag::kP)) {
      return true;
    }
  }
  return false;
}

// Plain text keeps its own line ends.
std::string PlainLines(std::string_view text) {
  std::string out;
  TextBuilder builder(out);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    builder.Add(text.substr(0, end));
    builder.Break();
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

}  // namespace

NodeWords WordsOf(XmlElement node, Pictures pictures, const HtmlParts* parts) {
  const std::string type = ToAsciiLower(node.Attribute("type"));
  const std::string mode = ToAsciiLower(node.Attribute("mode"));
  const auto words_of_html = [&](std::string_view html) {
    return parts != nullptr ? parts->Read(html) : TextOfHtml(html, pictures == Pictures::kYes);
  };
  if (node.FirstChild()) {
    return words_of_html(node.Inside());
  }
  std::string content = node.Content();
  if (mode == "base64" || type == "application/octet-stream") {
    content = FromBase64(content);
  }
  const bool html = type.find("html") != std::string::npos;
  if ((html && mode != "xml") ||
      ((mode.empty() || mode == "base64") && type != "text" && LooksLikeHtml(content))) {
    return words_of_html(content);
  }
  return {PlainLines(content), ""};
}

std::string LineOf(XmlElement node) {
  NodeWords words = WordsOf(node, Pictures::kNo);
  return CollapseSpace(words.text.empty() ? words.quoted : words.text);
}

Person PersonOf(XmlElement node) {
  Person person;
  if (!node.FirstChild()) {
    person.name = AuthorName(LineOf(node));
    return person;
  }
  std::string mail;
  for (XmlElement child = node.FirstChild(); child; child = child.Next()) {
    const std::string name = child.Name();
    if (name == "name" || name == "itunes:name") {
      person.name = LineOf(child);
    } else if (name == "uri" || name == "url" || name == "homepage") {
      person.url = LineOf(child);
    } else if (name == "email") {
      mail = LineOf(child);
    }
  }
  if (person.name.empty()) {
    person.name = mail;
  }
  return person;
}

std::string AuthorName(std::string_view written) {
  written = Trim(written);
  const auto is_mail = [](std::string_view text) {
    return text.find('@') != std::string_view::npos && text.find(' ') == std::string_view::npos;
  };
  if (const std::size_t open = written.find('('); open != std::string_view::npos) {
    const std::size_t close = written.find(')', open);
    const std::string_view inside =
        Trim(written.substr(open + 1, close == std::string_view::npos ? close : close - open - 1));
    const std::string_view before = Trim(written.substr(0, open));
    if (is_mail(before) && !inside.empty()) {
      return std::string(inside);
    }
    if (is_mail(inside) && !before.empty()) {
      return std::string(before);
    }
  }
  if (const std::size_t open = written.find('<');
      open != std::string_view::npos && open > 0 &&
      written.find('@', open) != std::string_view::npos) {
    return std::string(Trim(written.substr(0, open)));
  }
  return std::string(written);
}

}  // namespace schoolwatch::crawler
