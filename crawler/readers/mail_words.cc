#include "crawler/readers/mail_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "core/text/fold.h"
#include "core/url.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kLabelLines = 12;
constexpr std::size_t kMaxLabelBytes = 500;
constexpr std::size_t kHeadLines = 10;
constexpr std::size_t kMaxLinks = 20;
constexpr std::size_t kMaxForwarded = 20;

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

// "From: X" of "> *From:* X".
std::string_view WithoutMarks(std::string_view line) {
  while (!line.empty() && (line.front() == '>' || line.front() == ' ' || line.front() == '\t')) {
    line.remove_prefix(1);
  }
  return Trim(line);
}

// The value of "name: value", marks and asterisks around the name apart.
std::optional<std::string> ValueOf(std::string_view line, std::string_view name) {
  line = WithoutMarks(line);
  while (line.starts_with('*')) {
    line.remove_prefix(1);
  }
  if (!StartsWithIgnoreCase(line, name)) {
    return std::nullopt;
  }
  line.remove_prefix(name.size());
  while (line.starts_with('*')) {
    line.remove_prefix(1);
  }
  if (!line.starts_with(':')) {
    return std::nullopt;
  }
  line.remove_prefix(1);
  while (line.starts_with('*')) {
    line.remove_prefix(1);
  }
  return std::string(Trim(line).substr(0, kMaxLabelBytes));
}

std::string* LabelOf(std::string_view line, ReportLabels& labels, std::string& value) {
  const std::array<std::pair<std::string_view, std::string*>, 7> kLabels = {
      {{"Platform", &labels.platform},
       {"Site", &labels.platform},
       {"Link", &labels.link},
       {"URL", &labels.link},
       {"Author", &labels.author},
       {"When", &labels.when},
       {"Posted by", &labels.author}}};
  for (const auto& [name, member] : kLabels) {
    if (std::optional<std::string> found = ValueOf(line, name); found && member->empty()) {
      value = core::RepairUtf8(*found);
      return member;
    }
  }
  return nullptr;
}

// What a mail program writes above what it passes on.
bool IsForwardLine(std::string_view line) {
  line = WithoutMarks(line);
  std::string_view core = line;
  while (core.starts_with('-')) {
    core.remove_prefix(1);
  }
  while (core.ends_with('-')) {
    core.remove_suffix(1);
  }
  core = Trim(core);
  const bool dashes = line.starts_with("---");
  return (dashes && (EqualsIgnoreCase(core, "Forwarded message") ||
                     EqualsIgnoreCase(core, "Original Message") ||
                     StartsWithIgnoreCase(core, "Forwarded by "))) ||
         EqualsIgnoreCase(line, "Begin forwarded message:");
}

bool IsRule(std::string_view line) {
  line = WithoutMarks(line);
  return line.size() >= 10 && line.find_first_not_of('_') == std::string_view::npos;
}

// A head within a text: where its lines end and what they say.
struct HeadInText {
  std::size_t end = 0;
  ForwardedWords words;
};

std::optional<HeadInText> FindHead(const std::vector<std::string_view>& lines, std::size_t at) {
  static constexpr std::array<std::string_view, 4> kFirst = {"From", "Subject", "Date", "Sent"};
  if (std::ranges::none_of(
          kFirst, [&](std::string_view name) { return ValueOf(lines[at], name).has_value(); })) {
    return std::nullopt;
  }
  HeadInText head;
  bool dated = false;
  bool titled = false;
  const std::size_t last = std::min(lines.size(), at + kHeadLines);
  for (head.end = at; head.end < last; ++head.end) {
    const std::string_view line = lines[head.end];
    if (WithoutMarks(line).empty()) {
      break;
    }
    if (auto from = ValueOf(line, "From")) {
      head.words.from = *std::move(from);
    } else if (auto subject = ValueOf(line, "Subject")) {
      head.words.subject = *std::move(subject);
      titled = true;
    } else if (auto date = ValueOf(line, "Date"); date || (date = ValueOf(line, "Sent"))) {
      head.words.date = *std::move(date);
      dated = true;
    }
  }
  return dated && titled && !head.words.from.empty() ? std::optional(std::move(head))
                                                     : std::nullopt;
}

