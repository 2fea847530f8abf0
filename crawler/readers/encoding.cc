#include "crawler/readers/encoding.h"

#include <uchardet/uchardet.h>
#include <unicode/ucnv.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "core/text/ascii.h"
#include "core/text/fold.h"
#include "core/text/utf8.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

struct Label {
  std::string_view label;
  std::string_view name;
};
constexpr Label kLabels[] = {
#include "crawler/readers/encoding_labels.inc"
};

// Where ICU's converter of the same name is another one than the Standard means.
constexpr Label kIcuNames[] = {
    {"big5", "Big5-HKSCS"},
    {"euc-kr", "windows-949"},
    {"gb18030", "gb18030"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"shift_jis", "windows-31j"},
    {"utf-16be", "UTF-16BE"},
    {"utf-16le", "UTF-16LE"},
    {"utf-32be", "UTF-32BE"},
    {"utf-32le", "UTF-32LE"},
    {"windows-874", "windows-874-2000"},
    {"x-mac-cyrillic", "macos-7_3-10.2"},
};

// How far a declaration is looked for. The Standard says 1,024 bytes, but lets a browser start over
// when it meets a later one, and pages rely on that.
constexpr std::size_t kPrescan = 8'192;
// uchardet has made up its mind well before this.
constexpr std::size_t kDetect = 256u << 10;

bool HasPrefix(std::string_view bytes, std::string_view prefix) {
  return bytes.starts_with(prefix);
}

struct Mark {
  std::string_view encoding;
  std::size_t length = 0;
};

std::optional<Mark> ByteOrderMark(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (HasPrefix(bytes, "\xEF\xBB\xBF"sv)) {
    return Mark{"utf-8", 3};
  }
  // UTF-32LE's mark begins with UTF-16LE's.
  if (HasPrefix(bytes, "\xFF\xFE\0\0"sv)) {
    return Mark{"utf-32le", 4};
  }
  if (HasPrefix(bytes, "\0\0\xFE\xFF"sv)) {
    return Mark{"utf-32be", 4};
  }
  if (HasPrefix(bytes, "\xFF\xFE"sv)) {
    return Mark{"utf-16le", 2};
  }
  if (HasPrefix(bytes, "\xFE\xFF"sv)) {
    return Mark{"utf-16be", 2};
  }
  return std::nullopt;
}

// A document that starts with an ASCII character shows its unit's width by its zero bytes.
std::string_view ShapeOfWideText(std::string_view bytes) {
  if (bytes.size() < 4) {
    return {};
  }
  const auto zero = [&](std::size_t i) { return bytes[i] == '\0'; };
  if (zero(0) && zero(1) && zero(2) && !zero(3)) {
    return "utf-32be";
  }
  if (!zero(0) && zero(1) && zero(2) && zero(3)) {
    return "utf-32le";
  }
  if (zero(0) && !zero(1) && zero(2) && !zero(3)) {
    return "utf-16be";
  }
  if (!zero(0) && zero(1) && !zero(2) && zero(3)) {
    return "utf-16le";
  }
  return {};
}

// Reads name="value", name='value' or name=value after `at`; returns the value of `name`.
std::string_view AttributeValue(std::string_view tag, std::string_view name) {
  for (std::size_t at = 0; at + name.size() < tag.size(); ++at) {
    if (!EqualsIgnoreCase(tag.substr(at, name.size()), name) ||
        (at > 0 && !IsAsciiSpace(tag[at - 1]) && tag[at - 1] != '"' && tag[at - 1] != '\'' &&
         tag[at - 1] != ';' && tag[at - 1] != '/')) {
      continue;
    }
    std::size_t value = at + name.size();
    while (value < tag.size() && IsAsciiSpace(tag[value])) {
      ++value;
    }
    if (value >= tag.size() || tag[value] != '=') {
      continue;
    }
    ++value;
    while (value < tag.size() && IsAsciiSpace(tag[value])) {
      ++value;
    }
    if (value >= tag.size()) {
      return {};
    }
    const char quote = tag[value];
    std::size_t end = 0;
    if (quote == '"' || quote == '\'') {
      ++value;
      end = tag.find(quote, value);
    } else {
      end = tag.find_first_of(" \t\r\n\f;\"'>", value);
    }
    return tag.substr(value, end == std::string_view::npos ? end : end - value);
  }
  return {};
}

std::string_view XmlDeclaration(std::string_view bytes) {
  const std::size_t start = bytes.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || !StartsWithIgnoreCase(bytes.substr(start), "<?xml")) {
    return {};
  }
  const std::size_t end = bytes.substr(0, start + 1'024).find('>', start);
  if (end == std::string_view::npos) {
    return {};
  }
  return EncodingFromLabel(AttributeValue(bytes.substr(start, end - start), "encoding"));
}

