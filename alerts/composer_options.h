#pragma once

#include <string>

#include "alerts/composer.h"
#include "config/settings.h"

namespace schoolwatch::alerts {

// What the configuration asks of mails. An address in two roles is shown what the stricter one
// allows.
ComposerOptions MakeComposerOptions(const config::Settings& settings, std::string templates_folder);

}  // namespace schoolwatch::alerts
