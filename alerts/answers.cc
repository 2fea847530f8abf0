#include "alerts/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/hash.h"

namespace schoolwatch::alerts {
namespace {

// sw1-ANSWER-CASE-EXPIRY-RECIPIENT-MAC: lower-case letters, digits and dashes alone, so that no
// mail program folds, encodes or mends it. The recipient stands in it as a keyed hash.
constexpr std::string_view kMark = "sw1-";
constexpr std::size_t kRecipientDigits = 16;
constexpr std::size_t kMacDigits = 32;
constexpr std::size_t kMaxTokenBytes = 120;
constexpr std::size_t kMaxTokens = 8;

struct Kind {
  Answer answer;
  char letter;
  std::string_view label;
};
constexpr std::array<Kind, 5> kKinds = {{{Answer::kSeen, 's', "Seen"},
                                         {Answer::kInHand, 'h', "In hand"},
                                         {Answer::kNoConcern, 'n', "No concern"},
                                         {Answer::kNotAboutUs, 'u', "Not about us"},
                                         {Answer::kCallMe, 'c', "Please call me"}}};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsTokenChar(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), Lower);
  return lower;
}

// A case's id as tokens hold it; "" for what is none.
std::string PlainCaseId(std::string_view id) {
  std::string plain;
  for (const char c : LowerCase(id)) {
    if (c == '-') {
      continue;
    }
    if (!IsTokenChar(c)) {
      return "";
    }
    plain += c;
  }
  return plain.size() <= 20 ? plain : "";
}

std::string RecipientTag(std::string_view address, std::string_view key) {
  return core::ToHex(core::HmacSha256(key, "answer recipient 1\n" + LowerCase(address)))
      .substr(0, kRecipientDigits);
}

std::string Mac(std::string_view signed_part, std::string_view key) {
  return core::ToHex(core::HmacSha256(key, "answer 1\n" + std::string(signed_part)))
      .substr(0, kMacDigits);
}

// Looks at all of both, wherever they differ.
bool EqualInConstantTime(std::string_view a, std::string_view b) {
  unsigned differences = a.size() == b.size() ? 0u : 1u;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    differences |= a[i] != b[i] ? 1u : 0u;
  }
  return differences == 0;
}

// RFC 6068: everything that is not unreserved; "+" too, which some programs read as a space.
std::string PercentEncoded(std::string_view text, std::string_view also_plain = "") {
  std::string encoded;
  for (const char c : text) {
    const bool plain = IsTokenChar(Lower(c)) || c == '.' || c == '_' || c == '~' ||
                       also_plain.find(c) != std::string_view::npos;
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

// The fields between dashes; none where there are not six.
std::optional<std::array<std::string_view, 6>> Fields(std::string_view token) {
  std::array<std::string_view, 6> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t end = token.find('-');
    if ((end == std::string_view::npos) != (i + 1 == fields.size())) {
      return std::nullopt;
    }
    fields[i] = token.substr(0, end);
    token.remove_prefix(std::min(token.size(), fields[i].size() + 1));
  }
  return fields;
}

}  // namespace

std::string_view AnswerLabel(Answer answer) {
  return std::ranges::find(kKinds, answer, &Kind::answer)->label;
}

std::string_view TokenFaultName(TokenFault fault) {
  switch (fault) {
    case TokenFault::kForged:
      return "forged";
    case TokenFault::kExpired:
      return "expired";
    case TokenFault::kWrongSender:
      return "sent by somebody else";
  }
  return "";
}

std::vector<AnswerLink> AnswerLinks(const AnswerRequest& request, std::string_view key) {
  const std::string case_id = PlainCaseId(request.case_id);
  if (request.to.empty() || key.empty() || case_id.empty()) {
    return {};
  }
  const auto expires = std::chrono::floor<std::chrono::seconds>(request.asked_at) +
                       std::chrono::seconds(request.valid_for);
  std::vector<AnswerLink> links;
  for (const Kind& kind : kKinds) {
    const std::string signed_part =
        fmt::format("{}{}-{}-{:x}-{}", kMark, kind.letter, case_id,
                    expires.time_since_epoch().count(), RecipientTag(request.recipient, key));
    AnswerLink link{.case_id = request.case_id,
                    .label = std::string(kind.label),
                    .href = {},
                    .to = request.to,
                    .token = signed_part + '-' + Mac(signed_part, key)};
    link.href = fmt::format(
        "mailto:{}?subject={}&body={}", PercentEncoded(request.to, "@"),
        PercentEncoded(fmt::format("{}: case {} [{}]", kind.label, request.case_id, link.token)),
        PercentEncoded("\r\n\r\n" + std::string(kAnswerRule) + "\r\n"));
    links.push_back(std::move(link));
  }
  return links;
}

std::expected<GivenAnswer, TokenFault> CheckAnswerToken(std::string_view token,
                                                        std::string_view sender,
                                                        std::string_view key, core::Timestamp now) {
  const std::string lower = LowerCase(token.substr(0, kMaxTokenBytes));
  const auto fields = Fields(lower);
  if (!fields || key.empty() || !lower.starts_with(kMark)) {
    return std::unexpected(TokenFault::kForged);
  }
  const auto& [mark, letter, case_id, expiry, recipient, mac] = *fields;
  const std::string_view signed_part =
      std::string_view(lower).substr(0, lower.size() - mac.size() - 1);
  if (!EqualInConstantTime(mac, Mac(signed_part, key))) {
    return std::unexpected(TokenFault::kForged);
  }
  // What is signed is well formed: we made it.
  const auto kind =
      std::ranges::find(kKinds, letter.empty() ? '\0' : letter.front(), &Kind::letter);
  std::int64_t seconds = 0;
  const auto read = std::from_chars(expiry.data(), expiry.data() + expiry.size(), seconds, 16);
  if (kind == kKinds.end() || read.ec != std::errc()) {
    return std::unexpected(TokenFault::kForged);
  }
  if (!EqualInConstantTime(recipient, RecipientTag(sender, key))) {
    return std::unexpected(TokenFault::kWrongSender);
  }
  const core::Timestamp expires{std::chrono::seconds(seconds)};
  if (expires < now) {
    return std::unexpected(TokenFault::kExpired);
  }
  GivenAnswer given{
      .answer = kind->answer, .case_id = {}, .id = core::ShortHash(lower), .expires = expires};
  for (const char c : case_id) {
    given.case_id += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return given;
}

std::vector<std::string> FindAnswerTokens(std::string_view text) {
  const std::string lower = LowerCase(text);
  std::vector<std::string> tokens;
  for (std::size_t at = lower.find(kMark); at != std::string::npos && tokens.size() < kMaxTokens;
       at = lower.find(kMark, at + 1)) {
    if (at > 0 && IsTokenChar(lower[at - 1])) {
      continue;
    }
    std::size_t end = at;
    while (end < lower.size() && IsTokenChar(lower[end]) && end - at < kMaxTokenBytes) {
      ++end;
    }
    std::string token = lower.substr(at, end - at);
    if (Fields(token) && std::ranges::find(tokens, token) == tokens.end()) {
      tokens.push_back(std::move(token));
    }
  }
  return tokens;
}

}  // namespace schoolwatch::alerts
