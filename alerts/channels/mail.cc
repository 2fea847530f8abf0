#include "alerts/channels/mail.h"

#include <map>
#include <string>
#include <string_view>

namespace schoolwatch::alerts {
namespace {

constexpr std::string_view kTokenFile = "mail-token";

core::Result<std::unique_ptr<AlertSink>> MakeSmtp(const ChannelParts& parts) {
  SW_ASSIGN(auto transport, MakeSmtpTransport(parts.settings, parts.clock));
  return std::make_unique<MailSink>(std::move(transport), parts.composer);
}

core::Result<std::unique_ptr<AlertSink>> MakeSendmail(const ChannelParts& parts) {
  SW_ASSIGN(auto transport, net::MakeSendmailTransport(
                                {.program = parts.settings.alerts.sendmail.program.string()}));
  return std::make_unique<MailSink>(std::move(transport), parts.composer);
}

}  // namespace

const ChannelInfo kSmtpChannel{
    .name = "smtp", .help = "sends each message through a mail server", .make = &MakeSmtp};
const ChannelInfo kSendmailChannel{.name = "sendmail",
                                   .help = "hands each message to this machine's mail program",
                                   .make = &MakeSendmail};

core::Result<net::SmtpOptions> MakeSmtpOptions(const config::SmtpSettings& settings) {
  net::SmtpOptions options{.host = settings.host,
                           .port = settings.port,
                           .tls = net::TlsMode::kStartTls,
                           .login = net::SmtpLogin::kPassword,
                           .user = settings.user,
                           .password = settings.password,
                           .ca_file = settings.ca_file};
  if (settings.host.empty()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "alerts: channel 'smtp' needs 'smtp: host:', the school's mail server");
  }
  static const std::map<std::string_view, net::TlsMode> kModes{
      {"starttls", net::TlsMode::kStartTls},
      {"implicit", net::TlsMode::kImplicit},
      {"none", net::TlsMode::kNone}};
  const auto tls = kModes.find(settings.tls);
  if (tls == kModes.end()) {
    return core::Fail(core::ErrorKind::kBadInput, "alerts: 'smtp: tls:' is '" + settings.tls +
                                                      "', it must be starttls, implicit or none");
  }
  options.tls = tls->second;
  static const std::map<std::string_view, net::SmtpLogin> kLogins{
      {"password", net::SmtpLogin::kPassword},
      {"plain", net::SmtpLogin::kPlain},
      {"login", net::SmtpLogin::kLogin},
      {"xoauth2", net::SmtpLogin::kXOAuth2}};
  const auto login = kLogins.find(settings.login);
  if (login == kLogins.end()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "alerts: 'smtp: login:' is '" + settings.login +
                          "', it must be password, plain, login or xoauth2");
  }
  options.login = login->second;
  if (options.login == net::SmtpLogin::kXOAuth2) {
    options.password.clear();
  } else if (!settings.user.empty() && settings.password.empty()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "alerts: 'smtp: user:' needs 'password:' (a reference such as "
                      "${file:/etc/schoolwatch/mail-password})");
  }
  return options;
}

net::OAuth2Options MakeOAuth2Options(const config::OAuth2Settings& given, const std::string& user,
                                     const std::filesystem::path& keep_in,
                                     std::string_view microsoft_scope) {
  net::OAuth2Options options{.grant = net::OAuth2Grant::kClientCredentials,
                             .token_url = given.token_url,
                             .client_id = given.client_id,
                             .client_secret = given.client_secret,
                             .refresh_token = given.refresh_token,
                             .service_account = given.service_account,
                             .user = user,
                             .scope = given.scope,
                             .keep_in = keep_in};
  const bool by_person = !given.refresh_token.empty();
  if (!given.service_account.empty()) {
    options.grant = net::OAuth2Grant::kServiceAccount;
  } else if (by_person) {
    options.grant = net::OAuth2Grant::kRefreshToken;
  }
  if (given.provider == "microsoft") {
    if (options.token_url.empty()) {
      options.token_url =
          "https://login.microsoftonline.com/" + given.tenant + "/oauth2/v2.0/token";
    }
    if (options.scope.empty()) {
      // offline_access: or the answer brings no further refresh token.
      options.scope = by_person ? std::string(microsoft_scope) + " offline_access"
                                : "https://outlook.office365.com/.default";
    }
  } else if (given.provider == "google") {
    if (options.token_url.empty()) {
      options.token_url = "https://oauth2.googleapis.com/token";
    }
    // A refresh token has the scope that it was given for.
    if (options.scope.empty() && !by_person) {
      options.scope = "https://mail.google.com/";
    }
  }
  return options;
}

net::OAuth2Options MakeOAuth2Options(const config::Settings& settings) {
  return MakeOAuth2Options(settings.alerts.smtp.oauth2, settings.alerts.smtp.user,
                           settings.storage.folder / kTokenFile,
                           "https://outlook.office.com/SMTP.Send");
}

core::Result<std::unique_ptr<net::MailTransport>> MakeSmtpTransport(
    const config::Settings& settings, const core::Clock& clock) {
  SW_ASSIGN(net::SmtpOptions options, MakeSmtpOptions(settings.alerts.smtp));
  std::unique_ptr<net::TokenSource> tokens;
  if (options.login == net::SmtpLogin::kXOAuth2) {
    SW_ASSIGN(auto poster, net::MakeHttpPoster({.ca_file = options.ca_file}));
    SW_ASSIGN(tokens, net::MakeTokenSource(MakeOAuth2Options(settings), std::move(poster), clock));
  }
  return net::MakeSmtpTransport(std::move(options), std::move(tokens));
}

core::Result<void> MailSink::Deliver(const AlertBatch& batch) {
  SW_ASSIGN(const MailMessage message, composer_.Compose(batch));
  return transport_->Send({.from = message.from, .to = {message.to}}, message.rfc5322);
}

}  // namespace schoolwatch::alerts