// "On Tue, 17 Nov 2026 at 20:03, Dana K <dana@mail.example> wrote:", whose lines may be two.
std::optional<HeadInText> FindWrote(const std::vector<std::string_view>& lines, std::size_t at) {
  std::string said(Trim(lines[at]));
  if (!said.starts_with("On ") || said.size() > 400) {
    return std::nullopt;
  }
  std::size_t end = at + 1;
  if (!said.ends_with("wrote:") && end < lines.size()) {
    said += ' ';
    said += Trim(lines[end++]);
  }
  while (end < lines.size() && Trim(lines[end]).empty()) {
    ++end;
  }
  if (!said.ends_with("wrote:") || end >= lines.size() || !Trim(lines[end]).starts_with('>')) {
    return std::nullopt;
  }
  HeadInText head{.end = end, .words = {}};
  said = said.substr(3, said.size() - 3 - 6);
  const std::size_t comma = said.rfind(", ");
  head.words.date = said.substr(0, comma == std::string::npos ? 0 : comma);
  head.words.from =
      std::string(Trim(comma == std::string::npos ? std::string_view(said)
                                                  : std::string_view(said).substr(comma + 2)));
  return head;
}

std::string JoinLines(const std::vector<std::string_view>& lines, std::size_t from,
                      std::size_t to) {
  std::size_t quoted = 0;
  std::size_t filled = 0;
  for (std::size_t i = from; i < to; ++i) {
    filled += Trim(lines[i]).empty() ? 0u : 1u;
    quoted += lines[i].starts_with('>') ? 1u : 0u;
  }
  std::string text;
  for (std::size_t i = from; i < to; ++i) {
    std::string_view line = lines[i];
    if (quoted * 2 > filled && line.starts_with('>')) {
      line = WithoutMarks(line);
    }
    while (line.ends_with(' ') || line.ends_with('\t')) {
      line.remove_suffix(1);
    }
    // At most one empty line in a row.
    if (!line.empty() || (!text.empty() && !text.ends_with("\n\n"))) {
      text += line;
      text += '\n';
    }
  }
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

bool EndsMail(std::string_view line) {
  static constexpr std::array<std::string_view, 16> kClosings = {
      "kind regards",    "best regards",     "regards",     "warm regards",
      "many thanks",     "thanks",           "thank you",   "best wishes",
      "yours sincerely", "yours faithfully", "cheers",      "best",
      "all the best",    "kindest regards",  "with thanks", "yours"};
  std::string_view plain = Trim(line);
  while (plain.ends_with(',') || plain.ends_with('.') || plain.ends_with('!')) {
    plain.remove_suffix(1);
  }
  return line == "--" || line == "-- " || StartsWithIgnoreCase(plain, "Sent from my ") ||
         StartsWithIgnoreCase(plain, "Sent from Outlook") ||
         StartsWithIgnoreCase(plain, "Get Outlook for ") ||
         std::ranges::any_of(kClosings, [plain](std::string_view closing) {
           return EqualsIgnoreCase(plain, closing);
         });
}

struct PlatformName {
  std::string_view name;
  std::string_view word;  // In small letters, as people write it; empty: it is an everyday word.
  std::string_view host;
  bool is_private;
};
constexpr std::array<PlatformName, 31> kPlatforms = {{
    {"whatsapp", "whatsapp", "whatsapp.com", true},
    {"snapchat", "snapchat", "snapchat.com", true},
    {"messenger", "messenger", "m.me", true},
    {"telegram", "telegram", "t.me", false},
    {"signal", "", "signal.group", true},
    {"discord", "discord", "discord.com", true},
    {"classdojo", "classdojo", "classdojo.com", true},
    {"parentmail", "parentmail", "parentmail.co.uk", true},
    {"facebook", "facebook", "facebook.com", false},
    {"facebook", "", "fb.watch", false},
    {"instagram", "instagram", "instagram.com", false},
    {"threads", "", "threads.net", false},
    {"threads", "", "threads.com", false},
    {"x", "twitter", "twitter.com", false},
    {"x", "", "x.com", false},
    {"tiktok", "tiktok", "tiktok.com", false},
    {"tiktok", "tik tok", "vm.tiktok.com", false},
    {"youtube", "youtube", "youtube.com", false},
    {"youtube", "you tube", "youtu.be", false},
    {"reddit", "reddit", "reddit.com", false},
    {"linkedin", "linkedin", "linkedin.com", false},
    {"bluesky", "bluesky", "bsky.app", false},
    {"mastodon", "mastodon", "mastodon.social", false},
    {"nextdoor", "nextdoor", "nextdoor.co.uk", true},
    {"mumsnet", "mumsnet", "mumsnet.com", false},
    {"google_reviews", "google review", "maps.app.goo.gl", false},
    {"trustpilot", "trustpilot", "trustpilot.com", false},
    {"flickr", "flickr", "flickr.com", false},
    {"wikipedia", "wikipedia", "wikipedia.org", false},
    {"tumblr", "tumblr", "tumblr.com", false},
    {"pinterest", "pinterest", "pinterest.co.uk", false},
}};

bool IsHostUnder(std::string_view host, std::string_view site) {
  return host.ends_with(site) &&
         (host.size() == site.size() || host[host.size() - site.size() - 1] == '.');
}

}  // namespace

