#include "app/commands/receipt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <ostream>
#include <utility>

#include "app/fetcher.h"
#include "app/terminal.h"
#include "core/url.h"
#include "crawler/crawler.h"

namespace schoolwatch::app {
namespace {

using core::HostTally;
using std::chrono::milliseconds;

constexpr std::size_t kWidth = 80;
constexpr std::size_t kMostNamed = 5;

// What the person asks for, in the form in which it is compared.
struct Wanted {
  std::string origin;  // Empty where only a host was given.
  std::string host;    // With the port where one was given.
};

core::Result<Wanted> ParseName(std::string_view name) {
  const bool has_scheme = name.contains("://");
  const core::Result<core::HttpUrl> url =
      core::HttpUrl::Parse(has_scheme ? std::string(name) : "http://" + std::string(name));
  if (!url) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("'{}' names no host: {}", name, url.error().message));
  }
  const std::string origin = url->origin();
  return Wanted{has_scheme ? origin : "", origin.substr(origin.find("://") + 3)};
}

bool Means(const Wanted& wanted, const core::HostLedger& ledger) {
  if (!wanted.origin.empty()) {
    return ledger.origin == wanted.origin;
  }
  const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(ledger.origin);
  return ledger.site == wanted.host || ledger.origin.ends_with("://" + wanted.host) ||
         (url && url->host() == wanted.host);
}

core::Result<core::Timestamp> NextVisit(const core::HostLedger& ledger,
                                        const std::vector<config::Source>& sources,
                                        const core::FetchMemory& memory) {
  core::Timestamp next{};
  for (const config::Source& source : sources) {
    const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(source.url);
    if (!source.enabled || !url || url->origin() != ledger.origin) {
      continue;
    }
    SW_ASSIGN(const std::optional<core::SourceState> state, memory.FindSource(source.name));
    if (state && (next == core::Timestamp{} || state->next_due < next)) {
      next = state->next_due;
    }
  }
  return next;
}

std::string Number(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) {
    text.insert(at - 3, ",");
  }
  return text;
}

std::string Bytes(std::uint64_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (bytes < 10'000) {
    return Number(bytes) + " B";
  }
  if (bytes < 1'000'000) {
    return fmt::format("{:.0f} KB", size / 1e3);
  }
  return bytes < 1'000'000'000 ? fmt::format("{:.1f} MB", size / 1e6)
                               : fmt::format("{:.1f} GB", size / 1e9);
}

// "10 s", "0.85 s"; whole minutes from two on, "2 min".
std::string Duration(milliseconds time) {
  const double seconds = static_cast<double>(time.count()) / 1000;
  if (time >= std::chrono::minutes(2) && time % std::chrono::minutes(1) == milliseconds(0)) {
    return fmt::format("{:g} min", seconds / 60);
  }
  return time < std::chrono::minutes(1) ? fmt::format("{:g} s", seconds)
                                        : fmt::format("{:.0f} s", seconds);
}

std::string Moment(core::Timestamp time) {
  if (time == core::Timestamp{}) {
    return "never";
  }
  std::string text = core::FormatRfc3339(time).substr(0, 16);
  text[10] = ' ';
  return text + " UTC";
}

std::string Share(std::uint64_t part, std::uint64_t of) {
  return of == 0
             ? "–"
             : fmt::format("{:.0f} %", 100 * static_cast<double>(part) / static_cast<double>(of));
}

struct Row {
  std::string_view label;
  std::uint64_t HostTally::* count;
};
constexpr std::array kKinds{
    Row{"for robots.txt", &HostTally::robots}, Row{"for feeds and APIs", &HostTally::feeds},
    Row{"for pages", &HostTally::pages}, Row{"where your redirects led", &HostTally::redirects}};
