#include "crawler/readers/html.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "crawler/readers/engines.h"

namespace {

class ClosedGate final : public schoolwatch::core::TextGate {
 public:
  bool MayMention(std::string_view) const override { return false; }
};

}  // namespace

// Any bytes as a page, past the gate with all engines, and through it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  crawler::RawDocument raw;
  raw.body = std::string_view(copy.data(), copy.size());
  // So that links are made absolute: nothing but web addresses may come of them.
  static const auto kBase = core::HttpUrl::Parse("http://quillbrook.example/forum/page");
  raw.url = *kBase;
  static const std::unique_ptr<crawler::Reader> kReader = crawler::kHtmlReader.make();
  static const crawler::EngineSet kEngines = [] {
    config::Diagnostics problems;
    return crawler::LoadEngines(SW_SOURCE_DIR "/config/engines", problems);
  }();
  crawler::ReadOptions options;
  options.engines = &kEngines;
  if (const auto document = kReader->Read(raw, options)) {
    for (const crawler::Link& link : document->links) {
      if (!core::HttpUrl::Parse(link.url)) {
        std::abort();
      }
    }
  }
  const ClosedGate gate;
  options.gate = &gate;
  (void)kReader->Read(raw, options);
  return 0;
}
