#pragma once

#include <memory>
#include <utility>

#include "alerts/channels/channel.h"
#include "net/mail_transport.h"

namespace schoolwatch::alerts {

// `channel: smtp`: messages through the school's mail server.
extern const ChannelInfo kSmtpChannel;

// The options that a mail server's settings stand for. kBadInput: no host, an unknown `tls`, or a
// user without a password.
core::Result<net::SmtpOptions> MakeSmtpOptions(const config::SmtpSettings& settings);

// Hands each message to a mail server. The Message-ID is the batch's, so a repeat can be dropped.
class SmtpSink final : public AlertSink {
 public:
  // Borrows the composer.
  SmtpSink(std::unique_ptr<net::MailTransport> transport, const Composer& composer)
      : transport_(std::move(transport)), composer_(composer) {}
  core::Result<void> Deliver(const AlertBatch& batch) override;

 private:
  std::unique_ptr<net::MailTransport> transport_;
  const Composer& composer_;
};

}  // namespace schoolwatch::alerts