constexpr std::array kAnswers{Row{"200 and other success", &HostTally::ok},
                              Row{"304 not modified", &HostTally::not_modified},
                              Row{"3xx redirect", &HostTally::redirected},
                              Row{"4xx refused or missing", &HostTally::refused},
                              Row{"429 too many requests", &HostTally::too_many},
                              Row{"5xx fault", &HostTally::errors},
                              Row{"503 unavailable", &HostTally::unavailable},
                              Row{"no answer", &HostTally::unanswered}};

void PrintLine(std::string_view label, const std::string& recent, const std::string& total,
               std::size_t indent, std::ostream& out) {
  const auto right = [](const std::string& text) {
    constexpr std::size_t kColumn = 18;
    return std::string(kColumn - std::min(kColumn, DisplayWidth(text)), ' ') + text;
  };
  out << fmt::format("{:{}}{:<{}}{}{}\n", "", indent, label, 40 - indent, right(recent),
                     right(total));
}

void PrintCounts(const HostReceipt& receipt, std::ostream& out) {
  const HostTally& recent = receipt.last_days;
  const HostTally& total = receipt.ledger.total;
  const auto line = [&](const Row& row, std::size_t indent) {
    PrintLine(row.label, Number(recent.*row.count), Number(total.*row.count), indent, out);
  };
  PrintLine("", "last 30 days", "since we began", 2, out);
  PrintLine("Requests", Number(recent.requests()), Number(total.requests()), 2, out);
  for (const Row& row : kKinds) {
    line(row, 4);
  }
  out << "  Answers\n";
  for (const Row& row : kAnswers) {
    if (total.*row.count > 0 || row.count == &HostTally::not_modified) {
      line(row, 4);
    }
  }
  const auto asked = [](const HostTally& tally) { return tally.requests() - tally.robots; };
  PrintLine("Not modified, of all but robots.txt", Share(recent.not_modified, asked(recent)),
            Share(total.not_modified, asked(total)), 2, out);
  PrintLine("Received", Bytes(recent.bytes), Bytes(total.bytes), 2, out);
  PrintLine("Addresses that robots.txt allowed", Number(recent.allowed), Number(total.allowed), 2,
            out);
  PrintLine("Addresses that it forbade, not asked", Number(recent.withheld), Number(total.withheld),
            2, out);
}

void PrintGaps(const core::HostLedger& ledger, std::ostream& out) {
  out << "\n  Pause after each answer\n"
      << Wrap(fmt::format("At least {} before a page and {} before a feed, and at least twice the "
                          "time that your last answer took; one request at a time, shared by all "
                          "hosts of {}.",
                          Duration(ledger.page_gap), Duration(ledger.feed_gap), ledger.site),
              4, kWidth);
  if (ledger.crawl_delay > milliseconds(0)) {
    std::string text = fmt::format("Your robots.txt asks for {}; we keep {}",
                                   Duration(ledger.crawl_delay), Duration(ledger.crawl_delay_kept));
    text += ledger.crawl_delay_kept < ledger.crawl_delay ? ", the longest that we keep." : ".";
    out << Wrap(text, 4, kWidth);
  }
  out << Wrap(fmt::format("Longest pause: {}. Slowest answer: {}.", Duration(ledger.longest_gap),
                          Duration(ledger.slowest_answer)),
              4, kWidth);
  out << "\n  When you asked us to wait (429, 503, Retry-After)\n";
  if (ledger.pauses.empty()) {
    out << "    never\n";
  }
  for (const core::LedgerPause& pause : ledger.pauses) {
    out << fmt::format("    on {} we stayed away until {}\n", Moment(pause.asked_at),
                       Moment(pause.until));
  }
}

