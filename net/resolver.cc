#include "net/resolver.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <utility>

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

// More than any honest name has; a hostile one may have thousands.
constexpr std::size_t kMaxAddresses = 16;
constexpr std::size_t kMaxHostBytes = 253;
constexpr std::chrono::hours kLongestPatience{24};

const core::Clock& ClockOf(const ResolverOptions& options) {
  static const core::SystemClock machine;
  return options.clock == nullptr ? machine : *options.clock;
}

// One spelling for one address, so that texts can be compared; "" for what is none.
std::string Canonical(const std::string& text) {
  std::array<char, INET6_ADDRSTRLEN> spelled{};
  if (in_addr v4{}; inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    return inet_ntop(AF_INET, &v4, spelled.data(), spelled.size());
  }
  if (in6_addr v6{}; inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
    return inet_ntop(AF_INET6, &v6, spelled.data(), spelled.size());
  }
  return {};
}

// The address that a URL names itself; "" for a name.
std::string LiteralAddress(const std::string& host) {
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  return Canonical(brackets ? host.substr(1, host.size() - 2) : host);
}

// RFC 6761: these lead to this machine, whatever the DNS says.
bool IsLocalhost(std::string_view host) {
  if (host.ends_with('.')) {
    host.remove_suffix(1);
  }
  return host == "localhost" || host.ends_with(".localhost");
}

// The URL Standard lets "*", "!" and the like stand in a host. No web server has such a name, and
// libcurl's list of pinned names would take "*" for all of them.
bool IsName(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHostBytes && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

std::unexpected<core::Error> NoSuchName() {
  return core::Fail(ErrorKind::kUnavailable, "the host name does not resolve (DNS)");
}

core::Result<Addresses> Cleaned(core::Result<Addresses> answer) {
  if (!answer) {
    return answer;
  }
  Addresses clean;
  for (const std::string& text : *answer) {
    std::string address = Canonical(text);
    if (!address.empty() && clean.size() < kMaxAddresses &&
        std::ranges::find(clean, address) == clean.end()) {
      clean.push_back(std::move(address));
    }
  }
  if (clean.empty()) {
    return NoSuchName();
  }
  return clean;
}

}  // namespace

Resolver::Resolver(ResolverOptions options, const AddressGuard& guard)
    : options_(std::move(options)),
      clock_(ClockOf(options_)),
      guard_(guard),
      threads_(options_.lookup ? options_.lookup : Lookup(&LookUpWithSystem),
               std::max<std::size_t>(1, options_.max_threads)) {}

void Resolver::Ask(std::string_view host, std::uint16_t port, std::chrono::milliseconds patience,
                   Answered answered) {
  const std::string name(host);
  if (std::string literal = LiteralAddress(name); !literal.empty()) {
    answered(Allowed(Addresses{std::move(literal)}, port));
    return;
  }
  if (IsLocalhost(name)) {
    answered(Allowed(Addresses{"127.0.0.1", "::1"}, port));
    return;
  }
  if (!IsName(name)) {
    answered(NoSuchName());
    return;
  }
  if (const core::Result<Addresses>* known = FindKnown(name); known != nullptr) {
    answered(Allowed(*known, port));
    return;
  }
  const Time now = Now();
  const auto [place, fresh] = pending_.try_emplace(name);
  Pending& pending = place->second;
  if (pending.begun && pending.waiters.empty()) {
    // Its thread hangs since an earlier question, which says nothing about how long it still will.
    pending.limit = now + options_.time_limit;
    check_at_ = std::min(check_at_, pending.limit);
  }
  const Time limit = now + std::min<std::chrono::milliseconds>(patience, kLongestPatience);
  pending.waiters.push_back({port, limit, std::move(answered)});
  check_at_ = std::min(check_at_, limit);
  if (fresh) {
    if (queue_.empty()) {
      queue_limit_ = now + options_.time_limit;
    }
    queue_.push_back(name);
    std::vector<Told> told;
    BeginWaiting(told);
    for (Told& next : told) {
      next.answered(std::move(next.answer));
    }
  }
}

void Resolver::Advance() {
  std::vector<Told> told;
  for (LookupThreads::Answer& answer : threads_.TakeAnswers()) {
    Settle(answer.host, std::move(answer.addresses), told);
  }
  BeginWaiting(told);
  if (check_at_ <= Now()) {
    GiveUpOverdue(told);
  }
  for (Told& next : told) {
    next.answered(std::move(next.answer));
  }
}

std::vector<Resolver::Answered> Resolver::TakeWaiting() {
  std::vector<Answered> taken;
  for (auto& [host, pending] : pending_) {
    for (Waiter& waiter : std::exchange(pending.waiters, {})) {
      taken.push_back(std::move(waiter.answered));
    }
  }
  std::erase_if(pending_, [](const auto& entry) { return !entry.second.begun; });
  queue_.clear();
  check_at_ = Time::max();
  return taken;
}