ReportLabels TakeLabels(std::string& text) {
  ReportLabels labels;
  std::string rest;
  const std::vector<std::string_view> lines = LinesOf(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string value;
    std::string* const label = i < kLabelLines ? LabelOf(lines[i], labels, value) : nullptr;
    if (label != nullptr) {
      *label = std::move(value);
      continue;
    }
    rest += lines[i];
    rest += '\n';
  }
  text = std::string(Trim(rest));
  return labels;
}

ReportLabels LabelsOfSubject(std::string_view subject) {
  ReportLabels labels;
  while (!subject.empty()) {
    const std::size_t end = subject.find_first_of(";,|");
    std::string value;
    if (std::string* const label =
            LabelOf(WithoutPrefixes(subject.substr(0, end)), labels, value)) {
      *label = std::move(value);
    }
    subject.remove_prefix(end == std::string_view::npos ? subject.size() : end + 1);
  }
  return labels;
}

MailWords SplitForwarded(std::string_view text) {
  const std::vector<std::string_view> lines = LinesOf(text);
  MailWords words;
  std::size_t begin = 0;  // Of what belongs to the part that is open.
  ForwardedWords* open = nullptr;
  const auto close = [&](std::size_t end) {
    std::string part = JoinLines(lines, begin, end);
    (open == nullptr ? words.own : open->text) = std::move(part);
  };
  for (std::size_t i = 0; i < lines.size() && words.forwarded.size() < kMaxForwarded;) {
    std::optional<HeadInText> head;
    std::size_t at = i;
    if (IsForwardLine(lines[i]) || IsRule(lines[i])) {
      ++at;
      while (at < lines.size() && at < i + 4 && WithoutMarks(lines[at]).empty()) {
        ++at;
      }
    }
    if (at < lines.size()) {
      head = FindHead(lines, at);
    }
    if (!head && at == i) {
      head = FindWrote(lines, i);
    }
    if (!head && IsForwardLine(lines[i])) {
      head = HeadInText{.end = i + 1, .words = {}};  // The words behind it, whosesoever.
    }
    if (!head) {
      ++i;
      continue;
    }
    close(i);
    words.forwarded.push_back(std::move(head->words));
    open = &words.forwarded.back();
    begin = i = std::max(head->end, i + 1);
  }
  close(lines.size());
  std::erase_if(words.forwarded,
                [](const ForwardedWords& one) { return one.text.empty() && one.subject.empty(); });
  return words;
}