void PrintRobots(const HostReceipt& receipt, std::ostream& out) {
  const core::HostLedger& ledger = receipt.ledger;
  out << "\n  robots.txt\n";
  if (receipt.robots_read_at == core::Timestamp{}) {
    out << "    not read yet\n";
  } else {
    out << Wrap(
        fmt::format("Read on {} ({}): {}. It is read again after a day at most.",
                    Moment(receipt.robots_read_at),
                    receipt.robots_status == 0 ? "no answer"
                                               : fmt::format("HTTP {}", receipt.robots_status),
                    SafeForTerminal(ledger.robots)),
        4, kWidth);
  }
  if (ledger.withheld.empty()) {
    return;
  }
  out << Wrap(
      fmt::format("Left alone because of it {}, among them:", Count(ledger.total.withheld, "time")),
      4, kWidth);
  for (const core::LedgerRefusal& refusal : ledger.withheld) {
    out << Wrap(SafeForTerminal(refusal.url), 6, kWidth)
        << Wrap(SafeForTerminal(refusal.rule), 8, kWidth);
  }
}

boost::json::object ToJson(const HostTally& tally) {
  return {{"requests", tally.requests()},
          {"robots", tally.robots},
          {"feeds", tally.feeds},
          {"pages", tally.pages},
          {"redirects", tally.redirects},
          {"conditional", tally.conditional},
          {"ok", tally.ok},
          {"not_modified", tally.not_modified},
          {"redirected", tally.redirected},
          {"refused", tally.refused},
          {"too_many_requests", tally.too_many},
          {"errors", tally.errors},
          {"unavailable", tally.unavailable},
          {"unanswered", tally.unanswered},
          {"bytes", tally.bytes},
          {"allowed", tally.allowed},
          {"withheld", tally.withheld}};
}

boost::json::object ToJson(const HostReceipt& receipt, const config::CrawlPolicy& policy) {
  namespace json = boost::json;
  const core::HostLedger& ledger = receipt.ledger;
  json::object object{{"type", "receipt"},
                      {"origin", ledger.origin},
                      {"site", ledger.site},
                      {"user_agent", UserAgent(policy)},
                      {"contact", policy.contact}};
  const auto put = [&object](std::string_view key, core::Timestamp time) {
    if (time != core::Timestamp{}) {
      object[key] = core::FormatRfc3339(time);
    }
  };
  put("first_request", ledger.first_request);
  put("last_request", ledger.last_request);
  put("next_visit", receipt.next_visit);
  object["total"] = ToJson(ledger.total);
  object["last_30_days"] = ToJson(receipt.last_days);
  json::array days;
  for (const core::LedgerDay& day : ledger.days) {
    json::object one = ToJson(day.tally);
    one["day"] = core::FormatRfc3339(core::Timestamp(std::chrono::days(day.day))).substr(0, 10);
    days.emplace_back(std::move(one));
  }
  object["days"] = std::move(days);
  object["page_gap_ms"] = ledger.page_gap.count();
  object["feed_gap_ms"] = ledger.feed_gap.count();
  object["crawl_delay_ms"] = ledger.crawl_delay.count();
  object["crawl_delay_kept_ms"] = ledger.crawl_delay_kept.count();
  object["longest_gap_ms"] = ledger.longest_gap.count();
  object["slowest_answer_ms"] = ledger.slowest_answer.count();
  json::array pauses;
  for (const core::LedgerPause& pause : ledger.pauses) {
    pauses.emplace_back(json::object{{"asked", core::FormatRfc3339(pause.asked_at)},
                                     {"until", core::FormatRfc3339(pause.until)}});
  }
  object["pauses"] = std::move(pauses);
  json::object robots{{"says", ledger.robots}, {"status", receipt.robots_status}};
  if (receipt.robots_read_at != core::Timestamp{}) {
    robots["read"] = core::FormatRfc3339(receipt.robots_read_at);
  }
  json::array withheld;
  for (const core::LedgerRefusal& refusal : ledger.withheld) {
    withheld.emplace_back(json::object{{"url", refusal.url}, {"rule", refusal.rule}});
  }
  robots["withheld"] = std::move(withheld);
  object["robots"] = std::move(robots);
  return object;
}

}  // namespace

