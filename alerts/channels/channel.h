#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "alerts/alert.h"
#include "alerts/composer.h"
#include "config/settings.h"
#include "core/result.h"

namespace schoolwatch::alerts {

// A channel as the registry lists it.
struct ChannelInfo {
  std::string_view name;  // As in `alerts: channel:`.
  std::string_view help;
  // Borrows the composer.
  core::Result<std::unique_ptr<AlertSink>> (*make)(const config::Settings& settings,
                                                   const Composer& composer);
};

std::span<const ChannelInfo* const> AllChannels();

// The sink that the settings ask for. kBadInput: no such channel, or its settings do not fit.
core::Result<std::unique_ptr<AlertSink>> MakeSink(const config::Settings& settings,
                                                  const Composer& composer);

}  // namespace schoolwatch::alerts
