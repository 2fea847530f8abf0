#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "core/hash.h"
#include "net/mail_transport.h"

namespace schoolwatch::net {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;

const Envelope kToHead{"watch@quillbrook.example", {"head@quillbrook.example"}};
constexpr const char* kMessage = "Subject: one alert\r\n\r\nA post was found.\r\n.\r\n";

class SendmailTest : public testing::Test {
 protected:
  SendmailTest() { fs::create_directories(folder_); }
  ~SendmailTest() override { fs::remove_all(folder_); }
  // A mail program whose body is `script`, in sh.
  std::unique_ptr<MailTransport> Program(const std::string& script,
                                         std::chrono::seconds timeout = std::chrono::seconds(20)) {
    const fs::path program = folder_ / "sendmail";
    std::ofstream(program) << "#!/bin/sh\ncd '" << folder_.string() << "'\n" << script << "\n";
    fs::permissions(program, fs::perms::owner_all);
    auto made = MakeSendmailTransport({.program = program.string(), .timeout = timeout});
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return std::move(*made);
  }
  std::string Read(const char* name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
  }

  fs::path folder_ = fs::path(testing::TempDir()) / ("sendmail-" + core::RandomHex(8));
};

TEST_F(SendmailTest, TheProgramGetsEnvelopeAndMessageAndNothingElse) {
  ASSERT_EQ(::setenv("SW_TEST_SECRET", "open sesame", 1), 0);
  const auto sent = Program("printf '%s\\n' \"$@\" > arguments; cat > message; env > environment")
                        ->Send(kToHead, kMessage);
  ASSERT_TRUE(sent.has_value()) << sent.error().message;
  EXPECT_EQ(Read("arguments"), "-i\n-f\nwatch@quillbrook.example\n--\nhead@quillbrook.example\n");
  EXPECT_EQ(Read("message"), "Subject: one alert\n\nA post was found.\n.\n");
  EXPECT_EQ(Read("environment").find("sesame"), std::string::npos);
}

TEST_F(SendmailTest, ABigMessageArrivesWhole) {
  std::string message = "Subject: big\r\n\r\n";
  for (int i = 0; i < 20'000; ++i) {
    message += "Line " + std::to_string(i) + " of a long message that fills every pipe.\r\n";
  }
  ASSERT_TRUE(Program("cat > message; cat message").get()->Send(kToHead, message).has_value());
  EXPECT_EQ(Read("message").size(), message.size() - 20'002);
}

TEST_F(SendmailTest, AProgramThatReadsNothingEndsNothingOfOurs) {
  std::string message = "Subject: big\r\n\r\n";
  message += std::string(900, 'x') + "\r\n";
  for (int i = 0; i < 1000; ++i) {
    message += std::string(900, 'x') + "\r\n";
  }
  const auto sent = Program("exec <&-; exit 75")->Send(kToHead, message);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, ErrorKind::kUnavailable);
}

TEST_F(SendmailTest, AProgramThatHangsIsEnded) {
  const auto sent = Program("exec sleep 600", std::chrono::seconds(1))->Send(kToHead, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(sent.error().message.find("within 1 s"), std::string::npos) << sent.error().message;
}

struct StatusCase {
  const char* name;
  const char* script;
  ErrorKind kind;
};

class SendmailStatusTest : public SendmailTest, public testing::WithParamInterface<StatusCase> {};

TEST_P(SendmailStatusTest, DecidesWhetherItIsTriedAgain) {
  const auto sent = Program(GetParam().script)->Send(kToHead, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, GetParam().kind) << sent.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Statuses, SendmailStatusTest,
    testing::Values(StatusCase{"Later", "cat >/dev/null; exit 75", ErrorKind::kUnavailable},
                    StatusCase{"NoService", "cat >/dev/null; exit 69", ErrorKind::kUnavailable},
                    StatusCase{"NoUser", "cat >/dev/null; echo no user >&2; exit 67",
                               ErrorKind::kBadInput},
                    StatusCase{"Usage", "exit 64", ErrorKind::kForbidden},
                    StatusCase{"NotSetUp", "exit 78", ErrorKind::kForbidden},
                    StatusCase{"Missing", "exec /no/such/program", ErrorKind::kForbidden},
                    StatusCase{"Killed", "kill -9 $$", ErrorKind::kUnavailable}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(SendmailTest, WhatItSaysIsPassedOnPrintable) {
  const auto sent = Program("printf 'bad\\033[2J\\nthing' >&2; exit 65")->Send(kToHead, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_NE(sent.error().message.find("bad [2J thing"), std::string::npos) << sent.error().message;
}

TEST_F(SendmailTest, AProgramThatIsNotThereIsAPersonsBusiness) {
  const auto transport = MakeSendmailTransport({.program = (folder_ / "none").string()}).value();
  EXPECT_EQ(transport->Probe().error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(transport->Send(kToHead, kMessage).error().kind, ErrorKind::kForbidden);
  EXPECT_TRUE(Program("exit 0")->Probe().has_value());
  EXPECT_EQ(MakeSendmailTransport({.program = "sendmail"}).error().kind, ErrorKind::kBadInput);
}

TEST_F(SendmailTest, ARecipientThatIsAnOptionIsNone) {
  const auto sent = Program("printf '%s\\n' \"$@\" > arguments; cat >/dev/null")
                        ->Send({"watch@quillbrook.example", {"-oQ/tmp@x.example"}}, kMessage);
  if (sent.has_value()) {
    EXPECT_TRUE(Read("arguments").ends_with("--\n-oQ/tmp@x.example\n"));
  }
}

}  // namespace
}  // namespace schoolwatch::net
