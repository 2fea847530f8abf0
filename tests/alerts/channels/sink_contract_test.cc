#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "alerts/channels/folder.h"
#include "alerts/channels/mail.h"
#include "alerts/channels/webhook.h"
#include "core/hash.h"
#include "tests/alerts/parsed_mail.h"
#include "tests/alerts/samples.h"
#include "tests/fakes/recording_sink.h"

// What every AlertSink promises, run on the fake and on each channel.
namespace schoolwatch::alerts {
namespace {

using testing::MakeBatch;
using testing::MakeFinding;

// One channel with a far side that can be broken and looked at.
class Harness {
 public:
  virtual ~Harness() = default;
  virtual AlertSink& sink() = 0;
  virtual void Break() = 0;  // The far side fails in a way that may pass.
  virtual void Mend() = 0;
  // Message-IDs of what the far side has, repeats dropped.
  virtual std::set<std::string> Delivered() = 0;
};

std::unique_ptr<Composer> SampleComposer() {
  return std::move(*Composer::Make(
      {.from = "alerts@quillbrook.example", .templates_folder = testing::TemplatesFolder()}));
}

class RecordingHarness final : public Harness {
 public:
  AlertSink& sink() override { return sink_; }
  void Break() override { sink_.FailNext({core::ErrorKind::kUnavailable, "down"}); }
  void Mend() override {}
  std::set<std::string> Delivered() override {
    std::set<std::string> ids;
    for (const AlertBatch& batch : sink_.delivered()) {
      ids.insert(batch.batch.message_id);
    }
    return ids;
  }

 private:
  fakes::RecordingSink sink_;
};

class FolderHarness final : public Harness {
 public:
  ~FolderHarness() override { std::filesystem::remove_all(base_); }
  AlertSink& sink() override { return sink_; }
  void Break() override {
    // A file where the folder should be fails for root too, unlike missing permissions.
    std::filesystem::create_directories(base_);
    if (std::filesystem::exists(folder_)) {
      std::filesystem::rename(folder_, base_ / "aside");
    }
    std::ofstream(folder_) << "in the way";
  }
  void Mend() override {
    std::filesystem::remove(folder_);
    if (std::filesystem::exists(base_ / "aside")) {
      std::filesystem::rename(base_ / "aside", folder_);
    }
  }
  std::set<std::string> Delivered() override {
    std::set<std::string> ids;
    if (std::filesystem::is_directory(folder_)) {
      for (const auto& file : std::filesystem::directory_iterator(folder_)) {
        EXPECT_EQ(file.path().extension(), ".eml") << file.path();
        std::ifstream in(file.path(), std::ios::binary);
        std::stringstream bytes;
        bytes << in.rdbuf();
        const std::string id = testing::ParseMail(bytes.str()).Header("Message-Id");
        EXPECT_GT(id.size(), 2U);
        ids.insert(id.substr(1, id.size() - 2));
      }
    }
    return ids;
  }

 private:
  std::unique_ptr<Composer> composer_ = SampleComposer();
  std::filesystem::path base_ =
      std::filesystem::path(::testing::TempDir()) / ("outgoing-" + core::RandomHex(8));
  std::filesystem::path folder_ = base_ / "mails";
  FolderSink sink_{folder_, *composer_};
};

// A mail server that accepts or fails.
class FakeTransport final : public net::MailTransport {
 public:
  struct Sent {
    net::Envelope envelope;
    std::string message;
  };
  FakeTransport(std::vector<Sent>& sent, bool& broken) : sent_(sent), broken_(broken) {}
  core::Result<void> Send(const net::Envelope& envelope, std::string_view message) override {
    if (broken_) {
      return core::Fail(core::ErrorKind::kUnavailable, "no connection");
    }
    sent_.push_back({envelope, std::string(message)});
    return {};
  }
  core::Result<void> Probe() override { return {}; }

 private:
  std::vector<Sent>& sent_;
  bool& broken_;
};

class SmtpHarness final : public Harness {
 public:
  AlertSink& sink() override { return sink_; }
  void Break() override { broken_ = true; }
  void Mend() override { broken_ = false; }
  std::set<std::string> Delivered() override {
    std::set<std::string> ids;
    for (const FakeTransport::Sent& sent : sent_) {
      EXPECT_EQ(sent.envelope.from, "alerts@quillbrook.example");
      EXPECT_EQ(sent.envelope.to, std::vector<std::string>{"dsl@quillbrook.example"});
      EXPECT_TRUE(testing::HasCleanLines(sent.message));
      const std::string id = testing::ParseMail(sent.message).Header("Message-Id");
      ids.insert(id.substr(1, id.size() - 2));
    }
    return ids;
  }

 private:
  std::unique_ptr<Composer> composer_ = SampleComposer();
  std::vector<FakeTransport::Sent> sent_;
  bool broken_ = false;
  MailSink sink_{std::make_unique<FakeTransport>(sent_, broken_), *composer_};
};

// A mail program: a script that keeps what it is handed, or asks to be called later.
class SendmailHarness final : public Harness {
 public:
  SendmailHarness() {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "sendmail")
        << "#!/bin/sh\n"
           "[ -e '"
        << (folder_ / "broken").string()
        << "' ] && exit 75\n"
           "[ \"$1 $2 $3 $4 $5\" = '-i -f alerts@quillbrook.example -- dsl@quillbrook.example' ] "
           "|| exit 64\n"
           "cat > '"
        << folder_.string() << "'/mail.$$\n";
    std::filesystem::permissions(folder_ / "sendmail", std::filesystem::perms::owner_all);
    auto transport = net::MakeSendmailTransport({.program = (folder_ / "sendmail").string()});
    sink_ = std::make_unique<MailSink>(std::move(*transport), *composer_);
  }
  ~SendmailHarness() override { std::filesystem::remove_all(folder_); }
  AlertSink& sink() override { return *sink_; }
  void Break() override { std::ofstream(folder_ / "broken") << "later"; }
  void Mend() override { std::filesystem::remove(folder_ / "broken"); }
  std::set<std::string> Delivered() override {
    std::set<std::string> ids;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      if (file.path().filename().string().starts_with("mail.")) {
        std::ifstream in(file.path(), std::ios::binary);
        std::stringstream bytes;
        bytes << in.rdbuf();
        EXPECT_EQ(bytes.str().find('\r'), std::string::npos);
        const std::string id = testing::ParseMail(bytes.str()).Header("Message-Id");
        EXPECT_GT(id.size(), 2U);
        ids.insert(id.substr(1, id.size() - 2));
      }
    }
    return ids;
  }

