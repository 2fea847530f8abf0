#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/mail_transport.h"
#include "tests/net/scripted_smtp.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

const Envelope kToHead{"watch@quillbrook.example", {"head@quillbrook.example"}};
constexpr const char* kMessage = "Subject: one alert\r\n\r\nA post was found.\r\n";

SmtpOptions OptionsFor(const ScriptedSmtp& server) {
  SmtpOptions options;
  options.host = "127.0.0.1";
  options.port = server.port();
  options.user = "watch@quillbrook.example";
  options.password = "open sesame";
  options.ca_file = server.certificate_file();
  options.timeout = std::chrono::seconds(20);
  return options;
}

std::unique_ptr<MailTransport> MakeTransport(SmtpOptions options) {
  core::Result<std::unique_ptr<MailTransport>> transport = MakeSmtpTransport(std::move(options));
  EXPECT_TRUE(transport.has_value()) << transport.error().message;
  return std::move(*transport);
}

TEST(SmtpTransportTest, SendsOverStartTlsAfterLogin) {
  const ScriptedSmtp server;
  {
    const std::unique_ptr<MailTransport> transport = MakeTransport(OptionsFor(server));
    const core::Result<void> sent = transport->Send(
        {"watch@quillbrook.example", {"head@quillbrook.example", "dsl@quillbrook.example"}},
        kMessage);
    ASSERT_TRUE(sent.has_value()) << sent.error().message;
  }
  const std::vector<std::string> commands = server.commands();
  ASSERT_GE(commands.size(), 8u);
  EXPECT_TRUE(commands[0].starts_with("EHLO "));
  EXPECT_EQ(commands[1], "STARTTLS");
  EXPECT_EQ(commands[2], "[TLS]");
  EXPECT_TRUE(commands[3].starts_with("EHLO "));
  EXPECT_EQ(commands[4], "AUTH PLAIN");
  EXPECT_TRUE(commands[5].starts_with("MAIL FROM:<watch@quillbrook.example>")) << commands[5];
  EXPECT_EQ(commands[6], "RCPT TO:<head@quillbrook.example>");
  EXPECT_EQ(commands[7], "RCPT TO:<dsl@quillbrook.example>");
  EXPECT_EQ(commands[8], "DATA");
  EXPECT_EQ(server.messages(), std::vector<std::string>{kMessage});
}

TEST(SmtpTransportTest, SendsOverImplicitTls) {
  const ScriptedSmtp server(SmtpScript{.tls = SmtpScript::Tls::kFromTheStart});
  SmtpOptions options = OptionsFor(server);
  options.tls = TlsMode::kImplicit;
  ASSERT_TRUE(MakeTransport(std::move(options))->Send(kToHead, kMessage).has_value());
  EXPECT_EQ(server.messages(), std::vector<std::string>{kMessage});
}

TEST(SmtpTransportTest, SendsInTheClearToThisMachineAlone) {
  const ScriptedSmtp server(SmtpScript{.tls = SmtpScript::Tls::kNone, .login_offer = ""});
  SmtpOptions options = OptionsFor(server);
  options.tls = TlsMode::kNone;
  options.user.clear();
  ASSERT_TRUE(MakeTransport(options)->Send(kToHead, kMessage).has_value());
  EXPECT_EQ(server.messages(), std::vector<std::string>{kMessage});
  options.host = "mail.quillbrook.example";
  const auto refused = MakeSmtpTransport(options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kBadInput);
}

TEST(SmtpTransportTest, DotsAtLineStartsAreStuffed) {
  const ScriptedSmtp server;
  const std::string message = ".first\r\n\r\n.\r\n..two\r\nend.\r\n";
  ASSERT_TRUE(MakeTransport(OptionsFor(server))->Send(kToHead, message).has_value());
  EXPECT_EQ(server.messages(), std::vector<std::string>{"..first\r\n\r\n..\r\n...two\r\nend.\r\n"});
}

