#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "alerts/channels/channel.h"
#include "core/time.h"
#include "net/http_post.h"

namespace schoolwatch::alerts {

// `channel: webhook`: messages as signed JSON.
extern const ChannelInfo kWebhookChannel;

// The message as JSON (docs/alerts.md, "Webhook"). What it says of posts is the mail's own text, so
// that both are masked alike.
std::string WebhookBody(const AlertBatch& batch, const MailMessage& message);

// The signature of a body, as the header `webhook-signature` carries it: "v1," and the base64 of
// HMAC-SHA-256 over "ID.TIMESTAMP.BODY" (standardwebhooks.com). kBadInput: a key that begins with
// "whsec_" and is not base64 after it.
core::Result<std::string> WebhookSignature(std::string_view key, std::string_view id,
                                           core::Timestamp at, std::string_view body);

// Posts each message. The header `webhook-id` is the batch's key, so a repeat can be dropped; each
// attempt has its own timestamp.
class WebhookSink final : public AlertSink {
 public:
  // Borrows composer and clock.
  WebhookSink(config::WebhookSettings settings, std::unique_ptr<net::HttpPoster> poster,
              const Composer& composer, const core::Clock& clock)
      : settings_(std::move(settings)),
        poster_(std::move(poster)),
        composer_(composer),
        clock_(clock) {}
  core::Result<void> Deliver(const AlertBatch& batch) override;

 private:
  config::WebhookSettings settings_;
  std::unique_ptr<net::HttpPoster> poster_;
  const Composer& composer_;
  const core::Clock& clock_;
};

}  // namespace schoolwatch::alerts
