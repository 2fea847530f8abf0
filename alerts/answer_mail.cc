#include "alerts/answer_mail.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "alerts/answers.h"
#include "alerts/clean_text.h"
#include "alerts/mime.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::size_t kMaxLineBytes = 4000;  // Of one unfolded header field that we read.
constexpr std::size_t kMaxBoundaries = 8;
constexpr int kMaxDepth = 8;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;
struct FreeText {
  void operator()(char* text) const { g_free(text); }
};

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::unexpected<core::Error> Refuse(std::string why) {
  return core::Fail(core::ErrorKind::kBadInput, std::move(why));
}

// The next line of `text`, without its end, which is taken away.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

// A mail's head, as far as we ask it: each field by its name in small letters, unfolded.
struct Head {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string_view body;

  // The field's text; nullopt: it is not there, or more than once.
  std::optional<std::string_view> Only(std::string_view name) const {
    const auto is_it = [name](const auto& field) { return field.first == name; };
    return std::ranges::count_if(fields, is_it) == 1
               ? std::optional<std::string_view>(std::ranges::find_if(fields, is_it)->second)
               : std::nullopt;
  }
};

// GMime would parse every address of every field, groups within groups by recursion: it is handed
// only the fields that are asked for.
constexpr std::array<std::string_view, 7> kAskedFor = {
    "from",       "subject",       "mime-version", "content-type", "content-transfer-encoding",
    "precedence", "auto-submitted"};

core::Result<Head> ReadHead(std::string_view bytes) {
  Head head;
  std::string_view rest = bytes;
  if (rest.starts_with("From ")) {
    (void)TakeLine(rest);  // As mailboxes in one file put it in front.
  }
  bool ours = false;
  while (!rest.empty()) {
    if (static_cast<std::size_t>(rest.data() - bytes.data()) > kMaxAnswerHeaderBytes) {
      return Refuse("its header is too long");
    }
    const std::string_view line = TakeLine(rest);
    if (line.empty()) {
      break;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      if (ours && head.fields.back().second.size() + line.size() <= kMaxLineBytes) {
        head.fields.back().second += line;
      }
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      return Refuse("it is no mail: its header ends without an empty line");
    }
    std::string name = LowerCase(line.substr(0, colon));
    while (name.ends_with(' ')) {
      name.pop_back();
    }
    ours = std::ranges::find(kAskedFor, name) != kAskedFor.end() && head.fields.size() < 50;
    if (ours) {
      head.fields.emplace_back(std::move(name), line.substr(colon + 1, kMaxLineBytes));
    }
  }
  if (head.fields.empty()) {
    return Refuse("it is no mail: it has no header");
  }
  head.body = rest;
  return head;
}

std::size_t CountOf(std::string_view what, std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

// Whether the body can be parsed at a cost that its size bounds.
bool IsHarmless(const Head& head) {
  const std::string type = LowerCase(head.Only("content-type").value_or("text/plain"));
  const std::string body = LowerCase(head.body);
  return type.find("message/") == std::string::npos && body.find("message/") == std::string::npos &&
         CountOf("boundary", type) + CountOf("boundary", body) <= kMaxBoundaries;
}

std::string MessageOf(const Head& head, bool with_body) {
  std::string message;
  for (const auto& [name, value] : head.fields) {
    if (with_body || !name.starts_with("content-")) {
      message += name + ':' + value + "\r\n";
    }
  }
  message += "\r\n";
  message += with_body ? head.body : std::string_view();
  return message;
}

Owned<GMimeMessage> Parse(const std::string& message) {
  const Owned<GMimeStream> stream(
      g_mime_stream_mem_new_with_buffer(message.data(), message.size()));
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  return Owned<GMimeMessage>(g_mime_parser_construct_message(parser.get(), nullptr));
}

core::Result<std::string> SenderOf(GMimeMessage* message) {
  InternetAddressList* list = g_mime_message_get_from(message);
  if (list == nullptr || internet_address_list_length(list) != 1) {
    return Refuse("it has not one sender");
  }
  InternetAddress* address = internet_address_list_get_address(list, 0);
  if (!INTERNET_ADDRESS_IS_MAILBOX(address)) {
    return Refuse("it has not one sender");
  }
  const char* text = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
  const std::string sender = CleanLine(text == nullptr ? "" : text, 254);
  if (sender.find('@') == std::string::npos) {
    return Refuse("its sender has no address");
  }
  return sender;
}

// The first text in it, plain or not.
std::string TextOf(GMimeMessage* message) {
  GMimeObject* part = g_mime_message_get_mime_part(message);
  for (int depth = 0; part != nullptr && GMIME_IS_MULTIPART(part) && depth < kMaxDepth; ++depth) {
    GMimeMultipart* parts = GMIME_MULTIPART(part);
    part = g_mime_multipart_get_count(parts) > 0 ? g_mime_multipart_get_part(parts, 0) : nullptr;
  }
  if (part == nullptr || !GMIME_IS_TEXT_PART(part)) {
    return "";
  }
  const std::unique_ptr<char, FreeText> text(g_mime_text_part_get_text(GMIME_TEXT_PART(part)));
  return text == nullptr ? "" : std::string(text.get()).substr(0, kMaxAnswerMailBytes);
}

// What stands above the line for it.
std::string ReasonOf(std::string_view text) {
  // Mail programs make dashes longer and put quotation marks before: the words are enough.
  constexpr std::string_view kWords = "Write a reason above this line";
  static_assert(kAnswerRule.find(kWords) != std::string_view::npos);
  const std::size_t at = text.find(kWords);
  if (at == std::string_view::npos) {
    return "";
  }
  const std::size_t line = text.rfind('\n', at);
  std::string clean = CleanText(text.substr(0, line == std::string_view::npos ? 0 : line));
  const std::size_t first = clean.find_first_not_of(" \n");
  if (first == std::string::npos) {
    return "";
  }
  clean = clean.substr(first, clean.find_last_not_of(" \n") - first + 1);
  return std::string(CutUtf8(clean, kMaxReasonBytesByMail));
}

bool IsAutomatic(const Head& head) {
  const auto plain = [&head](std::string_view name) {
    std::string text = LowerCase(head.Only(name).value_or(""));
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
    return text;
  };
  const std::string submitted = plain("auto-submitted");
  const std::string precedence = plain("precedence");
  return (!submitted.empty() && submitted != "no") || precedence == "bulk" ||
         precedence == "list" || precedence == "auto_reply" || precedence == "junk";
}

}  // namespace

core::Result<AnswerMail> ParseAnswerMail(std::string_view bytes) {
  InitGmimeOnce();
  SW_ASSIGN(const Head head, ReadHead(bytes.substr(0, kMaxAnswerMailBytes)));
  if (!head.Only("from")) {
    return Refuse("it has not one sender");
  }
  const std::string message_bytes = MessageOf(head, IsHarmless(head));
  const Owned<GMimeMessage> message = Parse(message_bytes);
  if (message == nullptr) {
    return Refuse("it is no mail");
  }
  AnswerMail mail;
  SW_ASSIGN(mail.from, SenderOf(message.get()));
  mail.automatic = IsAutomatic(head);
  const std::string text = TextOf(message.get());
  const char* subject = g_mime_message_get_subject(message.get());
  mail.tokens = FindAnswerTokens(subject == nullptr ? "" : subject);
  if (mail.tokens.empty()) {
    mail.tokens = FindAnswerTokens(text);
  }
  mail.reason = ReasonOf(text);
  return mail;
}

}  // namespace schoolwatch::alerts
