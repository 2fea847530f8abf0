#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "alerts/alert.h"
#include "alerts/composer.h"
#include "app/workspace.h"
#include "config/settings.h"
#include "core/result.h"
#include "net/fetcher.h"

namespace schoolwatch::app {

enum class Mails { kSent, kNone };

// All that a configuration turns into before anything is fetched. It stays where it is, as its
// parts borrow one another.
struct Equipment {
  Workspace workspace;
  std::unique_ptr<net::Fetcher> fetcher;
  std::unique_ptr<alerts::Composer> composer;  // Null, as the next, where no mail is sent.
  std::unique_ptr<alerts::AlertSink> sink;
};

// Makes it whole or not at all; kBadInput with every problem of the configuration, one a line. With
// Mails::kNone no secret is read.
core::Result<std::unique_ptr<const Equipment>> Equip(
    const std::filesystem::path& config_dir, const std::filesystem::path& data_dir,
    const std::vector<net::ConnectOverride>& overrides, Mails mails);

}  // namespace schoolwatch::app
