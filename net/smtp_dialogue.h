#pragma once

#include <string>
#include <string_view>

namespace schoolwatch::net {

// Follows an SMTP conversation from what either side says, so that a failure can name its step and
// quote the server: libcurl reports a code alone. Keeps nothing of the login.
class SmtpDialogue {
 public:
  enum class Step { kConnect, kHello, kStartTls, kLogin, kSender, kRecipient, kMessage, kOther };

  // One command of ours, as sent. What follows AUTH is credentials and leaves no trace. A QUIT and
  // its reply leave none either: libcurl says it after a failure, whose reply is what counts.
  void OnCommand(std::string_view command);
  // One line of the server, with or without its line end. Lines that are no reply are ignored.
  void OnReplyLine(std::string_view line);

  Step step() const { return step_; }
  // The recipient of the last RCPT, without brackets.
  const std::string& recipient() const { return recipient_; }
  // The last reply's code, 0 before the first; its text, lines joined, at most 300 bytes,
  // printable.
  int reply_code() const { return reply_code_; }
  const std::string& reply_text() const { return reply_text_; }
  // The reply's last line was seen.
  bool reply_is_whole() const { return reply_is_whole_; }

  // What the last EHLO's answer offered.
  bool offers_login() const { return offers_login_; }
  bool offers_token_login() const { return offers_token_login_; }  // XOAUTH2
  bool offers_start_tls() const { return offers_start_tls_; }
  // The server agreed to STARTTLS.
  bool start_tls_agreed() const { return start_tls_agreed_; }

 private:
  Step step_ = Step::kConnect;
  std::string recipient_;
  int reply_code_ = 0;
  std::string reply_text_;
  bool reply_is_whole_ = true;
  bool quitting_ = false;  // The next reply belongs to QUIT.
  bool offers_login_ = false;
  bool offers_token_login_ = false;
  bool offers_start_tls_ = false;
  bool start_tls_agreed_ = false;
};

}  // namespace schoolwatch::net
