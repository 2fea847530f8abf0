#include "net/smtp_dialogue.h"

#include <algorithm>
#include <cstddef>

#include "net/curl_support.h"

namespace schoolwatch::net {
namespace {

constexpr std::size_t kMaxReplyBytes = 300;

bool StartsWithWord(std::string_view text, std::string_view upper_word) {
  if (text.size() < upper_word.size()) {
    return false;
  }
  const auto same = [](char c, char upper) {
    return (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) == upper;
  };
  if (!std::equal(upper_word.begin(), upper_word.end(), text.begin(),
                  [&](char upper, char c) { return same(c, upper); })) {
    return false;
  }
  // "AUTH=LOGIN" is an old spelling that some servers still send beside the right one.
  return text.size() == upper_word.size() || text[upper_word.size()] == ' ' ||
         text[upper_word.size()] == ':' || text[upper_word.size()] == '=';
}

bool HasWord(std::string_view text, std::string_view upper_word) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((at == 0 || text[at - 1] == ' ' || text[at - 1] == '=') &&
        StartsWithWord(text.substr(at), upper_word)) {
      return true;
    }
  }
  return false;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void SmtpDialogue::OnCommand(std::string_view command) {
  const std::size_t end = command.find_first_of("\r\n");
  command = command.substr(0, end);
  if (StartsWithWord(command, "QUIT")) {
    quitting_ = true;
  } else if (StartsWithWord(command, "EHLO") || StartsWithWord(command, "HELO")) {
    step_ = Step::kHello;
    offers_login_ = false;
    offers_token_login_ = false;
    offers_start_tls_ = false;
  } else if (StartsWithWord(command, "STARTTLS")) {
    step_ = Step::kStartTls;
  } else if (StartsWithWord(command, "AUTH")) {
    step_ = Step::kLogin;
  } else if (StartsWithWord(command, "MAIL FROM")) {
    step_ = Step::kSender;
  } else if (StartsWithWord(command, "RCPT TO")) {
    step_ = Step::kRecipient;
    const std::size_t open = command.find('<');
    const std::size_t close = command.find('>', open);
    recipient_ = open == std::string_view::npos || close == std::string_view::npos
                     ? std::string()
                     : Printable(command.substr(open + 1, close - open - 1));
  } else if (StartsWithWord(command, "DATA")) {
    step_ = Step::kMessage;
  } else if (step_ != Step::kLogin || StartsWithWord(command, "NOOP")) {
    step_ = Step::kOther;
  }
}

void SmtpDialogue::OnReplyLine(std::string_view line) {
  line = line.substr(0, line.find_first_of("\r\n"));
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, IsDigit) ||
      (line.size() > 3 && line[3] != ' ' && line[3] != '-')) {
    return;
  }
  const bool whole = line.size() == 3 || line[3] == ' ';
  if (quitting_) {
    quitting_ = !whole;
    return;
  }
  const std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view{};
  if (reply_is_whole_) {
    reply_text_.clear();
  } else if (!reply_text_.empty() && reply_text_.size() < kMaxReplyBytes) {
    reply_text_ += ' ';
  }
  reply_code_ = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  reply_is_whole_ = whole;
  reply_text_ += Printable(text, kMaxReplyBytes - std::min(kMaxReplyBytes, reply_text_.size()));
  if (step_ == Step::kHello && reply_code_ == 250) {
    if (StartsWithWord(text, "AUTH")) {
      offers_login_ = true;
      offers_token_login_ = offers_token_login_ || HasWord(text, "XOAUTH2");
    }
    offers_start_tls_ = offers_start_tls_ || StartsWithWord(text, "STARTTLS");
  }
  if (step_ == Step::kStartTls && reply_code_ == 220) {
    start_tls_agreed_ = true;
  }
}

}  // namespace schoolwatch::net
