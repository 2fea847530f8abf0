#include "crawler/readers/xml_style.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "core/text/byte_block.h"
#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::array<std::string_view, 8> kRawNames = {"iframe", "script",  "style",    "textarea",
                                                       "title",  "noembed", "noframes", "xmp"};

constexpr std::array<bool, 256> kStartsRawName = [] {
  std::array<bool, 256> starts{};
  for (const std::string_view name : kRawNames) {
    starts[static_cast<unsigned char>(name[0])] = true;
  }
  return starts;
}();

// The size of the name that stands at the front of `rest`, 0 for none of them.
std::size_t RawNameSize(std::string_view rest) {
  for (const std::string_view name : kRawNames) {
    if (rest.starts_with(name) &&
        (rest.size() == name.size() || !IsAsciiAlpha(rest[name.size()]))) {
      return name.size();
    }
  }
  return 0;
}

// Looks for "<name …/>" without tokenizing: nearly all pages have none.
bool HasSelfClosed(std::string_view html) {
  using core::ByteBlock;
  std::size_t close = 0;  // The '>' behind the last of the names.
  for (std::size_t at = 0; at < html.size(); at += ByteBlock::kSize) {
    std::array<char, ByteBlock::kSize + 1> last{};
    const char* bytes = html.data() + at;
    if (html.size() - at < last.size()) {
      std::memcpy(last.data(), bytes, html.size() - at);
      bytes = last.data();
    }
    for (std::uint64_t left = ByteBlock(bytes).Equal('<'); left != 0; left &= left - 1) {
      const auto open = static_cast<std::size_t>(std::countr_zero(left));
      if (!kStartsRawName[static_cast<unsigned char>(bytes[open + 1])]) {
        continue;
      }
      const std::size_t name = at + open + 1;
      const std::size_t size = RawNameSize(html.substr(name));
      if (size == 0) {
        continue;
      }
      // Looked for once, however many names stand in front of it.
      close = std::max(close, name + size);
      close = html.find('>', close);
      if (close == std::string_view::npos) {
        return false;
      }
      if (html[close - 1] == '/') {
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