std::string WithoutSignature(std::string_view text, std::string_view sender) {
  const std::vector<std::string_view> lines = LinesOf(text);
  std::size_t end = lines.size();
  // A closing counts in the last lines only: "Thanks" may begin a mail, too.
  for (std::size_t i = lines.size() > 12 ? lines.size() - 12 : 0; i < lines.size(); ++i) {
    const bool dashes = lines[i] == "--" || lines[i] == "-- ";
    if (EndsMail(lines[i]) && (i > 0 || dashes)) {
      end = i;
      break;
    }
  }
  std::string kept;
  for (std::size_t i = 0; i < end; ++i) {
    if (!sender.empty() && EqualsIgnoreCase(Trim(lines[i]), sender)) {
      continue;
    }
    kept += lines[i];
    kept += '\n';
  }
  return std::string(Trim(kept));
}

std::vector<std::string> LinksIn(std::string_view text) {
  std::vector<std::string> links;
  for (std::size_t at = 0; at < text.size() && links.size() < kMaxLinks;) {
    const std::size_t start = text.find("http", at);
    if (start == std::string_view::npos) {
      break;
    }
    const std::string_view rest = text.substr(start);
    if (!rest.starts_with("http://") && !rest.starts_with("https://")) {
      at = start + 4;
      continue;
    }
    std::size_t size = rest.find_first_of(" \t\r\n<>\"|\\^`{}");
    size = std::min(size, std::min<std::size_t>(rest.size(), 4000));
    std::string_view link = rest.substr(0, size);
    at = start + std::max<std::size_t>(size, 8);
    while (!link.empty() &&
           std::string_view(".,;:!?)]}'*").find(link.back()) != std::string_view::npos) {
      link.remove_suffix(1);
    }
    if (const auto url = core::HttpUrl::Parse(link);
        url && !url->has_credentials() && std::ranges::find(links, url->href()) == links.end()) {
      links.push_back(url->href());
    }
  }
  return links;
}

std::string WordsBesideLinks(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    std::size_t start = std::min(text.find("http://"), text.find("https://"));
    start = std::min(start, text.size());
    words += text.substr(0, start);
    text.remove_prefix(start);
    const std::size_t end = text.find_first_of(" \t\r\n<>\"|");
    text.remove_prefix(std::min(end, text.size()));
  }
  return CountWords(words) == 0 ? "" : std::string(Trim(words));
}

std::string PlatformOfLink(std::string_view link) {
  const auto url = core::HttpUrl::Parse(link);
  if (!url) {
    return "";
  }
  for (const PlatformName& platform : kPlatforms) {
    if (IsHostUnder(url->host(), platform.host)) {
      return std::string(platform.name);
    }
  }
  return "";
}

std::string PlatformInWords(std::string_view words) {
  const std::string lower = ToAsciiLower(words);
  std::size_t first = std::string::npos;
  std::string found;
  for (const PlatformName& platform : kPlatforms) {
    const std::size_t at = platform.word.empty() ? std::string::npos : lower.find(platform.word);
    if (at < first) {
      first = at;
      found = platform.name;
    }
  }
  return found;
}

bool IsPrivatePlatform(std::string_view platform) {
  return std::ranges::any_of(kPlatforms, [platform](const PlatformName& one) {
    return one.is_private && EqualsIgnoreCase(one.name, platform);
  });
}

std::string_view WithoutPrefixes(std::string_view subject) {
  for (bool more = true; more;) {
    more = false;
    subject = Trim(subject);
    for (const std::string_view prefix : {"re:", "fwd:", "fw:", "wg:", "tr:"}) {
      if (StartsWithIgnoreCase(subject, prefix)) {
        subject.remove_prefix(prefix.size());
        more = true;
      }
    }
  }
  return subject;
}

}  // namespace schoolwatch::crawler
