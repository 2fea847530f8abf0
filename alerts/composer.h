#pragma once

#include <memory>
#include <string>

#include "alerts/alert.h"
#include "core/result.h"

namespace schoolwatch::alerts {

struct MailMessage {
  std::string from;  // Bare addresses, checked.
  std::string to;
  std::string subject;  // As a reader sees it.
  std::string text;     // The plain part, for terminals and tests.
  std::string rfc5322;  // The whole message, CRLF.
};

struct ComposerOptions {
  std::string from;
  std::string display = "snippet";  // masked | snippet | full
  std::string templates_folder;     // config/templates
  std::string time_zone = "Europe/London";
};

// Turns a batch into a mail: text and HTML parts, neutral words, nothing of a post in a header. The
// same batch gives the same message, byte for byte. Thread-safe after Make.
class Composer {
 public:
  // kBadInput: a template that does not parse, with its file; a sender that is no address.
  static core::Result<std::unique_ptr<Composer>> Make(ComposerOptions options);
  virtual ~Composer() = default;
  virtual core::Result<MailMessage> Compose(const AlertBatch& batch) const = 0;
};

}  // namespace schoolwatch::alerts