std::optional<std::chrono::milliseconds> Resolver::UntilNextLimit() const {
  if (check_at_ == Time::max()) {
    return std::nullopt;
  }
  return std::max(std::chrono::milliseconds(0),
                  std::chrono::ceil<std::chrono::milliseconds>(check_at_ - Now()));
}

const core::Result<Addresses>* Resolver::FindKnown(const std::string& host) {
  const auto found = known_.find(host);
  if (found == known_.end()) {
    return nullptr;
  }
  if (found->second.until <= Now()) {
    order_.erase(found->second.place);
    known_.erase(found);
    return nullptr;
  }
  return &found->second.answer;
}

void Resolver::Remember(const std::string& host, core::Result<Addresses> answer) {
  if (const auto found = known_.find(host); found != known_.end()) {
    order_.erase(found->second.place);
    known_.erase(found);
  }
  const Time until = Now() + (answer ? options_.keep : options_.keep_failure);
  const auto place = order_.insert(order_.end(), host);
  known_.emplace(host, Known{std::move(answer), until, place});
  while (known_.size() > options_.max_entries) {
    known_.erase(order_.front());
    order_.pop_front();
  }
}

core::Result<Addresses> Resolver::Allowed(const core::Result<Addresses>& answer,
                                          std::uint16_t port) const {
  if (!answer) {
    return answer;
  }
  Addresses allowed;
  std::optional<core::Error> refusal;
  for (const std::string& address : *answer) {
    if (core::Result<void> checked = guard_.Check(address, port); checked) {
      allowed.push_back(address);
    } else if (!refusal) {
      refusal = std::move(checked).error();
    }
  }
  if (allowed.empty() && refusal) {
    return core::Fail(std::move(*refusal));
  }
  return allowed;
}

void Resolver::Settle(const std::string& host, core::Result<Addresses> answer,
                      std::vector<Told>& told) {
  core::Result<Addresses> clean = Cleaned(std::move(answer));
  if (const auto found = pending_.find(host); found != pending_.end()) {
    for (Waiter& waiter : found->second.waiters) {
      told.push_back({std::move(waiter.answered), Allowed(clean, waiter.port)});
    }
    pending_.erase(found);
  }
  Remember(host, std::move(clean));
}

void Resolver::BeginWaiting(std::vector<Told>& told) {
  while (!queue_.empty() && threads_.HasRoom()) {
    const std::string host = std::move(queue_.front());
    queue_.pop_front();
    if (core::Result<void> begun = threads_.Begin(host); !begun) {
      Settle(host, core::Fail(std::move(begun).error()), told);
      continue;
    }
    Pending& pending = pending_.at(host);
    pending.begun = true;
    pending.limit = queue_limit_ = Now() + options_.time_limit;
    check_at_ = std::min(check_at_, pending.limit);
  }
  if (!queue_.empty()) {
    check_at_ = std::min(check_at_, queue_limit_);
  }
}

core::Error Resolver::TooLate() const {
  const std::chrono::duration<double> limit = options_.time_limit;
  return {ErrorKind::kUnavailable,
          fmt::format("timeout: the host name was not looked up within {} s (DNS)", limit.count())};
}

void Resolver::GiveUpOverdue(std::vector<Told>& told) {
  const Time now = Now();
  check_at_ = Time::max();
  // A look-up may wait for a thread as long as threads come back. If none has for so long, all
  // hang.
  const bool all_hang = !queue_.empty() && queue_limit_ <= now;
  std::vector<std::string> overdue;
  for (auto& [host, pending] : pending_) {
    const bool over = pending.begun ? pending.limit <= now : all_hang;
    std::vector<Waiter> patient;
    for (Waiter& waiter : std::exchange(pending.waiters, {})) {
      if (over || waiter.limit <= now) {
        told.push_back({std::move(waiter.answered), core::Fail(TooLate())});
      } else {
        check_at_ = std::min(check_at_, waiter.limit);
        patient.push_back(std::move(waiter));
      }
    }
    if (over) {
      overdue.push_back(host);
    } else if (pending.begun && !patient.empty()) {
      check_at_ = std::min(check_at_, pending.limit);
    }
    pending.waiters = std::move(patient);
  }
  if (all_hang) {
    queue_.clear();
  } else if (!queue_.empty()) {
    check_at_ = std::min(check_at_, queue_limit_);
  }
  for (const std::string& host : overdue) {
    Remember(host, core::Fail(TooLate()));
    if (const auto found = pending_.find(host); !found->second.begun) {
      pending_.erase(found);
    } else {
      found->second.limit = Time::max();
    }
  }
}

}  // namespace schoolwatch::net
