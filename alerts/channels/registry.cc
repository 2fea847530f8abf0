#include <array>
#include <string>

#include "alerts/channels/channel.h"
#include "alerts/channels/folder.h"
#include "alerts/channels/smtp.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::array<const ChannelInfo*, 2> kChannels{&kSmtpChannel, &kFolderChannel};

}  // namespace

std::span<const ChannelInfo* const> AllChannels() { return kChannels; }

core::Result<std::unique_ptr<AlertSink>> MakeSink(const config::Settings& settings,
                                                  const Composer& composer) {
  std::string known;
  for (const ChannelInfo* channel : kChannels) {
    if (channel->name == settings.alerts.channel) {
      return channel->make(settings, composer);
    }
    known += (known.empty() ? "" : " or ") + std::string(channel->name);
  }
  return core::Fail(
      core::ErrorKind::kBadInput,
      "alerts: there is no channel '" + settings.alerts.channel + "'; it must be " + known);
}

}  // namespace schoolwatch::alerts