std::string_view MetaDeclaration(std::string_view bytes) {
  bytes = bytes.substr(0, kPrescan);
  for (std::size_t at = 0; (at = bytes.find('<', at)) != std::string_view::npos; ++at) {
    if (bytes.substr(at).starts_with("<!--")) {
      const std::size_t end = bytes.find("-->", at + 2);
      if (end == std::string_view::npos) {
        return {};
      }
      at = end;
      continue;
    }
    if (!StartsWithIgnoreCase(bytes.substr(at), "<meta") || at + 5 >= bytes.size() ||
        !(IsAsciiSpace(bytes[at + 5]) || bytes[at + 5] == '/')) {
      continue;
    }
    const std::size_t end = bytes.find('>', at);
    const std::string_view tag = bytes.substr(at, end == std::string_view::npos ? end : end - at);
    std::string_view label = AttributeValue(tag, "charset");
    if (label.empty()) {
      label = CharsetOfContentType(AttributeValue(tag, "content"));
    }
    if (const std::string_view name = EncodingFromLabel(label); !name.empty()) {
      return name;
    }
  }
  return {};
}

std::string_view Detect(std::string_view bytes) {
  const std::unique_ptr<uchardet, void (*)(uchardet_t)> detector(uchardet_new(), uchardet_delete);
  const std::string_view sample = bytes.substr(0, kDetect);
  if (uchardet_handle_data(detector.get(), sample.data(), sample.size()) != 0) {
    return {};
  }
  uchardet_data_end(detector.get());
  return EncodingFromLabel(uchardet_get_charset(detector.get()));
}

// What the bytes are if taken for UTF-8.
struct Utf8Look {
  bool valid = true;
  bool ascii = true;
  bool controls = false;  // U+0080…U+009F are there.
};

Utf8Look LookAtUtf8(std::string_view bytes) {
  Utf8Look look;
  std::size_t at = 0;
  while (at < bytes.size()) {
    // Pages are mostly ASCII.
    at += core::SizeOfAsciiPrefix(bytes.substr(at));
    if (at == bytes.size()) {
      break;
    }
    const core::Utf8Step step = core::DecodeUtf8(bytes, at);
    if (!step.valid) {
      return {.valid = false, .ascii = false};
    }
    look.ascii = look.ascii && step.size == 1;
    look.controls = look.controls || (step.code_point >= 0x80 && step.code_point < 0xA0);
    at += step.size;
  }
  return look;
}

// What windows-1252 has where Latin-1 has C1 controls.
constexpr std::array<char16_t, 32> kHigh1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

// C1 controls in UTF-8 are windows-1252 that was taken for Latin-1 on its way: mended, or every
// apostrophe of such a page would be lost.
std::string WithoutControls(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 64);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0u;
    if (text[at] == '\xC2' && next >= 0x80 && next < 0xA0) {
      AppendUtf8(kHigh1252[next - 0x80], out);
      ++at;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string DecodeWindows1252(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      AppendUtf8(byte < 0xA0 ? kHigh1252[byte - 0x80] : static_cast<char32_t>(byte), out);
    }
  }
  return out;
}

std::optional<std::string> DecodeByIcu(std::string_view bytes, std::string_view encoding) {
  std::string name(encoding);
  for (const Label& row : kIcuNames) {
    if (row.label == encoding) {
      name = row.name;
    }
  }
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, void (*)(UConverter*)> converter(
      ucnv_open(name.c_str(), &status), ucnv_close);
  if (U_FAILURE(status)) {
    return std::nullopt;
  }
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 2);
  std::array<UChar, 4'096> buffer{};
  char16_t lead = 0;
  const char* source = bytes.data();
  const char* const source_end = source + bytes.size();
  do {
    status = U_ZERO_ERROR;
    UChar* target = buffer.data();
    ucnv_toUnicode(converter.get(), &target, buffer.data() + buffer.size(), &source, source_end,
                   nullptr, 1, &status);
    for (const UChar* at = buffer.data(); at != target; ++at) {
      if (lead != 0) {
        const char16_t high = std::exchange(lead, char16_t{0});
        if (U16_IS_TRAIL(*at)) {
          AppendUtf8(static_cast<char32_t>(U16_GET_SUPPLEMENTARY(high, *at)), out);
          continue;
        }
        AppendUtf8(0xFFFD, out);
      }
      if (U16_IS_LEAD(*at)) {
        lead = *at;
      } else {
        AppendUtf8(*at, out);
      }
    }
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  return out;
}

