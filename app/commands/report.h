#pragma once

#include <optional>
#include <string>

#include "app/exit_code.h"
#include "app/owner/store_command.h"
#include "core/time.h"

namespace schoolwatch::app {

struct ReportArguments {
  std::string audience = "head";
  std::string role;  // Whose it is; empty: headteacher, for governors the chair.
  std::string school;
  std::optional<core::Timestamp> since;  // Else the last seven days, for governors ninety.
  std::optional<core::Timestamp> until;
  enum class Form { kText, kHtml, kQueued } form = Form::kText;
};

// `alerts report`: as text, as a page that a browser shows, or as a mail that the next run sends.
ExitCode ReportCommand(StoreSession& session, const ReportArguments& arguments,
                       core::Timestamp now);

}  // namespace schoolwatch::app