TEST(SmtpTransportTest, SeveralMessagesShareAConnection) {
  const ScriptedSmtp server;
  const std::unique_ptr<MailTransport> transport = MakeTransport(OptionsFor(server));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(transport->Send(kToHead, kMessage).has_value());
  }
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.messages().size(), 3u);
}

TEST(SmtpTransportTest, ARefusalDoesNotSpoilTheNextMessage) {
  const ScriptedSmtp server(
      SmtpScript{.recipient_replies = {{"gone@quillbrook.example", "550 5.1.1 No such user"}}});
  const std::unique_ptr<MailTransport> transport = MakeTransport(OptionsFor(server));
  EXPECT_FALSE(
      transport->Send({"watch@quillbrook.example", {"gone@quillbrook.example"}}, kMessage));
  EXPECT_TRUE(transport->Send(kToHead, kMessage).has_value());
}

TEST(SmtpTransportTest, PicksALoginThatNeedsNothingElse) {
  const ScriptedSmtp server(SmtpScript{.login_offer = "AUTH GSSAPI NTLM CRAM-MD5 PLAIN"});
  ASSERT_TRUE(MakeTransport(OptionsFor(server))->Send(kToHead, kMessage).has_value());
  EXPECT_TRUE(server.Saw("AUTH PLAIN"));
}

TEST(SmtpTransportTest, LogsInTheWayThatIsAskedFor) {
  for (const auto& [login, command] :
       {std::pair{SmtpLogin::kLogin, "AUTH LOGIN"}, std::pair{SmtpLogin::kPlain, "AUTH PLAIN"}}) {
    const ScriptedSmtp server(SmtpScript{.login_offer = "AUTH LOGIN PLAIN CRAM-MD5"});
    SmtpOptions options = OptionsFor(server);
    options.login = login;
    static_cast<void>(MakeTransport(std::move(options))->Send(kToHead, kMessage));
    EXPECT_TRUE(server.Saw(command)) << command;
  }
}

// Hands out token1, token2, … as each is refused.
class CountedTokens final : public TokenSource {
 public:
  explicit CountedTokens(int& rejected) : rejected_(rejected) {}
  core::Result<std::string> Token() override { return "token" + std::to_string(rejected_ + 1); }
  void Reject() override { ++rejected_; }

 private:
  int& rejected_;
};

class TokenLoginTest : public testing::Test {
 protected:
  core::Result<void> Send(const ScriptedSmtp& server) {
    SmtpOptions options = OptionsFor(server);
    options.login = SmtpLogin::kXOAuth2;
    options.password.clear();
    auto transport = MakeSmtpTransport(options, std::make_unique<CountedTokens>(rejected_));
    EXPECT_TRUE(transport.has_value()) << transport.error().message;
    return (*transport)->Send(kToHead, kMessage);
  }
  int rejected_ = 0;
};

// "user=watch@quillbrook.example^Aauth=Bearer token1^A^A" and the same with token2.
constexpr const char* kFirstToken =
    "dXNlcj13YXRjaEBxdWlsbGJyb29rLmV4YW1wbGUBYXV0aD1CZWFyZXIgdG9rZW4xAQE=\r\n";
constexpr const char* kSecondToken =
    "dXNlcj13YXRjaEBxdWlsbGJyb29rLmV4YW1wbGUBYXV0aD1CZWFyZXIgdG9rZW4yAQE=\r\n";

TEST_F(TokenLoginTest, TheTokenIsSentAsMicrosoftAndGoogleWantIt) {
  // Both offer more than this; what Google offers made libcurl take OAUTHBEARER (curl #10259).
  const ScriptedSmtp server(
      SmtpScript{.login_offer = "AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH"});
  const core::Result<void> sent = Send(server);
  ASSERT_TRUE(sent.has_value()) << sent.error().message;
  EXPECT_TRUE(server.Saw("AUTH XOAUTH2"));
  EXPECT_EQ(server.credentials(), std::vector<std::string>{kFirstToken});
}

