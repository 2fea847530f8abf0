#include "crawler/sitemap.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "crawler/readers/dates.h"
#include "crawler/readers/encoding.h"
#include "crawler/readers/entities.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxAddress = 2'048;  // As the protocol says.
constexpr std::size_t kMaxText = 16u << 10;

std::string_view LocalName(std::string_view name) { return name.substr(name.find(':') + 1); }

std::string_view PrefixOf(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

// Goes through the tags of a sitemap, whatever stands around them.
class XmlScan {
 public:
  explicit XmlScan(std::string_view text) : rest_(text) {}

  Sitemap Read() {
    while (map_.note.empty()) {
      const std::size_t open = rest_.find('<');
      Text(rest_.substr(0, open));
      if (open == std::string_view::npos) {
        break;
      }
      rest_.remove_prefix(open);
      if (!SkipSpecial()) {
        Tag();
      }
    }
    return std::move(map_);
  }
  // The root was that of a sitemap.
  bool known() const { return known_; }

 private:
  // Comments, declarations and instructions; CDATA is text.
  bool SkipSpecial() {
    constexpr std::string_view kCdata = "<![CDATA[";
    if (rest_.starts_with(kCdata)) {
      const std::size_t end = rest_.find("]]>");
      if (field_ != nullptr && end != std::string_view::npos) {
        AppendText(rest_.substr(kCdata.size(), end - kCdata.size()));
      }
      Skip(end, 3);
      return true;
    }
    if (rest_.starts_with("<!--")) {
      Skip(rest_.find("-->", 4), 3);
      return true;
    }
    if (rest_.starts_with("<!")) {
      // A document type may hold declarations in brackets.
      const std::size_t end = rest_.find_first_of("[>");
      const bool subset = end != std::string_view::npos && rest_[end] == '[';
      Skip(subset ? rest_.find("]>", end) : end, subset ? 2 : 1);
      return true;
    }
    if (rest_.starts_with("<?")) {
      Skip(rest_.find("?>"), 2);
      return true;
    }
    return false;
  }

  void Skip(std::size_t end, std::size_t length) {
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + length);
  }

  void Tag() {
    const std::size_t end = rest_.find('>');
    if (end == std::string_view::npos) {
      rest_ = {};
      return;
    }
    std::string_view tag = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    const bool closes = tag.starts_with('/');
    tag.remove_prefix(closes ? 1 : 0);
    const std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
    if (closes) {
      Close(name);
    } else {
      Open(name);
    }
  }

  void Open(std::string_view name) {
    field_ = nullptr;
    const std::string_view local = LocalName(name);
    if (!known_) {
      map_.is_index = local == "sitemapindex";
      known_ = map_.is_index || local == "urlset";
      if (!known_) {
        map_.note = "no sitemap";
      }
      return;
    }
    if (local == (map_.is_index ? "sitemap" : "url")) {
      inside_ = true;
      prefix_ = PrefixOf(name);
      entry_ = {};
      lastmod_.clear();
      published_.clear();
    } else if (inside_) {
      const bool own = PrefixOf(name) == prefix_;
      field_ = own && local == "loc"                                  ? &entry_.url
               : own && local == "lastmod"                            ? &lastmod_
               : !own && local == "publication_date"                  ? &published_
               : !own && PrefixOf(name) == "news" && local == "title" ? &entry_.title
                                                                      : nullptr;
      if (field_ != nullptr) {
        field_->clear();
      }
    }
  }

  void Close(std::string_view name) {
    field_ = nullptr;
    if (!inside_ || LocalName(name) != (map_.is_index ? "sitemap" : "url")) {
      return;
    }
    inside_ = false;
    entry_.url = Trim(entry_.url);
    if (entry_.url.empty() || entry_.url.size() > kMaxAddress) {
      return;
    }
    entry_.title = CollapseSpace(entry_.title);
    entry_.changed = std::max(ParseMachineDate(Trim(lastmod_)), ParseMachineDate(Trim(published_)));
    map_.entries.push_back(std::move(entry_));
    if (map_.entries.size() >= kMaxSitemapEntries) {
      map_.note = fmt::format("cut at {} entries", kMaxSitemapEntries);
    }
  }

  void Text(std::string_view text) {
    if (field_ != nullptr) {
      AppendText(DecodeEntities(text.substr(0, kMaxText), EntityContext::kText));
    }
  }

  void AppendText(std::string_view text) {
    field_->append(text.substr(0, kMaxText - std::min(kMaxText, field_->size())));
  }

  std::string_view rest_;
  Sitemap map_;
  bool known_ = false;
  bool inside_ = false;           // Of <url> or <sitemap>…
  std::string_view prefix_;       // …and the prefix of its name.
  std::string* field_ = nullptr;  // Whose text is being read.
  SitemapEntry entry_;
  std::string lastmod_, published_;
};

