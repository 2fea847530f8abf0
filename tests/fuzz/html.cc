#include "crawler/readers/html.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace {

class ClosedGate final : public schoolwatch::core::TextGate {
 public:
  bool MayMention(std::string_view) const override { return false; }
};

}  // namespace

// Any bytes as a page, through the gate and past it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  crawler::RawDocument raw;
  raw.body = std::string_view(copy.data(), copy.size());
  static const std::unique_ptr<crawler::Reader> kReader = crawler::kHtmlReader.make();
  (void)kReader->Read(raw, {});
  const ClosedGate gate;
  crawler::ReadOptions options;
  options.gate = &gate;
  (void)kReader->Read(raw, options);
  return 0;
}
