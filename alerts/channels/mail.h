#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "alerts/channels/channel.h"
#include "net/mail_transport.h"
#include "net/oauth2.h"

namespace schoolwatch::alerts {

// `channel: smtp`: messages through the school's mail server.
extern const ChannelInfo kSmtpChannel;
// `channel: sendmail`: messages through this machine's own mail program.
extern const ChannelInfo kSendmailChannel;

// The options that a mail server's settings stand for. kBadInput: no host, an unknown `tls` or
// `login`, or a user without a password where it needs one.
core::Result<net::SmtpOptions> MakeSmtpOptions(const config::SmtpSettings& settings);

// Where tokens come from for `login: xoauth2`, with the provider's own token server and scope where
// none is given. The token is kept in the store's folder.
net::OAuth2Options MakeOAuth2Options(const config::Settings& settings);
// The same for another login: whose, where its token is kept, and for what a person's is asked for
// at Microsoft.
net::OAuth2Options MakeOAuth2Options(const config::OAuth2Settings& given, const std::string& user,
                                     const std::filesystem::path& keep_in,
                                     std::string_view microsoft_scope);

// The transport that settings ask for, for the channel and for `check --online`. Borrows the clock.
core::Result<std::unique_ptr<net::MailTransport>> MakeSmtpTransport(
    const config::Settings& settings, const core::Clock& clock);

// Hands each message to a transport. The Message-ID is the batch's, so a repeat can be dropped.
class MailSink final : public AlertSink {
 public:
  // Borrows the composer.
  MailSink(std::unique_ptr<net::MailTransport> transport, const Composer& composer)
      : transport_(std::move(transport)), composer_(composer) {}
  core::Result<void> Deliver(const AlertBatch& batch) override;

 private:
  std::unique_ptr<net::MailTransport> transport_;
  const Composer& composer_;
};

}  // namespace schoolwatch::alerts
