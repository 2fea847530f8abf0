// Writes one of every kind of mail into a folder, as NAME.eml with what other programs must read in
// it beside it: NAME.html, NAME.txt and NAME.json. For tests/real/mail_readers and mail_pages.
// usage: sample_mails FOLDER

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/alerts/mail_samples.h"

namespace schoolwatch::alerts::testing {
namespace {

void Write(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

int WriteAll(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::vector<MailSample> samples = MakeMailSamples();
  for (MailSample& hostile : MakeHostileSamples()) {
    samples.push_back(std::move(hostile));
  }
  for (const MailSample& sample : samples) {
    const auto composer = ComposerFor(sample);
    if (!composer) {
      std::cerr << sample.name << ": " << composer.error().message << '\n';
      return 1;
    }
    const core::Result<MailMessage> message = (*composer)->Compose(sample.batch);
    if (!message) {
      std::cerr << sample.name << ": " << message.error().message << '\n';
      return 1;
    }
    Write(folder / (sample.name + ".eml"), message->rfc5322);
    Write(folder / (sample.name + ".html"), message->html);
    Write(folder / (sample.name + ".txt"), message->text);
    const boost::json::object expected{{"subject", message->subject},
                                       {"from", message->from},
                                       {"to", message->to},
                                       {"message_id", sample.batch.batch.message_id}};
    Write(folder / (sample.name + ".json"), boost::json::serialize(expected));
  }
  std::cout << samples.size() << " mails\n";
  return 0;
}

}  // namespace
}  // namespace schoolwatch::alerts::testing

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: sample_mails FOLDER\n";
    return 2;
  }
  return schoolwatch::alerts::testing::WriteAll(arguments[1]);
}
