// The tables of how messages leave: mail server, mail program, webhook.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "config/checks.h"
#include "config/settings_schema.h"

namespace schoolwatch::config {
namespace {

Schema<SendingLimits> LimitsSchema() {
  return Schema<SendingLimits>("Sending limits", "What the mail provider takes.")
      .Field("per_minute", &SendingLimits::per_minute, Whole<std::uint32_t>(1, 10'000),
             {.help = "Messages within any minute (Microsoft 365 takes 30)."})
      .Field("per_day", &SendingLimits::per_day, Whole<std::uint32_t>(1, 1'000'000),
             {.help = "Messages within any 24 hours (Google Workspace takes 2,000)."});
}

}  // namespace

const Schema<OAuth2Settings>& OAuth2Schema() {
  static const Schema<OAuth2Settings> kSchema =
      Schema<OAuth2Settings>("OAuth 2", "Where the mail server's login gets its tokens.")
          .Field("provider", &OAuth2Settings::provider, OneOf({"microsoft", "google", "other"}),
                 {.help = "Whose tokens; gives the token server's address and the scope."})
          .Field("tenant", &OAuth2Settings::tenant, Text({.max_bytes = 128}),
                 {.help = "The school's directory at Microsoft: its id or domain.",
                  .example = "quillbrook-academy.example"})
          .Field("client_id", &OAuth2Settings::client_id, Text({.max_bytes = 256}),
                 {.help = "The id under which schoolwatch is registered there.",
                  .example = "11111111-2222-3333-4444-555555555555"})
          .Field("client_secret", &OAuth2Settings::client_secret, Secret(),
                 {.help = "The registration's secret.", .example = "${file:client.secret}"})
          .Field(
              "refresh_token", &OAuth2Settings::refresh_token, Secret(),
              {.help = "The refresh token of the account that sends. Without one schoolwatch logs "
                       "in as itself (client credentials). Where the server renews it, the new one "
                       "is kept beside the store.",
               .example = "${file:refresh-token.secret}"})
          .Field("service_account", &OAuth2Settings::service_account, Secret(),
                 {.help = "Google: the JSON key file of a service account that may act for `user` "
                          "(domain-wide delegation).",
                  .example = "${file:service-account.json}"})
          .Field("token_url", &OAuth2Settings::token_url,
                 Text({.max_bytes = 500}).Check(CheckHttpUrl),
                 {.help = "The token server.", .default_text = "the provider's"})
          .Field("scope", &OAuth2Settings::scope, Text({.max_bytes = 500}),
                 {.help = "What the token is for.", .default_text = "the provider's"});
  return kSchema;
}

// What a login by token needs beyond what every key says of itself.
void CheckTokens(const Section& section, const OAuth2Settings& oauth2, std::string_view where_set,
                 std::string_view tls, Diagnostics& problems) {
  const std::optional<Section> tokens = section.Find("oauth2");
  const auto has = [&tokens](std::string_view key) {
    return tokens.has_value() && tokens->Find(key).has_value();
  };
  const Location where = tokens ? tokens->key_where() : section.Find("login")->where();
  const auto need = [&](bool there, std::string_view what) {
    if (!there) {
      problems.Add(where, fmt::format("'{}.login' is xoauth2, which needs {}", where_set, what));
    }
  };
  need(section.Find("user").has_value(), "'user', the mailbox's address");
  need(tls != "none", "'tls'");
  if (!tokens) {
    need(false, "'oauth2', where its tokens come from");
    return;
  }
  if (has("service_account")) {
    need(oauth2.provider != "microsoft", "'provider: google' with a 'service_account'");
    return;
  }
  need(has("client_id"), "'oauth2: client_id'");
  need(has("client_secret") || has("refresh_token"),
       "'oauth2: client_secret' or 'refresh_token' (or both)");
  need(oauth2.provider != "microsoft" || has("tenant") || has("token_url"),
       "'oauth2: tenant', the school's directory at Microsoft");
  need(oauth2.provider != "google" || has("refresh_token"),
       "'oauth2: refresh_token' or 'service_account': Google knows no client credentials");
  need(oauth2.provider != "other" || has("token_url"), "'oauth2: token_url'");
}

Value<std::string> ChannelName() { return OneOf({"folder", "smtp", "sendmail", "webhook"}); }

void CheckChannel(std::string_view channel, std::string_view key,
                  const std::optional<Section>& written, const Section& alerts,
                  Diagnostics& problems) {
  const bool needs_more = channel == "smtp" || channel == "webhook";
  if (!written || !needs_more) {
    return;
  }
  const std::optional<Section> more = alerts.Find(channel);
  if (!more || more->is_null()) {
    problems.Add(written->where(),
                 fmt::format("'{}' is {}, but there is no '{}' with its {}", key, channel, channel,
                             channel == "smtp" ? "host" : "url and secret"));
  }
}

const Schema<SmtpSettings>& SmtpSchema() {
  static const Schema<SmtpSettings> kSchema =
      Schema<SmtpSettings>("SMTP", "The mail server, for `channel: smtp`.")
          .Field(
              "host", &SmtpSettings::host, Text({.max_bytes = 253}).Words("a host name or address"),
              {.help = "The mail server.", .required = true, .example = "smtp.quillbrook.example"})
          .Field("port", &SmtpSettings::port, Whole<std::uint16_t>(1),
                 {.help = "Its port.", .default_text = "`587`, or `465` with `tls: implicit`"})
          .Field(
              "tls", &SmtpSettings::tls, OneOf({"starttls", "implicit", "none"}),
              {.help = "How the connection is secured: after STARTTLS, from the first byte, or not "
                       "at all, which only a server on this machine may be."})
          .Field(
              "login", &SmtpSettings::login, OneOf({"password", "plain", "login", "xoauth2"}),
              {.help = "How to log in: with a password by whatever the server offers of PLAIN and "
                       "LOGIN, by the one or the other alone, or with a token from `oauth2`."})
          .Field("user", &SmtpSettings::user, Text({.max_bytes = 254}),
                 {.help = "The account to log in with; without it there is no login.",
                  .example = "schoolwatch@quillbrook-academy.example"})
          .Field(
              "password", &SmtpSettings::password, Secret(),
              {.help = "Its password, never written here: only where to find it. A file must not "
                       "be readable by everybody; its path is relative to this file.",
               .example = "${file:smtp.secret}"})
          .Field("oauth2", &SmtpSettings::oauth2, Nested(OAuth2Schema()),
                 {.help = "Where tokens come from, for `login: xoauth2`."})
          .Field(
              "limits", &SmtpSettings::limits, Nested(LimitsSchema()),
              {.help = "What the mail provider takes; the rest waits its turn, urgent ones first."})
          .Field("ca_file", &SmtpSettings::ca_file, Text({.max_bytes = 4096}).Words("a path"),
                 {.help = "Certificates that vouch for the server, instead of the system's.",
                  .example = "/etc/ssl/quillbrook-ca.pem"})
          .Check([](const SmtpSettings& smtp, const Section& section, Diagnostics& problems) {
            const auto place = [&section](std::string_view key) {
              const std::optional<Section> found = section.Find(key);
              return found ? found->where() : section.key_where();
            };
            if (smtp.tls == "none" && !smtp.host.empty() && !IsLoopbackHost(smtp.host)) {
              problems.Add(
                  place("tls"),
                  fmt::format(
                      "'alerts.smtp.tls' is none, but '{}' is not this machine: mails about "
                      "children do not travel unsecured; use starttls or implicit",
                      ForMessage(smtp.host)));
            }
            const bool has_password = section.Find("password").has_value();
            if (smtp.login == "xoauth2") {
              CheckTokens(section, smtp.oauth2, "alerts.smtp", smtp.tls, problems);
            } else if (!smtp.user.empty() && !has_password) {
              problems.Add(place("user"), "'alerts.smtp.user' is given without a 'password'");
            } else if (smtp.user.empty() && has_password && !section.Find("user")) {
              problems.Add(place("password"), "'alerts.smtp.password' is given without a 'user'");
            }
          });
  return kSchema;
}

const Schema<SendmailSettings>& SendmailSchema() {
  static const Schema<SendmailSettings> kSchema =
      Schema<SendmailSettings>("Sendmail", "The mail program, for `channel: sendmail`.")
          .Field("program", &SendmailSettings::program, Path(),
                 {.help = "It is called as `program -i -f FROM -- TO`, the message on its standard "
                          "input. Its whole path.",
                  .example = "/usr/sbin/sendmail"})
          .Check(
              [](const SendmailSettings& sendmail, const Section& section, Diagnostics& problems) {
                if (const auto program = section.Find("program");
                    program && !sendmail.program.is_absolute()) {
                  problems.Add(program->where(),
                               "'alerts.sendmail.program' must be a whole path, from '/' on");
                }
              });
  return kSchema;
}

const Schema<WebhookSettings>& WebhookSchema() {
  static const Schema<WebhookSettings> kSchema =
      Schema<WebhookSettings>("Webhook", "Where `channel: webhook` posts.")
          .Field("url", &WebhookSettings::url, Secret(),
                 {.help = "The address, never written here: who knows it may post there. https, or "
                          "http to this machine.",
                  .required = true,
                  .example = "${file:webhook-url.secret}"})
          .Field("secret", &WebhookSettings::secret, Secret(),
                 {.help = "What both sides know and messages are signed with (docs/alerts.md): "
                          "any text, or \"whsec_\" and base64.",
                  .required = true,
                  .example = "${file:webhook.secret}"})
          .Field("ca_file", &WebhookSettings::ca_file, Text({.max_bytes = 4096}).Words("a path"),
                 {.help = "Certificates that vouch for the server, instead of the system's."});
  return kSchema;
}

const Schema<UndeliveredSettings>& UndeliveredSchema() {
  static const Schema<UndeliveredSettings> kSchema =
      Schema<UndeliveredSettings>("Undelivered", "How it is told that a message does not get out.")
          .Field("channel", &UndeliveredSettings::channel, ChannelName(),
                 {.help = "By which channel.",
                  .default_text = "another than the one that failed, where one is set up"})
          .Field("to", &UndeliveredSettings::to, Text({.max_bytes = 254}).Check(CheckMailAddress),
                 {.help = "To whom.",
                  .example = "it@quillbrook-academy.example",
                  .default_text = "the contacts with `role: it`"});
  return kSchema;
}

}  // namespace schoolwatch::config
