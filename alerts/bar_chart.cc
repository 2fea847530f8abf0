#include "alerts/bar_chart.h"

#include <glib.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>
#include <string_view>
#include <vector>

namespace schoolwatch::alerts {
namespace {

constexpr std::size_t kWidth = 1120;
constexpr std::size_t kHeight = 320;
constexpr std::size_t kBase = 4;  // Thickness of the line that bars stand on.
constexpr std::size_t kMostBars = 120;

// Indexes into the palette below.
constexpr std::uint8_t kNothing = 0;
constexpr std::uint8_t kLine = 4;
// RGB: nothing, the three parts, the line.
constexpr std::array<std::uint8_t, 15> kPalette = {0,    0,    0,    0xC0, 0x39, 0x2B, 0xB8, 0x73,
                                                   0x00, 0x3B, 0x7D, 0xD8, 0x80, 0x88, 0x90};

void AddNumber(std::string& bytes, std::uint32_t number) {
  for (const int shift : {24, 16, 8, 0}) {
    bytes += static_cast<char>(static_cast<std::uint8_t>(number >> shift));
  }
}

void AddChunk(std::string& png, std::string_view type, std::string_view data) {
  AddNumber(png, static_cast<std::uint32_t>(data.size()));
  const std::size_t begin = png.size();
  png += type;
  png += data;
  const auto* const summed = reinterpret_cast<const Bytef*>(png.data() + begin);
  AddNumber(png, static_cast<std::uint32_t>(
                     crc32(crc32(0, nullptr, 0), summed, static_cast<uInt>(png.size() - begin))));
}

// Rows of palette indexes.
class Canvas {
 public:
  Canvas() : pixels_(kWidth * kHeight, kNothing) {}
  // From `bottom` pixels above the lower edge on.
  void Fill(std::size_t left, std::size_t width, std::size_t bottom, std::size_t height,
            std::uint8_t colour) {
    for (std::size_t y = bottom; y < std::min(bottom + height, kHeight); ++y) {
      const std::size_t row = (kHeight - 1 - y) * kWidth;
      for (std::size_t x = left; x < std::min(left + width, kWidth); ++x) {
        pixels_[row + x] = colour;
      }
    }
  }
  std::string ToPng() const {
    std::string rows;
    rows.reserve((kWidth + 1) * kHeight);
    for (std::size_t y = 0; y < kHeight; ++y) {
      rows += '\0';  // No filter.
      rows.append(reinterpret_cast<const char*>(pixels_.data() + y * kWidth), kWidth);
    }
    uLongf size = compressBound(rows.size());
    std::string packed(size, '\0');
    if (compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                  reinterpret_cast<const Bytef*>(rows.data()), rows.size(),
                  Z_BEST_COMPRESSION) != Z_OK) {
      return "";
    }
    packed.resize(size);
    std::string png = "\x89PNG\r\n\x1A\n";
    std::string header;
    AddNumber(header, kWidth);
    AddNumber(header, kHeight);
    header += std::string("\x08\x03\x00\x00\x00", 5);  // Eight bits a pixel, by palette.
    AddChunk(png, "IHDR", header);
    AddChunk(png, "PLTE", {reinterpret_cast<const char*>(kPalette.data()), kPalette.size()});
    AddChunk(png, "tRNS", std::string_view("\0", 1));
    AddChunk(png, "IDAT", packed);
    AddChunk(png, "IEND", "");
    return png;
  }

 private:
  std::vector<std::uint8_t> pixels_;
};

}  // namespace

std::string BarChartPng(std::span<const BarParts> bars) {
  bars = bars.last(std::min(bars.size(), kMostBars));
  Canvas canvas;
  canvas.Fill(0, kWidth, 0, kBase, kLine);
  std::uint64_t highest = 1;
  for (const BarParts& bar : bars) {
    highest = std::max(highest, std::accumulate(bar.begin(), bar.end(), std::uint64_t{0}));
  }
  const std::size_t room = bars.empty() ? kWidth : kWidth / bars.size();
  const double step = static_cast<double>(kHeight - kBase) / static_cast<double>(highest);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    std::uint64_t below = 0;
    for (std::size_t part = 0; part < bars[i].size(); ++part) {
      const std::uint64_t above = below + bars[i][part];
      const auto from = kBase + static_cast<std::size_t>(static_cast<double>(below) * step);
      const auto to = kBase + static_cast<std::size_t>(static_cast<double>(above) * step);
      canvas.Fill(i * room + room / 8, room - room / 4, from, to - from,
                  static_cast<std::uint8_t>(part + 1));
      below = above;
    }
  }
  return canvas.ToPng();
}

std::string DataUrlOfPng(const std::string& bytes) {
  struct Free {
    void operator()(char* text) const { g_free(text); }
  };
  const std::unique_ptr<char, Free> text(
      g_base64_encode(reinterpret_cast<const guchar*>(bytes.data()), bytes.size()));
  return "data:image/png;base64," + std::string(text.get());
}

}  // namespace schoolwatch::alerts
