#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace schoolwatch::core {

// What went wrong, as far as the caller's next step depends on it.
enum class ErrorKind {
  kBadInput,     // Configuration or input is wrong; the same call fails again.
  kForbidden,    // robots.txt, a login wall or our own rules say no.
  kNotFound,     // The thing asked for does not exist.
  kThrottled,    // The far side asked us to slow down.
  kUnavailable,  // Network or disk trouble that may pass.
  kHeld,         // Another process has it and will let go of it.
  kCorrupt,      // Stored data fails its own checks.
  kCancelled,    // We were asked to stop.
};

// True for kinds where the same call may succeed later without anybody doing anything.
constexpr bool IsTransient(ErrorKind kind) {
  return kind == ErrorKind::kThrottled || kind == ErrorKind::kUnavailable ||
         kind == ErrorKind::kHeld;
}

// The kind's name in lower case, as summaries and JSON show it: "bad input", "forbidden", …
std::string_view ErrorKindName(ErrorKind kind);

// `kind` decides what to do, `message` informs a person: what happened, where, and what would be
// right. Never branch on the message.
struct Error {
  ErrorKind kind = ErrorKind::kBadInput;
  std::string message;
  bool operator==(const Error&) const = default;
};

// A value or an Error. Our own class, not an alias of std::expected: g++ 12's is not [[nodiscard]],
// so an error could be dropped unseen.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

// Returns an error from any function that returns a Result: `return Fail(ErrorKind::kNotFound, …);`
[[nodiscard]] inline std::unexpected<Error> Fail(ErrorKind kind, std::string message) {
  return std::unexpected<Error>(Error{kind, std::move(message)});
}
[[nodiscard]] inline std::unexpected<Error> Fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

// Puts "context: " before an error's message, where the context is known.
[[nodiscard]] inline std::unexpected<Error> FailWith(std::string_view context, const Error& error) {
  return std::unexpected<Error>(Error{error.kind, std::string(context) + ": " + error.message});
}

}  // namespace schoolwatch::core

#define SW_CONCAT_INNER_(a, b) a##b
#define SW_CONCAT_(a, b) SW_CONCAT_INNER_(a, b)

// Runs an expression that gives a Result; returns its error from the calling function if there is
// one.
#define SW_TRY(expr)                                               \
  do {                                                             \
    if (auto sw_try_result = (expr); !sw_try_result.has_value()) { \
      return std::unexpected(std::move(sw_try_result).error());    \
    }                                                              \
  } while (false)

// SW_ASSIGN(auto page, Fetch(url)); declares `page` from the value or returns the error.
#define SW_ASSIGN(declaration, expr) \
  SW_ASSIGN_INNER_(SW_CONCAT_(sw_assign_result_, __LINE__), declaration, expr)
#define SW_ASSIGN_INNER_(temporary, declaration, expr)    \
  auto temporary = (expr);                                \
  if (!temporary.has_value()) {                           \
    return std::unexpected(std::move(temporary).error()); \
  }                                                       \
  declaration = std::move(*temporary)
