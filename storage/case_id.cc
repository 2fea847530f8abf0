#include "storage/case_id.h"

#include <cstdint>

#include "core/hash.h"

namespace schoolwatch::storage {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kSymbols = 8;
constexpr std::size_t kGroup = 4;

}  // namespace

std::string MakeCaseId(std::string_view school, std::string_view first_finding_id) {
  const core::Sha256 digest =
      core::HashSha256("case\n" + std::string(school) + "\n" + std::string(first_finding_id));
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kSymbols * 5 / 8; ++i) {
    bits = bits << 8 | digest[i];
  }
  std::string id;
  for (std::size_t i = 0; i < kSymbols; ++i) {
    if (i == kGroup) {
      id += '-';
    }
    id += kAlphabet[bits >> (5 * (kSymbols - 1 - i)) & 31];
  }
  return id;
}

std::string NormalizeCaseId(std::string_view typed) {
  std::string id;
  for (char c : typed) {
    if (c == '-' || c == ' ') {
      continue;
    }
    if (c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    }
    if (c == 'O') {
      c = '0';
    } else if (c == 'I' || c == 'L') {
      c = '1';
    }
    if (kAlphabet.find(c) == std::string_view::npos || id.size() == kSymbols + 1) {
      return "";
    }
    if (id.size() == kGroup) {
      id += '-';
    }
    id += c;
  }
  return id;
}

}  // namespace schoolwatch::storage
