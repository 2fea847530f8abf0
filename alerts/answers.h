#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

// Answering an alert by one tap: links that open a mail which is written already, with a token in
// its subject that says what is answered, about which case, by whom and until when. The token is
// signed, so nobody can make one up, and alters nothing but what it names.
namespace schoolwatch::alerts {

enum class Answer { kSeen, kInHand, kNoConcern, kNotAboutUs, kCallMe };
// "Seen", "In hand", "No concern", "Not about us", "Please call me".
std::string_view AnswerLabel(Answer answer);

// One answer that a recipient may give about one case.
struct AnswerLink {
  std::string case_id;
  std::string label;  // AnswerLabel.
  std::string href;   // mailto:, with subject and body; escape it for HTML.
  std::string to;     // The address, and…
  std::string token;  // …what a subject must hold, for those who type the answer.
  bool operator==(const AnswerLink&) const = default;
};

struct AnswerRequest {
  std::string case_id;
  std::string recipient;     // Who is asked, and alone may answer.
  std::string to;            // The address that takes answers.
  core::Timestamp asked_at;  // When the mail was made: links made again are the same.
  std::chrono::hours valid_for;
};

// All answers, in the order to show them. None where `to` or `key` is empty.
std::vector<AnswerLink> AnswerLinks(const AnswerRequest& request, std::string_view key);

// What a token that passed says.
struct GivenAnswer {
  Answer answer = Answer::kSeen;
  std::string case_id;  // Upper case, without its dash; LoadCase takes it.
  std::string id;       // Of the token, to tell that it was used; not the token itself.
  core::Timestamp expires{};
};

// Why one did not.
enum class TokenFault {
  kForged,       // Not signed with our key, or changed since.
  kExpired,      //
  kWrongSender,  // Signed for somebody else.
};
// "forged", "expired", "sent by somebody else".
std::string_view TokenFaultName(TokenFault fault);

// Whether `token` is one of ours, still good, and given to `sender`. Takes equally long for every
// forged one.
std::expected<GivenAnswer, TokenFault> CheckAnswerToken(std::string_view token,
                                                        std::string_view sender,
                                                        std::string_view key, core::Timestamp now);

// What looks like a token, good or not, each once and in order; eight at most.
std::vector<std::string> FindAnswerTokens(std::string_view text);

// The line of a prefilled mail above which a reason may be written.
inline constexpr std::string_view kAnswerRule =
    "--- Write a reason above this line if you like, and send. ---";

}  // namespace schoolwatch::alerts
