#include "crawler/readers/xml_style.h"

#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Looks for "<name …/>" without tokenizing: nearly all pages have none.
bool HasSelfClosed(std::string_view html, std::string_view open) {
  for (std::size_t at = 0; (at = html.find(open, at)) != std::string_view::npos;) {
    at += open.size();
    if (at < html.size() && IsAsciiAlpha(html[at])) {
      continue;
    }
    const std::size_t end = html.find('>', at);
    if (end == std::string_view::npos) {
      return false;
    }
    if (html[end - 1] == '/') {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> ExpandSelfClosing(std::string_view html) {
  bool found = false;
  for (const std::string_view open :
       {"<iframe", "<script", "<style", "<textarea", "<title", "<noembed", "<noframes", "<xmp"}) {
    found = found || HasSelfClosed(html, open);
  }
  if (!found) {
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