 private:
  std::unique_ptr<Composer> composer_ = SampleComposer();
  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("sendmail-" + core::RandomHex(8));
  std::unique_ptr<MailSink> sink_;
};

// A far side that checks signatures, and answers 503 while it is broken.
class FakePoster final : public net::HttpPoster {
 public:
  FakePoster(std::set<std::string>& ids, bool& broken) : ids_(ids), broken_(broken) {}
  core::Result<net::PostAnswer> Post(std::string_view url, const net::Headers& headers,
                                     std::string_view body) override {
    EXPECT_EQ(url, "https://hooks.example/alerts");
    const std::string id(net::FindHeader(headers, "webhook-id"));
    const auto signature = WebhookSignature(
        "shared", id,
        core::Timestamp(std::chrono::seconds(
            std::stoll(std::string(net::FindHeader(headers, "webhook-timestamp"))))),
        body);
    EXPECT_EQ(net::FindHeader(headers, "webhook-signature"), *signature);
    if (broken_) {
      return net::PostAnswer{.status = 503, .headers = {}, .body = "busy"};
    }
    const std::size_t at = body.find("\"message_id\":\"") + 14;
    ids_.insert(std::string(body.substr(at, body.find('"', at) - at)));
    return net::PostAnswer{.status = 204, .headers = {}, .body = {}};
  }

 private:
  std::set<std::string>& ids_;
  bool& broken_;
};

class WebhookHarness final : public Harness {
 public:
  AlertSink& sink() override { return sink_; }
  void Break() override { broken_ = true; }
  void Mend() override { broken_ = false; }
  std::set<std::string> Delivered() override { return ids_; }

 private:
  std::unique_ptr<Composer> composer_ = SampleComposer();
  const core::SystemClock clock_;
  std::set<std::string> ids_;
  bool broken_ = false;
  WebhookSink sink_{{.url = "https://hooks.example/alerts", .secret = "shared", .ca_file = {}},
                    std::make_unique<FakePoster>(ids_, broken_),
                    *composer_,
                    clock_};
};

struct SinkKind {
  const char* name;
  std::unique_ptr<Harness> (*make)();
};

class SinkContractTest : public ::testing::TestWithParam<SinkKind> {
 protected:
  std::unique_ptr<Harness> harness_ = GetParam().make();
};

AlertBatch BatchWithId(const std::string& message_id) {
  AlertBatch batch = MakeBatch({MakeFinding({.text = "Zanzibar knife"})});
  batch.batch.message_id = message_id;
  return batch;
}

TEST_P(SinkContractTest, WhatIsAcceptedHasArrived) {
  EXPECT_TRUE(harness_->sink().Deliver(BatchWithId("one@x.example")).has_value());
  EXPECT_TRUE(harness_->sink().Deliver(BatchWithId("two@x.example")).has_value());
  EXPECT_EQ(harness_->Delivered(), (std::set<std::string>{"one@x.example", "two@x.example"}));
}

TEST_P(SinkContractTest, ARepeatIsTheSameMessage) {
  EXPECT_TRUE(harness_->sink().Deliver(BatchWithId("one@x.example")).has_value());
  EXPECT_TRUE(harness_->sink().Deliver(BatchWithId("one@x.example")).has_value());
  EXPECT_EQ(harness_->Delivered(), std::set<std::string>{"one@x.example"});
}

TEST_P(SinkContractTest, AfterTroubleThatPassesTheSameBatchGoesThrough) {
  harness_->Break();
  const core::Result<void> failed = harness_->sink().Deliver(BatchWithId("one@x.example"));
  ASSERT_FALSE(failed.has_value());
  EXPECT_TRUE(core::IsTransient(failed.error().kind)) << failed.error().message;
  EXPECT_EQ(failed.error().message.find("Zanzibar"), std::string::npos);
  harness_->Mend();
  EXPECT_TRUE(harness_->Delivered().empty());
  EXPECT_TRUE(harness_->sink().Deliver(BatchWithId("one@x.example")).has_value());
  EXPECT_EQ(harness_->Delivered(), std::set<std::string>{"one@x.example"});
}

INSTANTIATE_TEST_SUITE_P(
    Sinks, SinkContractTest,
    ::testing::Values(
        SinkKind{"Recording",
                 []() -> std::unique_ptr<Harness> { return std::make_unique<RecordingHarness>(); }},
        SinkKind{"Folder",
                 []() -> std::unique_ptr<Harness> { return std::make_unique<FolderHarness>(); }},
        SinkKind{"Smtp",
                 []() -> std::unique_ptr<Harness> { return std::make_unique<SmtpHarness>(); }},
        SinkKind{"Sendmail",
                 []() -> std::unique_ptr<Harness> { return std::make_unique<SendmailHarness>(); }},
        SinkKind{"Webhook",
                 []() -> std::unique_ptr<Harness> { return std::make_unique<WebhookHarness>(); }}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::alerts