TEST_F(TokenLoginTest, ARefusedTokenIsFetchedAnewOnce) {
  const ScriptedSmtp server(
      SmtpScript{.login_offer = "AUTH XOAUTH2",
                 .credential_replies = {{kFirstToken, "535 5.7.8 token1 is over"}}});
  const core::Result<void> sent = Send(server);
  ASSERT_TRUE(sent.has_value()) << sent.error().message;
  EXPECT_EQ(rejected_, 1);
  EXPECT_EQ(server.credentials(), (std::vector<std::string>{kFirstToken, kSecondToken}));
}

TEST_F(TokenLoginTest, ARefusalIsSaidWithoutTheToken) {
  // 334 with the reason in base64 is how XOAUTH2 refuses.
  for (const char* reply : {"535 5.7.8 token2 and token1", "334 eyJzdGF0dXMiOiI0MDAifQ=="}) {
    rejected_ = 0;
    const ScriptedSmtp server(
        SmtpScript{.login_offer = "AUTH XOAUTH2", .replies = {{"CREDENTIALS", reply}}});
    const core::Result<void> sent = Send(server);
    ASSERT_FALSE(sent.has_value());
    EXPECT_EQ(sent.error().kind, ErrorKind::kForbidden) << sent.error().message;
    EXPECT_NE(sent.error().message.find("refused the token"), std::string::npos)
        << sent.error().message;
    EXPECT_EQ(sent.error().message.find("token2"), std::string::npos) << sent.error().message;
    EXPECT_EQ(rejected_, 1);
  }
}

TEST_F(TokenLoginTest, AServerWithoutItIsNotGivenAPassword) {
  const ScriptedSmtp server;
  const core::Result<void> sent = Send(server);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, ErrorKind::kForbidden);
  EXPECT_NE(sent.error().message.find("no login by token"), std::string::npos)
      << sent.error().message;
  EXPECT_FALSE(server.Saw("AUTH"));
  EXPECT_EQ(rejected_, 0);
}

TEST(SmtpOptionsTest, ATokenNeedsTlsAUserAndASource) {
  int rejected = 0;
  SmtpOptions options;
  options.host = "127.0.0.1";
  options.login = SmtpLogin::kXOAuth2;
  options.user = "watch@quillbrook.example";
  EXPECT_FALSE(MakeSmtpTransport(options).has_value());
  options.tls = TlsMode::kNone;
  EXPECT_FALSE(MakeSmtpTransport(options, std::make_unique<CountedTokens>(rejected)).has_value());
  options.tls = TlsMode::kStartTls;
  options.user.clear();
  EXPECT_FALSE(MakeSmtpTransport(options, std::make_unique<CountedTokens>(rejected)).has_value());
}

struct NothingSentCase {
  const char* name;
  SmtpScript script;
  ErrorKind kind;
  const char* message;
};

class NothingSentTest : public testing::TestWithParam<NothingSentCase> {};

