#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.h"
#include "alerts/composer.h"
#include "config/settings.h"
#include "core/clock.h"
#include "core/result.h"

namespace schoolwatch::alerts {

// What a channel is made from. All of it is borrowed.
struct ChannelParts {
  const config::Settings& settings;
  const Composer& composer;
  const core::Clock& clock;
};

// A channel as the registry lists it.
struct ChannelInfo {
  std::string_view name;  // As in `alerts: channel:`.
  std::string_view help;
  core::Result<std::unique_ptr<AlertSink>> (*make)(const ChannelParts& parts);
};

std::span<const ChannelInfo* const> AllChannels();

// How one person is told: by the contact's own channels, else by the one for all. Never empty.
std::vector<std::string> ChannelsOf(const config::Settings& settings, std::string_view recipient);

// All that any message may take, each once: the one for all first.
std::vector<std::string> ChannelsInUse(const config::Settings& settings);

// The channel that a batch takes: its own while that is still in use, else the one for all.
std::string ChannelOf(const config::Settings& settings, const core::OutboxBatch& batch);

// A sink for all channels in use: each batch goes by its own. kBadInput: no such channel, or one
// whose settings do not fit. The second borrows the clock; the first takes the machine's.
core::Result<std::unique_ptr<AlertSink>> MakeSink(const config::Settings& settings,
                                                  const Composer& composer);
core::Result<std::unique_ptr<AlertSink>> MakeSink(const config::Settings& settings,
                                                  const Composer& composer,
                                                  const core::Clock& clock);

}  // namespace schoolwatch::alerts