core::Result<std::vector<HostReceipt>> LoadReceipts(std::string_view name,
                                                    const config::Configuration& configuration,
                                                    const storage::LedgerReader& ledgers,
                                                    const core::FetchMemory& memory,
                                                    core::Timestamp now) {
  SW_ASSIGN(const Wanted wanted, ParseName(name));
  SW_ASSIGN(std::vector<core::HostLedger> all, ledgers.ListLedgers());
  std::vector<HostReceipt> receipts;
  std::string known;
  std::size_t named = 0;
  for (core::HostLedger& ledger : all) {
    if (!Means(wanted, ledger)) {
      if (++named <= kMostNamed) {
        known += (known.empty() ? "" : ", ") + ledger.origin;
      }
      continue;
    }
    HostReceipt receipt;
    receipt.last_days = core::LastDays(ledger, now);
    SW_ASSIGN(receipt.next_visit, NextVisit(ledger, configuration.sources, memory));
    SW_ASSIGN(const std::optional<core::HostState> host, memory.FindHost(ledger.origin));
    SW_ASSIGN(const std::optional<core::HostState> site, memory.FindHost(ledger.site));
    for (const auto* state : {&host, &site}) {
      if (receipt.next_visit != core::Timestamp{} && *state) {
        receipt.next_visit = std::max(receipt.next_visit, (*state)->blocked_until);
      }
    }
    if (host) {
      receipt.robots_read_at = host->robots_fetched_at;
      receipt.robots_status = host->robots_status;
    }
    receipt.ledger = std::move(ledger);
    receipts.push_back(std::move(receipt));
  }
  if (receipts.empty()) {
    return core::Fail(core::ErrorKind::kNotFound,
                      fmt::format("'{}' was never asked for anything{}{}", name,
                                  known.empty() ? "" : "; there are receipts of: " + known,
                                  named > kMostNamed ? ", …" : ""));
  }
  return receipts;
}

void PrintReceipts(std::string_view name, const std::vector<HostReceipt>& receipts,
                   const config::CrawlPolicy& policy, core::Timestamp now, OutputForm form,
                   std::ostream& out) {
  if (form == OutputForm::kJsonLines) {
    for (const HostReceipt& receipt : receipts) {
      out << boost::json::serialize(ToJson(receipt, policy)) << '\n';
    }
    return;
  }
  out << fmt::format("How schoolwatch treats {}\n{}\n\n", SafeForTerminal(name), Moment(now))
      << Wrap(
             "schoolwatch reads public pages for a school, to find public postings about it. "
             "It logs in nowhere, takes no pictures, and of a page keeps at most the part that "
             "holds "
             "a possible concern, as evidence. Each request carries:",
             0, kWidth)
      << fmt::format("\n  User-Agent: {}\n", SafeForTerminal(UserAgent(policy))) << "\n"
      << Wrap("Questions and complaints to: " + SafeForTerminal(policy.contact), 0, kWidth);
  for (const HostReceipt& receipt : receipts) {
    const core::HostLedger& ledger = receipt.ledger;
    out << fmt::format("\n{}\n  First request  {}\n  Last request   {}\n  Next visit     {}\n\n",
                       ledger.origin, Moment(ledger.first_request), Moment(ledger.last_request),
                       receipt.next_visit == core::Timestamp{}
                           ? "when a page that we read leads here"
                       : receipt.next_visit <= now ? "at our next run"
                                                   : Moment(receipt.next_visit) + " or later");
    PrintCounts(receipt, out);
    PrintGaps(ledger, out);
    PrintRobots(receipt, out);
  }
  const std::string agent = crawler::CrawlSettings{}.robots_agent;
  out << '\n'
      << Wrap(
             "To keep us away from all or a part of the site, say so in robots.txt; that is "
             "read before anything else:",
             0, kWidth)
      << fmt::format("\n  User-agent: {}\n  Disallow: /\n", agent);
}

}  // namespace schoolwatch::app
