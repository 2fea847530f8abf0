#include "crawler/readers/xml_style.h"

#include <array>

#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::array<std::string_view, 8> kRawNames = {"iframe", "script",  "style",    "textarea",
                                                       "title",  "noembed", "noframes", "xmp"};

// Looks for "<name …/>" without tokenizing: nearly all pages have none.
bool HasSelfClosed(std::string_view html) {
  for (std::size_t at = 0; (at = html.find('<', at)) != std::string_view::npos;) {
    const std::string_view rest = html.substr(++at);
    if (rest.empty() || std::string_view("istnx").find(rest[0]) == std::string_view::npos) {
      continue;
    }
    for (const std::string_view name : kRawNames) {
      if (!rest.starts_with(name) ||
          (rest.size() > name.size() && IsAsciiAlpha(rest[name.size()]))) {
        continue;
      }
      const std::size_t end = rest.find('>', name.size());
      if (end == std::string_view::npos) {
        return false;
      }
      if (rest[end - 1] == '/') {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> ExpandSelfClosing(std::string_view html) {
  if (!HasSelfClosed(html)) {
    return std::nullopt;
  }
  std::string out;
  out.reserve(html.size() + html.size() / 16);
  HtmlTokenizer tokenizer(html, HtmlTokenizer::SelfClosing::kHonoured);
  HtmlToken token;
  std::size_t copied = 0;
  while (tokenizer.Next(token)) {
    if (token.kind != HtmlToken::Kind::kStart || !token.self_closing || Has(token.tag, kVoid)) {
      continue;
    }
    const std::size_t end = tokenizer.position();
    out.append(html.substr(copied, end - copied));
    out.append("</").append(token.name).append(">");
    copied = end;
  }
  out.append(html.substr(copied));
  return out;
}

}  // namespace schoolwatch::crawler
