#pragma once

#include <string>
#include <string_view>

namespace schoolwatch::crawler {

// A document's bytes as text, and how they were taken.
struct DecodedText {
  std::string text;      // Valid UTF-8 without byte order mark.
  std::string encoding;  // The Encoding Standard's name in lower case; "utf-32le/be" besides.
};

// The Encoding Standard's name, in lower case, of a label such as "latin1" ("windows-1252"); empty
// for an unknown one. "gb2312" and "gbk" give "gb18030", whose decoder the Standard uses for them.
std::string_view EncodingFromLabel(std::string_view label);

// The value of `charset` in a Content-Type header, quotes removed; empty where there is none.
std::string_view CharsetOfContentType(std::string_view content_type);
// "text/html" of "Text/HTML; charset=x", in lower case.
std::string MediaTypeOf(std::string_view content_type);

// HTML: byte order mark, HTTP, <meta> or XML declaration, else UTF-8 where the bytes are valid
// UTF-8, else uchardet's guess, else windows-1252. Bytes that are valid multi-byte UTF-8 are UTF-8
// whatever was declared: servers lie more often than that happens by chance. Never fails: what
// cannot be decoded becomes U+FFFD.
DecodedText DecodeHtml(std::string_view bytes, std::string_view content_type);

// Feeds, by RFC 7303: byte order mark, the shape of UTF-16 and UTF-32 without one, HTTP, the XML
// declaration, then as HTML.
DecodedText DecodeXml(std::string_view bytes, std::string_view content_type);

// JSON is UTF-8 (RFC 8259); a byte order mark and UTF-16 or UTF-32 are read too.
DecodedText DecodeJson(std::string_view bytes, std::string_view content_type);

}  // namespace schoolwatch::crawler