DecodedText DecodeAs(std::string_view bytes, std::string_view encoding) {
  if (encoding == "utf-8") {
    return {core::RepairUtf8(bytes), "utf-8"};
  }
  if (encoding != "windows-1252") {
    if (auto text = DecodeByIcu(bytes, encoding)) {
      return {std::move(*text), std::string(encoding)};
    }
  }
  return {DecodeWindows1252(bytes), "windows-1252"};
}

// `declared` may be empty. A declared UTF-16 in bytes that could be read as ASCII is a mistake for
// UTF-8 (Encoding Standard, and XML declarations copied about).
DecodedText DecodeDeclared(std::string_view bytes, std::string_view declared, bool from_http) {
  if (!from_http && (declared.starts_with("utf-16") || declared.starts_with("utf-32"))) {
    declared = "utf-8";
  }
  const Utf8Look look = LookAtUtf8(bytes);
  const bool valid = look.valid;
  // ISO-2022-JP is all ASCII bytes; there the label alone can tell.
  if (valid && (declared.empty() || declared == "utf-8" || !look.ascii) &&
      declared != "iso-2022-jp" && !declared.starts_with("utf-16")) {
    return {look.controls ? WithoutControls(bytes) : std::string(bytes), "utf-8"};
  }
  if (!declared.empty() && (valid || declared != "utf-8")) {
    return DecodeAs(bytes, declared);
  }
  if (declared == "utf-8") {
    // One broken byte in a long page is no reason to guess; a page without any good sequence is
    // not UTF-8.
    std::string repaired = core::RepairUtf8(bytes);
    std::size_t good = 0;
    std::size_t bad = 0;
    for (std::size_t i = 0; i + 2 < repaired.size(); ++i) {
      if (static_cast<unsigned char>(repaired[i]) >= 0xC0) {
        ++(std::string_view(repaired).substr(i, 3) == "\xEF\xBF\xBD" ? bad : good);
      }
    }
    if (good > 0 || bad == 0) {
      return {std::move(repaired), "utf-8"};
    }
  }
  const std::string_view detected = Detect(bytes);
  return DecodeAs(bytes, detected.empty() || detected == "utf-8" ? "windows-1252" : detected);
}

}  // namespace

std::string_view EncodingFromLabel(std::string_view label) {
  label = Trim(label);
  if (label.empty() || label.size() > 40) {
    return {};
  }
  const std::string lower = ToAsciiLower(label);
  const auto* const found =
      std::lower_bound(std::begin(kLabels), std::end(kLabels), std::string_view(lower),
                       [](const Label& row, std::string_view l) { return row.label < l; });
  if (found == std::end(kLabels) || found->label != lower) {
    return {};
  }
  return found->name == "gbk" ? "gb18030" : found->name;
}

std::string_view CharsetOfContentType(std::string_view content_type) {
  std::string_view value = AttributeValue(content_type, "charset");
  while (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    value.remove_prefix(1);
  }
  return Trim(value);
}

std::string MediaTypeOf(std::string_view content_type) {
  return ToAsciiLower(Trim(content_type.substr(0, content_type.find(';'))));
}

DecodedText DecodeHtml(std::string_view bytes, std::string_view content_type) {
  if (const auto mark = ByteOrderMark(bytes)) {
    return DecodeAs(bytes.substr(mark->length), mark->encoding);
  }
  if (const auto http = EncodingFromLabel(CharsetOfContentType(content_type)); !http.empty()) {
    return DecodeDeclared(bytes, http, true);
  }
  std::string_view declared = MetaDeclaration(bytes);
  if (declared.empty()) {
    declared = XmlDeclaration(bytes);
  }
  return DecodeDeclared(bytes, declared, false);
}

DecodedText DecodeXml(std::string_view bytes, std::string_view content_type) {
  if (const auto mark = ByteOrderMark(bytes)) {
    return DecodeAs(bytes.substr(mark->length), mark->encoding);
  }
  if (const std::string_view wide = ShapeOfWideText(bytes); !wide.empty()) {
    return DecodeAs(bytes, wide);
  }
  std::string_view declared = EncodingFromLabel(CharsetOfContentType(content_type));
  if (declared.empty() || declared.starts_with("utf-16")) {
    declared = XmlDeclaration(bytes);
  }
  return DecodeDeclared(bytes, declared, false);
}

DecodedText DecodeJson(std::string_view bytes, std::string_view content_type) {
  if (core::IsValidUtf8(bytes) && !ByteOrderMark(bytes) && ShapeOfWideText(bytes).empty()) {
    return {std::string(bytes), "utf-8"};
  }
  return DecodeXml(bytes, content_type);
}

}  // namespace schoolwatch::crawler
