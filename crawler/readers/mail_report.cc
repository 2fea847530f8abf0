#include "crawler/readers/mail_report.h"

#include <algorithm>
#include <utility>

#include "core/hash.h"
#include "core/text/fold.h"
#include "crawler/readers/chat_export.h"
#include "crawler/readers/dates.h"
#include "crawler/readers/encoding.h"
#include "crawler/readers/mail_parts.h"
#include "crawler/readers/mail_words.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxPosts = 40;
constexpr std::size_t kMaxTextBytes = 64u << 10;

// A person's name alone: without an address, which may be the school's own.
std::string NameOf(std::string_view from) {
  const std::size_t bracket = from.find('<');
  std::string_view name = Trim(from.substr(0, bracket));
  while (!name.empty() && (name.front() == '"' || name.front() == '\'')) {
    name.remove_prefix(1);
  }
  while (!name.empty() && (name.back() == '"' || name.back() == '\'')) {
    name.remove_suffix(1);
  }
  return core::RepairUtf8(name.substr(0, 200));
}

class Report {
 public:
  Report(MailReport& out, core::Timestamp received) : out_(out), received_(received) {}

  // Labels of one mail are for all that it reports; the first of each counts.
  void Add(const ReportLabels& labels) {
    const auto take = [](std::string& to, const std::string& from) { to = to.empty() ? from : to; };
    take(labels_.platform, labels.platform);
    take(labels_.link, labels.link);
    take(labels_.author, labels.author);
    take(labels_.when, labels.when);
  }

  // Words that the reporter typed, or typed off a picture.
  void AddTyped(std::string_view words, std::string_view hints) {
    const std::vector<std::string> links = LinksIn(words);
    if (WordsBesideLinks(words).empty()) {
      for (const std::string& link : links) {
        if (std::ranges::find(out_.links, link) == out_.links.end()) {
          out_.links.push_back(link);
        }
      }
      return;
    }
    core::Post post;
    post.text = words;
    post.url = links.empty() ? "" : links.front();
    hints_ = hints;
    Finish(std::move(post));
  }

  void AddForwarded(const ForwardedWords& words) {
    if (WordsBesideLinks(words.text).empty() && words.subject.empty()) {
      return AddTyped(words.text, "");
    }
    core::Post post;
    post.text = words.text;
    post.title = WithoutPrefixes(words.subject);
    post.author = NameOf(words.from);
    post.published_text = words.date;
    if (const auto date = FindDate(words.date, {.reference = received_}); date) {
      post.published = date->time;
    }
    passed_on_ = true;
    hints_ = words.subject;
    Finish(std::move(post));
    passed_on_ = false;
  }

 private:
  void Finish(core::Post post) {
    if (out_.posts.size() >= kMaxPosts) {
      return;
    }
    if (post.text.size() > kMaxTextBytes) {
      post.text = core::RepairUtf8(std::string_view(post.text).substr(0, kMaxTextBytes));
    }
    post.kind = core::PostKind::kEntry;
    if (const std::vector<std::string> links = LinksIn(labels_.link); !links.empty()) {
      post.url = links.front();
    }
    post.author = labels_.author.empty() ? post.author : labels_.author;
    if (!labels_.when.empty()) {
      post.published_text = labels_.when;
      const auto when = FindDate(labels_.when, {.reference = received_});
      post.published = when ? when->time : std::nullopt;
    }
    // What lies in the future was misread, or is a lie.
    if (post.published && *post.published > received_ + std::chrono::hours(24)) {
      post.published.reset();
    }
    post.platform = ToAsciiLower(labels_.platform);
    for (const std::string& found :
         {PlatformOfLink(post.url), PlatformInWords(hints_), PlatformInWords(post.text)}) {
      post.platform = post.platform.empty() ? found : post.platform;
    }
    if (post.platform.empty() && passed_on_) {
      post.platform = "mail";
    }
    // A link says that it can be looked at; what has none, or comes from where people write to one
    // another, was not meant for all.
    post.visibility = post.url.empty() || IsPrivatePlatform(post.platform)
                          ? core::Visibility::kReportedPrivate
                          : core::Visibility::kReported;
    post.thread_url = post.url;
    post.id = "reported:" + core::ShortHash(post.platform + "\n" + post.url + "\n" + post.title +
                                            "\n" + post.text);
    const bool known = std::ranges::any_of(
        out_.posts, [&](const core::Post& other) { return other.id == post.id; });
    if (!known) {
      out_.posts.push_back(std::move(post));
    }
  }

  MailReport& out_;
  core::Timestamp received_;
  ReportLabels labels_;
  std::string hints_;
  bool passed_on_ = false;
};

