#pragma once

#include <map>
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
  std::string html;     // The other part.
  std::string rfc5322;  // The whole message, CRLF.
};

struct ComposerOptions {
  std::string from;
  std::string display = "snippet";  // masked | snippet | full
  // By recipient's address, instead of `display`.
  std::map<std::string, std::string, std::less<>> displays{};
  // By school's key, core::kNations; a school that is not there is in England.
  std::map<std::string, std::string, std::less<>> nations{};
  std::string templates_folder;  // config/templates
  std::string time_zone = "Europe/London";
  // When somebody is at the school: "Monday to Friday, 08:00 to 16:30, on school days". May be
  // empty.
  std::string school_hours{};
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
