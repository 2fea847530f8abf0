#include "app/equipment.h"

#include <utility>

#include "alerts/channels/channel.h"
#include "app/fetcher.h"
#include "app/pipeline/delivery.h"

namespace schoolwatch::app {

core::Result<std::unique_ptr<const Equipment>> Equip(
    const std::filesystem::path& config_dir, const std::filesystem::path& data_dir,
    const std::vector<net::ConnectOverride>& overrides, Mails mails) {
  auto made = std::make_unique<Equipment>();
  SW_ASSIGN(made->workspace, LoadWorkspace(config_dir, data_dir,
                                           mails == Mails::kSent ? config::Secrets::kRead
                                                                 : config::Secrets::kLeave));
  const config::Settings& settings = made->workspace.config.settings;
  SW_ASSIGN(made->fetcher, MakeFetcher(settings, overrides));
  if (mails == Mails::kSent) {
    SW_ASSIGN(made->composer, MakeComposer(made->workspace));
    SW_ASSIGN(made->sink, alerts::MakeSink(settings, *made->composer));
  }
  return made;
}

}  // namespace schoolwatch::app