ReportedFile FileOf(const MailPart& part) {
  return {.name = part.name, .type = part.type, .size = part.size, .sha256 = part.sha256};
}

// An attached text is a chat, or what somebody saved.
void TakeFile(MailPart& part, std::vector<std::string>& texts, MailReport& out) {
  const bool zip = part.bytes.starts_with("PK\x03\x04");
  if (zip || LooksLikeChat(std::string_view(part.bytes).substr(0, 64u << 10))) {
    out.exports.push_back({FileOf(part), std::move(part.bytes)});
    return;
  }
  if (part.bytes.find('\0') != std::string::npos) {
    out.not_read.push_back(FileOf(part));  // Called text, and is none.
    return;
  }
  part.bytes.resize(std::min(part.bytes.size(), kMaxMailWords));
  texts.push_back(DecodeHtml(part.bytes, "text/plain").text);
}

std::string WordsOf(const MailPart& part) {
  std::string words = part.bytes;
  if (!Trim(part.quoted).empty()) {
    words += "\n" + part.quoted;
  }
  return words;
}

}  // namespace

core::Result<MailReport> ReadMailReport(std::string_view mail, core::Timestamp received) {
  SW_ASSIGN(MailParts parts, ReadMailParts(mail));
  MailReport out;
  const MailHead& head = parts.heads.front();
  out.from = head.from;
  out.from_name = head.from_name;
  out.message_id = head.message_id;
  out.subject = head.subject;
  out.automatic = head.automatic;
  out.delivery_notice = head.delivery_notice;
  const core::Timestamp sent =
      head.date && *head.date < received + std::chrono::hours(24) ? *head.date : received;
  Report report(out, sent);
  report.Add(LabelsOfSubject(head.subject));

  std::string own;
  std::vector<std::string> texts;
  std::vector<ForwardedWords> forwarded;
  // A mail within the mail is one post, whatever parts it has.
  std::vector<std::string> within(parts.heads.size());
  for (MailPart& part : parts.parts) {
    switch (part.kind) {
      case MailPart::Kind::kWords:
        (part.mail == 0 ? own : within[part.mail]) += WordsOf(part) + "\n";
        break;
      case MailPart::Kind::kFile:
        TakeFile(part, texts, out);
        break;
      case MailPart::Kind::kPicture:
        out.pictures.push_back(FileOf(part));
        break;
      case MailPart::Kind::kOther:
        out.not_read.push_back(FileOf(part));
        break;
    }
  }
  MailWords words = SplitForwarded(own);
  own = WithoutSignature(words.own, head.from_name);
  report.Add(TakeLabels(own));
  for (std::size_t i = 1; i < parts.heads.size(); ++i) {
    const MailHead& inner = parts.heads[i];
    MailWords split = SplitForwarded(within[i]);
    const std::string name = inner.from_name.empty() ? inner.from : inner.from_name;
    forwarded.push_back({.from = name,
                         .date = inner.date ? core::FormatRfc3339(*inner.date) : "",
                         .subject = inner.subject,
                         .text = WithoutSignature(split.own, "")});
    std::ranges::move(split.forwarded, std::back_inserter(forwarded));
  }
  std::ranges::move(words.forwarded, std::back_inserter(forwarded));
  for (const ForwardedWords& one : forwarded) {
    report.AddForwarded(one);
  }
  for (const std::string& text : texts) {
    report.AddTyped(text, head.subject);
  }
  // Beside what was passed on, the reporter's own words are a covering note: theirs, and not kept.
  const bool covering = !forwarded.empty() || !texts.empty() || !out.exports.empty();
  if (!covering) {
    report.AddTyped(own, head.subject);
  } else {
    for (const std::string& link : LinksIn(own)) {
      report.AddTyped(link, "");
    }
  }
  if (out.posts.empty() && out.links.empty() && out.exports.empty() && !covering) {
    // All that was typed stands in the subject.
    const std::string_view subject = WithoutPrefixes(head.subject);
    if (LabelsOfSubject(subject) == ReportLabels{} && CountWords(subject) > 2) {
      report.AddTyped(subject, "");
    }
  }
  return out;
}

MailReport ReadTextReport(std::string_view text, std::string_view file_name,
                          core::Timestamp received) {
  MailReport out;
  Report report(out, received);
  std::string decoded = DecodeHtml(text.substr(0, kMaxMailWords), "text/plain").text;
  std::erase(decoded, '\r');
  std::erase(decoded, '\0');
  MailWords words = SplitForwarded(decoded);
  report.Add(TakeLabels(words.own));
  for (const ForwardedWords& one : words.forwarded) {
    report.AddForwarded(one);
  }
  if (words.forwarded.empty()) {
    report.AddTyped(words.own, file_name);
  }
  return out;
}

}  // namespace schoolwatch::crawler
