#include "alerts/channels/smtp.h"

#include <string>

namespace schoolwatch::alerts {
namespace {

core::Result<std::unique_ptr<AlertSink>> Make(const config::Settings& settings,
                                              const Composer& composer) {
  SW_ASSIGN(net::SmtpOptions options, MakeSmtpOptions(settings.alerts.smtp));
  SW_ASSIGN(auto transport, net::MakeSmtpTransport(std::move(options)));
  return std::make_unique<SmtpSink>(std::move(transport), composer);
}

}  // namespace

const ChannelInfo kSmtpChannel{
    .name = "smtp", .help = "sends each message through a mail server", .make = &Make};

core::Result<net::SmtpOptions> MakeSmtpOptions(const config::SmtpSettings& settings) {
  net::SmtpOptions options{.host = settings.host,
                           .port = settings.port,
                           .tls = net::TlsMode::kStartTls,
                           .user = settings.user,
                           .password = settings.password,
                           .ca_file = settings.ca_file};
  if (settings.host.empty()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "alerts: channel 'smtp' needs 'smtp: host:', the school's mail server");
  }
  if (settings.tls == "implicit") {
    options.tls = net::TlsMode::kImplicit;
  } else if (settings.tls == "none") {
    options.tls = net::TlsMode::kNone;
  } else if (settings.tls != "starttls") {
    return core::Fail(core::ErrorKind::kBadInput, "alerts: 'smtp: tls:' is '" + settings.tls +
                                                      "', it must be starttls, implicit or none");
  }
  if (!settings.user.empty() && settings.password.empty()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "alerts: 'smtp: user:' needs 'password:' (a reference such as "
                      "${file:/etc/schoolwatch/mail-password})");
  }
  return options;
}

core::Result<void> SmtpSink::Deliver(const AlertBatch& batch) {
  SW_ASSIGN(const MailMessage message, composer_.Compose(batch));
  return transport_->Send({.from = message.from, .to = {message.to}}, message.rfc5322);
}

}  // namespace schoolwatch::alerts
