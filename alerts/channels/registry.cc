#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "alerts/channels/channel.h"
#include "alerts/channels/folder.h"
#include "alerts/channels/mail.h"
#include "alerts/channels/webhook.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::array<const ChannelInfo*, 4> kChannels{&kSmtpChannel, &kSendmailChannel,
                                                      &kWebhookChannel, &kFolderChannel};

core::Result<std::unique_ptr<AlertSink>> MakeOne(std::string_view name, const ChannelParts& parts) {
  std::string known;
  for (const ChannelInfo* channel : kChannels) {
    if (channel->name == name) {
      return channel->make(parts);
    }
    known += (known.empty()                 ? ""
              : channel == kChannels.back() ? " or "
                                            : ", ") +
             std::string(channel->name);
  }
  return core::Fail(core::ErrorKind::kBadInput,
                    "alerts: there is no channel '" + std::string(name) + "'; it must be " + known);
}

// Sends each batch by its own channel.
class ChannelSet final : public AlertSink {
 public:
  ChannelSet(std::map<std::string, std::unique_ptr<AlertSink>> sinks, config::Settings settings)
      : sinks_(std::move(sinks)), settings_(std::move(settings)) {}

  core::Result<void> Deliver(const AlertBatch& batch) override {
    return sinks_.at(ChannelOf(settings_, batch.batch))->Deliver(batch);
  }

 private:
  const std::map<std::string, std::unique_ptr<AlertSink>> sinks_;
  const config::Settings settings_;
};

void AddNew(const std::string& channel, std::vector<std::string>& channels) {
  if (!channel.empty() && std::ranges::find(channels, channel) == channels.end()) {
    channels.push_back(channel);
  }
}

}  // namespace

std::span<const ChannelInfo* const> AllChannels() { return kChannels; }

std::vector<std::string> ChannelsOf(const config::Settings& settings, std::string_view recipient) {
  std::vector<std::string> channels;
  for (const config::Contact& contact : settings.contacts) {
    if (contact.email == recipient) {
      for (const std::string& channel : contact.channels) {
        AddNew(channel, channels);
      }
    }
  }
  if (channels.empty()) {
    channels.push_back(settings.alerts.channel);
  }
  return channels;
}

std::vector<std::string> ChannelsInUse(const config::Settings& settings) {
  std::vector<std::string> channels{settings.alerts.channel};
  for (const config::Contact& contact : settings.contacts) {
    for (const std::string& channel : contact.channels) {
      AddNew(channel, channels);
    }
  }
  AddNew(settings.alerts.undelivered.channel, channels);
  return channels;
}

std::string ChannelOf(const config::Settings& settings, const core::OutboxBatch& batch) {
  const std::vector<std::string> channels = ChannelsInUse(settings);
  return std::ranges::find(channels, batch.channel) != channels.end() ? batch.channel
                                                                      : settings.alerts.channel;
}

core::Result<std::unique_ptr<AlertSink>> MakeSink(const config::Settings& settings,
                                                  const Composer& composer) {
  static const core::SystemClock kClock;
  return MakeSink(settings, composer, kClock);
}

core::Result<std::unique_ptr<AlertSink>> MakeSink(const config::Settings& settings,
                                                  const Composer& composer,
                                                  const core::Clock& clock) {
  std::map<std::string, std::unique_ptr<AlertSink>> sinks;
  for (const std::string& name : ChannelsInUse(settings)) {
    SW_ASSIGN(sinks[name], MakeOne(name, {settings, composer, clock}));
  }
  return std::make_unique<ChannelSet>(std::move(sinks), settings);
}

}  // namespace schoolwatch::alerts