// One address a line; anything else on a line makes it another file than a sitemap.
core::Result<Sitemap> ReadLines(std::string_view text) {
  Sitemap map;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.size() > kMaxAddress) {
      continue;
    }
    if (!StartsWithIgnoreCase(line, "http://") && !StartsWithIgnoreCase(line, "https://")) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "no sitemap: neither XML nor one address a line");
    }
    map.entries.push_back({.url = std::string(line), .title = {}, .changed = {}});
    if (map.entries.size() >= kMaxSitemapEntries) {
      map.note = fmt::format("cut at {} entries", kMaxSitemapEntries);
      break;
    }
  }
  return map;
}

bool IsGzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B"); }

}  // namespace

core::Result<std::string> Gunzip(std::string_view bytes, std::size_t max_bytes) {
  z_stream stream{};
  constexpr int kGzipOnly = 15 + 16;
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) {
    return core::Fail(core::ErrorKind::kUnavailable, "no memory to decompress");
  }
  const std::unique_ptr<z_stream, int (*)(z_streamp)> guard(&stream, inflateEnd);
  // zlib reads only through it; its type is of an age before const.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), 1u << 30));
  std::string text;
  std::array<char, 64u << 10> chunk{};
  while (text.size() < max_bytes) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    const int state = inflate(&stream, Z_NO_FLUSH);
    text.append(chunk.data(), std::min(chunk.size() - stream.avail_out, max_bytes - text.size()));
    if (state == Z_STREAM_END) {
      return text;
    }
    if (state != Z_OK) {  // Broken, or its end is missing.
      break;
    }
  }
  if (text.empty()) {
    return core::Fail(core::ErrorKind::kBadInput, "the gzip stream is broken");
  }
  return text;
}

core::Result<Sitemap> ReadSitemap(std::string_view body) {
  std::string unpacked;
  if (IsGzip(body)) {
    SW_ASSIGN(unpacked, Gunzip(body, kMaxSitemapBytes));
    body = unpacked;
  }
  body = body.substr(0, kMaxSitemapBytes);
  std::string decoded;
  if (body.starts_with("\xFE\xFF") || body.starts_with("\xFF\xFE")) {
    decoded = DecodeXml(body, {}).text;
    body = decoded;
  }
  if (body.starts_with("\xEF\xBB\xBF")) {
    body.remove_prefix(3);
  }
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) {
    return core::Fail(core::ErrorKind::kBadInput, "the sitemap is empty");
  }
  if (body[start] != '<') {
    return ReadLines(body.substr(start));
  }
  XmlScan scan(body.substr(start));
  Sitemap map = scan.Read();
  if (!scan.known()) {
    return core::Fail(core::ErrorKind::kBadInput, "no sitemap: the first element is another one");
  }
  return map;
}

bool MaySpeakFor(const core::HttpUrl& sitemap, std::string_view named_by,
                 const core::HttpUrl& url) {
  if (!named_by.empty() && url.host() == named_by) {
    return true;
  }
  const std::string_view folder = sitemap.path().substr(0, sitemap.path().rfind('/') + 1);
  return url.host() == sitemap.host() && url.path().starts_with(folder);
}

}  // namespace schoolwatch::crawler