TEST_P(NothingSentTest, NeitherLoginNorMessageLeaves) {
  const ScriptedSmtp server(GetParam().script);
  const core::Result<void> sent = MakeTransport(OptionsFor(server))->Send(kToHead, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, GetParam().kind);
  EXPECT_NE(sent.error().message.find(GetParam().message), std::string::npos)
      << sent.error().message;
  EXPECT_FALSE(server.Saw("AUTH"));
  EXPECT_FALSE(server.Saw("MAIL"));
  EXPECT_TRUE(server.messages().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Servers, NothingSentTest,
    testing::Values(NothingSentCase{"StartTlsNotOffered",
                                    {.tls = SmtpScript::Tls::kNone},
                                    ErrorKind::kUnavailable,
                                    "does not offer STARTTLS"},
                    NothingSentCase{"StartTlsPutOff",
                                    {.replies = {{"STARTTLS", "454 4.7.0 not now"}}},
                                    ErrorKind::kUnavailable,
                                    "refused STARTTLS; nothing was sent for now: 454"},
                    NothingSentCase{"StartTlsRefused",
                                    {.replies = {{"STARTTLS", "554 5.7.0 no"}}},
                                    ErrorKind::kForbidden,
                                    "refused STARTTLS; nothing was sent: 554 5.7.0 no"},
                    NothingSentCase{"NoLoginOffered",
                                    {.login_offer = ""},
                                    ErrorKind::kForbidden,
                                    "offers no login"},
                    NothingSentCase{"Greeting5xx",
                                    {.replies = {{"CONNECT", "554 5.7.1 go away"}}},
                                    ErrorKind::kForbidden,
                                    "refused the connection: 554 5.7.1 go away"},
                    NothingSentCase{"Greeting4xx",
                                    {.replies = {{"CONNECT", "421 4.3.2 restarting"}}},
                                    ErrorKind::kUnavailable,
                                    "421 4.3.2 restarting"},
                    NothingSentCase{"CutAtOnce",
                                    {.replies = {{"CONNECT", SmtpScript::kCut}}},
                                    ErrorKind::kUnavailable,
                                    "connection broke"},
                    NothingSentCase{"NoMailServer",
                                    {.replies = {{"CONNECT", "HTTP/1.1 400 Bad Request"}}},
                                    ErrorKind::kUnavailable,
                                    ""},
                    NothingSentCase{"EhloRefused",
                                    {.replies = {{"EHLO", "502 what?"}}},
                                    ErrorKind::kForbidden,
                                    "refused our greeting: 502 what?"}),
    [](const auto& row) { return std::string(row.param.name); });

struct FailureCase {
  const char* name;
  SmtpScript script;
  ErrorKind kind;
  const char* message;
};

class SmtpFailureTest : public testing::TestWithParam<FailureCase> {};

TEST_P(SmtpFailureTest, SaysWhatAndWhetherToTryAgain) {
  const ScriptedSmtp server(GetParam().script);
  const core::Result<void> sent = MakeTransport(OptionsFor(server))->Send(kToHead, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, GetParam().kind) << sent.error().message;
  const std::string& message = sent.error().message;
  EXPECT_TRUE(message.starts_with("127.0.0.1:")) << message;
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
  EXPECT_EQ(message.find("open sesame"), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Replies, SmtpFailureTest,
    testing::Values(FailureCase{"Password",
                                {.replies = {{"CREDENTIALS", "535 5.7.8 'open sesame' is wrong"}}},
                                ErrorKind::kForbidden,
                                "the mail server refused the user name or password (535)"},
                    FailureCase{"LoginPutOff",
                                {.replies = {{"CREDENTIALS", "454 4.7.0 directory down"}}},
                                ErrorKind::kUnavailable,
                                "cannot check the login now (454)"},
                    FailureCase{"NoKnownLogin",
                                {.login_offer = "AUTH XOAUTH2"},
                                ErrorKind::kForbidden,
                                "offers no login that schoolwatch knows"},
                    FailureCase{"Sender",
                                {.replies = {{"MAIL", "550 5.7.1 not you"}}},
                                ErrorKind::kForbidden,
                                "refused the sender: 550 5.7.1 not you"},
                    FailureCase{"SenderEchoesThePassword",
                                {.replies = {{"MAIL", "550 5.7.1 open sesame? no"}}},
                                ErrorKind::kForbidden,
                                "refused the sender: 550"},
                    FailureCase{"TooBigBySize",
                                {.replies = {{"MAIL", "552 5.3.4 message too big"}}},
                                ErrorKind::kBadInput,
                                "refused the sender: 552 5.3.4 message too big"},
                    FailureCase{
                        "Recipient",
                        {.replies = {{"RCPT", "550 5.1.1 No such user"}}},
                        ErrorKind::kBadInput,
                        "refused the recipient head@quillbrook.example: 550 5.1.1 No such user"},
                    FailureCase{"Greylisted",
                                {.replies = {{"RCPT", "450 4.2.0 come back later"}}},
                                ErrorKind::kThrottled,
                                "for now: 450 4.2.0 come back later"},
                    FailureCase{"DataRefused",
                                {.replies = {{"DATA", "554 5.5.1 no"}}},
                                ErrorKind::kBadInput,
                                "refused the message: 554 5.5.1 no"},
                    FailureCase{"BodyRefused",
                                {.replies = {{"BODY", "552-5.2.2 too\r\n552 5.2.2 big"}}},
                                ErrorKind::kBadInput,
                                "refused the message: 552 5.2.2 too 5.2.2 big"},
                    FailureCase{"BodyPutOff",
                                {.replies = {{"BODY", "452 4.3.1 disk full"}}},
                                ErrorKind::kThrottled,
                                "452 4.3.1 disk full"},
                    FailureCase{"ShuttingDown",
                                {.replies = {{"MAIL", "421 4.3.2 bye"}}},
                                ErrorKind::kUnavailable,
                                "421 4.3.2 bye"},
                    FailureCase{"CutAfterRecipient",
                                {.replies = {{"RCPT", SmtpScript::kCut}}},
                                ErrorKind::kUnavailable,
                                "connection broke"},
                    FailureCase{"CutAfterTheMessage",
                                {.replies = {{"BODY", SmtpScript::kCut}}},
                                ErrorKind::kUnavailable,
                                "before the mail server had accepted"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SmtpTransportTest, OneRefusedRecipientFailsTheMessage) {
  const ScriptedSmtp server(
      SmtpScript{.recipient_replies = {{"gone@quillbrook.example", "550 5.1.1 No such user"}}});
  const core::Result<void> sent =
      MakeTransport(OptionsFor(server))
          ->Send(
              {"watch@quillbrook.example", {"head@quillbrook.example", "gone@quillbrook.example"}},
              kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, ErrorKind::kBadInput);
  EXPECT_NE(sent.error().message.find("gone@quillbrook.example"), std::string::npos);
  EXPECT_TRUE(server.messages().empty());
}

struct UntrustedCase {
  const char* name;
  const char* host;
  bool trusted;
};

class SmtpCertificateTest : public testing::TestWithParam<UntrustedCase> {};

TEST_P(SmtpCertificateTest, IsVerifiedBeforeTheLogin) {
  const ScriptedSmtp server;
  SmtpOptions options = OptionsFor(server);
  options.host = GetParam().host;
  if (!GetParam().trusted) {
    options.ca_file.clear();
  }
  const core::Result<void> sent = MakeTransport(std::move(options))->Send(kToHead, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(sent.error().message.find("certificate is not trusted"), std::string::npos)
      << sent.error().message;
  EXPECT_FALSE(server.Saw("AUTH"));
}

INSTANTIATE_TEST_SUITE_P(Certificates, SmtpCertificateTest,
                         testing::Values(UntrustedCase{"UnknownIssuer", "127.0.0.1", false},
                                         UntrustedCase{"OtherHost", "localhost", true}),
                         [](const auto& row) { return std::string(row.param.name); });

struct UnsafeCase {
  const char* name;
  Envelope envelope;
  std::string message;
};

class UnsafeMailTest : public testing::TestWithParam<UnsafeCase> {};

TEST_P(UnsafeMailTest, IsRefusedWithoutAConnection) {
  const ScriptedSmtp server;
  const core::Result<void> sent =
      MakeTransport(OptionsFor(server))->Send(GetParam().envelope, GetParam().message);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(server.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Mails, UnsafeMailTest,
    testing::Values(UnsafeCase{"SecondRecipientInTheFirst",
                               {"watch@quillbrook.example",
                                {"b@x.example>\r\nRCPT TO:<evil@x.example"}},
                               kMessage},
                    UnsafeCase{"SenderWithLineBreak",
                               {"watch@quillbrook.example\r\nDATA", {"head@quillbrook.example"}},
                               kMessage},
                    UnsafeCase{"NoRecipient", {"watch@quillbrook.example", {}}, kMessage},
                    UnsafeCase{"NoSender", {"", {"head@quillbrook.example"}}, kMessage},
                    UnsafeCase{"BareLineFeed", kToHead, "Subject: x\n\nbody\n"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SmtpProbeTest, LogsInAndSendsNothing) {
  const ScriptedSmtp server;
  {
    const core::Result<void> probed = MakeTransport(OptionsFor(server))->Probe();
    ASSERT_TRUE(probed.has_value()) << probed.error().message;
  }
  EXPECT_TRUE(server.Saw("AUTH PLAIN"));
  EXPECT_TRUE(server.Saw("NOOP"));
  EXPECT_FALSE(server.Saw("MAIL"));
}

TEST(SmtpProbeTest, ProvesTheLoginAnewAndLeavesSendingAlone) {
  const ScriptedSmtp server;
  const std::unique_ptr<MailTransport> transport = MakeTransport(OptionsFor(server));
  ASSERT_TRUE(transport->Send(kToHead, kMessage).has_value());
  ASSERT_TRUE(transport->Probe().has_value());
  EXPECT_EQ(server.connections(), 2);
  ASSERT_TRUE(transport->Send(kToHead, kMessage).has_value());
  EXPECT_EQ(server.messages().size(), 2u);
}

TEST(SmtpProbeTest, AWrongPasswordIsForbidden) {
  const ScriptedSmtp server(SmtpScript{.replies = {{"CREDENTIALS", "535 5.7.8 no"}}});
  const core::Result<void> probed = MakeTransport(OptionsFor(server))->Probe();
  ASSERT_FALSE(probed.has_value());
  EXPECT_EQ(probed.error().kind, ErrorKind::kForbidden);
}

struct OptionCase {
  const char* name;
  void (*change)(SmtpOptions&);
};

class BadSmtpOptionsTest : public testing::TestWithParam<OptionCase> {};

TEST_P(BadSmtpOptionsTest, AreBadInput) {
  SmtpOptions options;
  options.host = "mail.quillbrook.example";
  GetParam().change(options);
  const auto transport = MakeSmtpTransport(options);
  ASSERT_FALSE(transport.has_value());
  EXPECT_EQ(transport.error().kind, ErrorKind::kBadInput);
}

INSTANTIATE_TEST_SUITE_P(
    Options, BadSmtpOptionsTest,
    testing::Values(
        OptionCase{"NoHost", [](SmtpOptions& o) { o.host.clear(); }},
        OptionCase{"HostWithPath", [](SmtpOptions& o) { o.host = "a.example/x"; }},
        OptionCase{"HostWithLogin", [](SmtpOptions& o) { o.host = "u:p@a.example"; }},
        OptionCase{"HostWithLineBreak", [](SmtpOptions& o) { o.host = "a.example\r\n"; }},
        OptionCase{"PortZero", [](SmtpOptions& o) { o.port = 0; }},
        OptionCase{"InTheClear", [](SmtpOptions& o) { o.tls = TlsMode::kNone; }},
        OptionCase{"PasswordWithLineEnd", [](SmtpOptions& o) { o.password = "sesame\n"; }},
        OptionCase{"CaFileMissing", [](SmtpOptions& o) { o.ca_file = "/nonexistent.pem"; }}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SmtpTransportTest, AClosedPortIsUnavailable) {
  std::uint16_t port = 0;
  {
    const ScriptedSmtp gone;
    port = gone.port();
  }
  SmtpOptions options;
  options.host = "127.0.0.1";
  options.port = port;
  const core::Result<void> sent = MakeTransport(options)->Send(kToHead, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(sent.error().message.find("no connection"), std::string::npos);
}

}  // namespace
}  // namespace schoolwatch::net
