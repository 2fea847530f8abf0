#include "alerts/channels/webhook.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstddef>

#include "alerts/clean_text.h"
#include "alerts/wording.h"
#include "core/hash.h"
#include "core/url.h"

namespace schoolwatch::alerts {
namespace {

namespace json = boost::json;
using core::ErrorKind;

constexpr std::string_view kKeyPrefix = "whsec_";

core::Result<std::string> KeyBytes(std::string_view key) {
  if (!key.starts_with(kKeyPrefix)) {
    return std::string(key);
  }
  key.remove_prefix(kKeyPrefix.size());
  std::string bytes(key.size(), '\0');
  std::size_t size = 0;
  if (key.empty() ||
      sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), key.data(),
                        key.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      size == 0) {
    return core::Fail(ErrorKind::kBadInput,
                      "alerts: 'webhook: secret:' begins with whsec_ but is not base64 after it");
  }
  bytes.resize(size);
  return bytes;
}

std::string Base64(const core::Sha256& digest) {
  std::string text(sodium_base64_ENCODED_LEN(digest.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // The end that C strings have.
  return text;
}

std::string TypeOf(const AlertBatch& batch) {
  for (const core::OutboxItem& item : batch.batch.items) {
    if (!item.notice.kind.empty()) {
      return "notice";
    }
  }
  return batch.batch.delivery == core::Delivery::kNow
             ? "alert"
             : std::string(core::DeliveryName(batch.batch.delivery));
}

json::object FindingJson(const AlertEntry& entry) {
  json::object finding{{"case", CleanLine(entry.case_now.id, 40)},
                       {"reason", CleanLine(entry.reason, 80)}};
  if (entry.reason == kReasonNobody) {
    return finding;  // Its reader may be told that there is a case, no more.
  }
  finding["severity"] = std::string(PriorityWord(entry.finding.judgement.severity));
  json::array categories;
  for (const core::Category category : entry.finding.judgement.categories) {
    categories.emplace_back(core::CategoryName(category));
  }
  finding["categories"] = std::move(categories);
  if (const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(entry.finding.post.url)) {
    finding["link"] = url->href();
  }
  if (entry.finding.post.published) {
    finding["published"] = core::FormatRfc3339(*entry.finding.post.published);
  }
  finding["found"] = core::FormatRfc3339(entry.finding.fetched_at);
  return finding;
}

core::Result<void> Judge(const net::PostAnswer& answer) {
  const auto fail = [&answer](ErrorKind kind, std::string_view what) {
    return core::Fail(kind, fmt::format("webhook: {} (HTTP {})", what, answer.status));
  };
  switch (answer.status) {
    case 401:
    case 403:
    case 407:
      return fail(ErrorKind::kForbidden, "the server refused the signature or the sender");
    case 404:
    case 410:
      // Mostly an address that was withdrawn: a person has to write the new one.
      return fail(ErrorKind::kForbidden, "there is nothing at its address any more");
    case 408:
    case 425:
      return fail(ErrorKind::kUnavailable, "the server did not wait for the message");
    case 429:
      return fail(ErrorKind::kThrottled, "the server asks for patience");
    default:
      break;
  }
  switch (answer.status / 100) {
    case 2:
      return {};
    case 3:
      return fail(ErrorKind::kForbidden, "its address leads elsewhere, which is not followed");
    case 4:
      return fail(ErrorKind::kBadInput, "the server refused the message");
    default:
      return fail(ErrorKind::kUnavailable, "the server cannot take the message now");
  }
}

core::Result<std::unique_ptr<AlertSink>> Make(const ChannelParts& parts) {
  const config::WebhookSettings& settings = parts.settings.alerts.webhook;
  if (settings.url.empty() || settings.secret.empty()) {
    return core::Fail(ErrorKind::kBadInput,
                      "alerts: channel 'webhook' needs 'webhook: url:' and 'secret:'");
  }
  if (core::Result<void> good = net::CheckPostUrl(settings.url); !good) {
    return core::FailWith("alerts: 'webhook: url:'", good.error());
  }
  SW_TRY(KeyBytes(settings.secret));
  SW_ASSIGN(auto poster, net::MakeHttpPoster({.ca_file = settings.ca_file}));
  return std::make_unique<WebhookSink>(settings, std::move(poster), parts.composer, parts.clock);
}

}  // namespace

const ChannelInfo kWebhookChannel{
    .name = "webhook", .help = "posts each message as signed JSON", .make = &Make};

std::string WebhookBody(const AlertBatch& batch, const MailMessage& message) {
  json::array findings;
  for (const AlertEntry& entry : batch.entries) {
    findings.push_back(FindingJson(entry));
  }
  const std::string role = batch.batch.items.empty() ? "" : batch.batch.items.front().role;
  return json::serialize(
      json::object{{"type", TypeOf(batch)},
                   {"message_id", batch.batch.message_id},
                   {"made", core::FormatRfc3339(batch.batch.created_at)},
                   {"to", json::object{{"address", message.to}, {"role", CleanLine(role, 40)}}},
                   {"school", json::object{{"key", CleanLine(batch.batch.school, 80)},
                                           {"name", CleanLine(batch.school_name, 200)}}},
                   {"subject", message.subject},
                   {"text", message.text},
                   {"findings", std::move(findings)}});
}

core::Result<std::string> WebhookSignature(std::string_view key, std::string_view id,
                                           core::Timestamp at, std::string_view body) {
  SW_ASSIGN(const std::string bytes, KeyBytes(key));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  return "v1," + Base64(core::HmacSha256(bytes, fmt::format("{}.{}.{}", id, seconds, body)));
}

core::Result<void> WebhookSink::Deliver(const AlertBatch& batch) {
  SW_ASSIGN(const MailMessage message, composer_.Compose(batch));
  const std::string body = WebhookBody(batch, message);
  const core::Timestamp now = clock_.Now();
  SW_ASSIGN(std::string signature, WebhookSignature(settings_.secret, batch.batch.key, now, body));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  core::Result<net::PostAnswer> answer =
      poster_->Post(settings_.url,
                    {{"content-type", "application/json; charset=utf-8"},
                     {"webhook-id", batch.batch.key},
                     {"webhook-timestamp", std::to_string(seconds)},
                     {"webhook-signature", std::move(signature)}},
                    body);
  if (!answer) {
    return core::FailWith("webhook", answer.error());
  }
  return Judge(*answer);
}

}  // namespace schoolwatch::alerts
