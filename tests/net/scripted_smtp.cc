#include "tests/net/scripted_smtp.h"

#include <algorithm>
#include <utility>

namespace schoolwatch::net {

ScriptedSmtp::ScriptedSmtp(SmtpScript script)
    : script_(std::move(script)), server_([this](RawConnection& peer) { Serve(peer); }) {}

std::vector<std::string> ScriptedSmtp::commands() const {
  const core::MutexLock lock(mutex_);
  return commands_;
}

bool ScriptedSmtp::Saw(std::string_view start) const {
  return std::ranges::any_of(
      commands(), [start](const std::string& command) { return command.starts_with(start); });
}

std::vector<std::string> ScriptedSmtp::credentials() const {
  const core::MutexLock lock(mutex_);
  return credentials_;
}

std::vector<std::string> ScriptedSmtp::messages() const {
  const core::MutexLock lock(mutex_);
  return messages_;
}

void ScriptedSmtp::Remember(std::string command) {
  const core::MutexLock lock(mutex_);
  commands_.push_back(std::move(command));
}

std::string ScriptedSmtp::ReplyTo(std::string_view verb, std::string_view argument,
                                  std::string_view usual) const {
  if (verb == "RCPT") {
    for (const auto& [recipient, reply] : script_.recipient_replies) {
      if (argument.contains("<" + recipient + ">")) {
        return reply;
      }
    }
  }
  if (verb == "CREDENTIALS") {
    const auto reply = script_.credential_replies.find(argument);
    if (reply != script_.credential_replies.end()) {
      return reply->second;
    }
  }
  const auto found = script_.replies.find(verb);
  return found == script_.replies.end() ? std::string(usual) : found->second;
}

void ScriptedSmtp::Serve(RawConnection& peer) {
  const auto secure = [&] {
    const bool done = peer.StartTls(identity_);
    if (done) {
      Remember("[TLS]");
    }
    return done;
  };
  bool secured = script_.tls == SmtpScript::Tls::kFromTheStart;
  if (secured && !secure()) {
    return;
  }
  std::string verb = "CONNECT";
  std::string argument;
  std::string usual = "220 mail.quillbrook.example ESMTP";
  while (true) {
    const std::string reply = ReplyTo(verb, argument, usual);
    if (reply == SmtpScript::kCut || !peer.Write(reply + "\r\n") || verb == "QUIT" ||
        reply.front() > '9') {
      return;
    }
    if (verb == "STARTTLS" && reply.starts_with("220")) {
      if (!secure()) {
        return;
      }
      secured = true;
    }
    if (verb == "DATA" && reply.starts_with("354")) {
      std::string message = peer.ReadUntil("\r\n.\r\n");
      message.resize(message.size() < 3 ? 0 : message.size() - 3);
      {
        const core::MutexLock lock(mutex_);
        messages_.push_back(std::move(message));
      }
      verb = "BODY";
      argument.clear();
      usual = "250 2.0.0 taken";
      continue;
    }
    std::string line;
    if (verb == "AUTH" && reply.starts_with("334")) {
      line = peer.ReadUntil("\r\n");  // The credentials.
      verb = "CREDENTIALS";
      argument = line;
      {
        const core::MutexLock lock(mutex_);
        credentials_.push_back(line);
      }
      usual = "235 2.7.0 welcome";
      continue;
    }
    line = peer.ReadUntil("\r\n");
    if (line.size() < 2) {
      return;
    }
    line.resize(line.size() - 2);
    Remember(line);
    const std::size_t space = line.find(' ');
    verb = line.substr(0, space);
    argument = space == std::string::npos ? "" : line.substr(space + 1);
    if (verb == "EHLO") {
      usual = "250-mail.quillbrook.example\r\n";
      if (script_.tls == SmtpScript::Tls::kOffered && !secured) {
        usual += "250-STARTTLS\r\n";
      } else if (!script_.login_offer.empty()) {
        usual += "250-" + script_.login_offer + "\r\n";
      }
      usual += "250 SIZE 1000000";
    } else if (verb == "STARTTLS") {
      usual = "220 go ahead";
    } else if (verb == "AUTH") {
      usual = argument.contains(' ') ? "235 2.7.0 welcome" : "334 ";
    } else if (verb == "DATA") {
      usual = "354 go ahead";
    } else if (verb == "QUIT" || reply.front() > '9') {
      usual = "221 bye";
    } else {
      usual = "250 2.1.0 fine";
    }
  }
}

}  // namespace schoolwatch::net
