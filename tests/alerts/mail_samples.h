#pragma once

#include <memory>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "alerts/composer.h"

// One of every kind of mail, made from invented posts about the invented Quillbrook Academy: for
// other programs to read back, for a browser to show, and for the pictures in the documents.
namespace schoolwatch::alerts::testing {

struct MailSample {
  std::string name;     // Of a file: "urgent-threat".
  std::string nation;   // Of the school.
  std::string display;  // What the recipient is shown.
  AlertBatch batch;
};
std::vector<MailSample> MakeMailSamples();

// The same with titles, authors and texts that are meant to break a mail.
std::vector<MailSample> MakeHostileSamples();

core::Result<std::unique_ptr<Composer>> ComposerFor(const MailSample& sample);

}  // namespace schoolwatch::alerts::testing
