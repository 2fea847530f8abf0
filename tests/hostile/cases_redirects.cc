// Redirects in circles, without end, and to where nobody from outside may lead.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "tests/hostile/cases.h"

namespace schoolwatch::hostile {
namespace {

struct Place {
  const char* name;
  const char* location;
};

// Forms of addresses that are not public. {} is the server's own port.
constexpr std::array kPrivate = std::to_array<Place>({
    {"10", "http://10.0.0.1/"},
    {"172", "http://172.16.0.1/"},
    {"192", "http://192.168.1.1/admin"},
    {"metadata", "http://169.254.169.254/latest/meta-data/"},
    {"cgnat", "http://100.64.0.1/"},
    {"zero", "http://0.0.0.0/"},
    {"multicast", "http://224.0.0.1/"},
    {"broadcast", "http://255.255.255.255/"},
    {"loopback", "http://127.0.0.1/"},
    {"our-port", "http://127.0.0.1:{}/"},
    {"short", "http://127.1/"},
    {"decimal", "http://2130706433/"},
    {"hex", "http://0x7f000001/"},
    {"hex-parts", "http://0x7f.0x0.0x0.0x1/"},
    {"octal", "http://0177.0.0.1/"},
    {"full-width", "http://１２７.０.０.１/"},
    {"escaped", "http://%31%32%37.0.0.1/"},
    {"v6-loopback", "http://[::1]/"},
    {"v6-unspecified", "http://[::]/"},
    {"v6-mapped", "http://[::ffff:127.0.0.1]/"},
    {"v6-mapped-hex", "http://[::ffff:a00:1]/"},
    {"v6-nat64", "http://[64:ff9b::7f00:1]/"},
    {"v6-6to4", "http://[2002:7f00:1::]/"},
    {"v6-link-local", "http://[fe80::1]/"},
    {"v6-unique-local", "http://[fd00::1]/"},
    {"localhost", "http://localhost/"},
    {"localhost-dot", "http://localhost./"},
    {"private-name", "http://private-name.example/"},
    {"odd-port", "http://1.1.1.1:25/"},
});

constexpr std::array kNoWeb = std::to_array<Place>({
    {"file", "file:///etc/passwd"},
    {"gopher", "gopher://127.0.0.1:70/_HELO"},
    {"javascript", "javascript:alert(1)"},
    {"ftp", "ftp://127.0.0.1/"},
    {"data", "data:text/html,hello"},
    {"dict", "dict://127.0.0.1:11211/stats"},
    {"no-host", "http://"},
    {"bad-port", "http://quillbrook.example:99999/"},
    {"bad-number", "http://1.2.3.4.5.6/"},
});

// "/n/7" to "/n/8".
Script NextNumber(const Asked& asked, std::string_view prefix) {
  int number = 0;
  const std::string_view target = asked.target;
  if (target.starts_with(prefix)) {
    std::from_chars(target.data() + prefix.size(), target.data() + target.size(), number);
  }
  return Redirect(fmt::format("{}{}", prefix, number + 1));
}

}  // namespace

void AddRedirectCases(std::vector<Case>& cases, std::uint16_t port) {
  for (const auto& [name, location] : kPrivate) {
    std::string where = location;
    if (const std::size_t at = where.find("{}"); at != std::string::npos) {
      where.replace(at, 2, std::to_string(port));
    }
    // A path of its own: several of these are one address in the end, which is asked for once.
    where += name;
    cases.push_back({.name = fmt::format("redirect-to-{}", name),
                     .does = "leads to " + where,
                     .site = Always(Redirect(where)),
                     .outcome = Outcome::kRefused,
                     .words = "address not allowed"});
  }
  for (const auto& [name, location] : kNoWeb) {
    cases.push_back({.name = fmt::format("redirect-to-{}", name),
                     .does = fmt::format("leads to {}", location),
                     .site = Always(Redirect(location)),
                     .outcome = Outcome::kRefused,
                     .words = "redirects to no web address"});
  }
  const auto refused = [&cases](std::string name, std::string does,
                                std::function<Script(const Asked&)> site, std::string words) {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = std::move(site),
                     .outcome = Outcome::kRefused,
                     .words = std::move(words)});
  };
  refused("redirect-to-itself", "leads to itself", Always(Redirect("/page")),
          "too many redirects: redirects in a circle");
  refused(
      "redirect-circle", "two addresses that lead to each other",
      [](const Asked& asked) { return Redirect(asked.target == "/page" ? "/other" : "/page"); },
      "too many redirects: redirects in a circle");
  refused(
      "redirect-chain", "every address leads to the next one",
      [](const Asked& asked) { return NextNumber(asked, "/n/"); },
      "too many redirects: more than 10 redirects");
  refused("redirect-with-password", "leads to an address with a user name and password",
          Always(Redirect("http://user:secret@redirect-with-password.example/")),
          "address not allowed: redirects to an address with a password");
  refused("redirect-to-no-name", "leads to a name that does not exist",
          Always(Redirect("http://does-not-exist.example/")), "host unreachable");
  cases.push_back({.name = "redirect-to-nowhere",
                   .does = "a redirect without a Location",
                   .site = Always(Answer(302, "")),
                   .outcome = Outcome::kFailed,
                   .words = "HTTP 302 without an address to go to"});
  cases.push_back({.name = "redirect-to-1-mb",
                   .does = "a Location of 1 MB",
                   .site = Always(Redirect("/" + Repeat("x", 1'000'000))),
                   .outcome = Outcome::kFailed,
                   .words = ""});
  cases.push_back({.name = "redirect-to-60-kb",
                   .does = "a Location of 60 KB, within what a header may hold",
                   .site = Always(Redirect("/" + Repeat("x", 60'000))),
                   .outcome = Outcome::kRefused,
                   .words = "redirects to no web address"});
  cases.push_back({.name = "redirect-split",
                   .does = "a Location with an encoded line break",
                   .site = [](const Asked& asked) {
                     return asked.target == "/page" ? Redirect("/a%0d%0aX-Evil:%20b")
                                                    : Html("<p>hello");
                   }});
  cases.push_back(
      {.name = "meta-refresh",
       .does = "a meta refresh to file:///etc/passwd",
       .site = Always(Html("<meta http-equiv=refresh content='0;url=file:///etc/passwd'>"
                           "<p>hello"))});
  // By name, without --connect-to: what loopback_only.cc answers.
  cases.push_back({.name = "rebind",
                   .does = "a name that leads to a private address from the second look-up on",
                   .site = Always(Say(*Feed(ConcernFeed("rebind")).front().bytes)),
                   .outcome = Outcome::kReported,
                   .robots = Always(Say("HTTP/1.1 404 No\r\nContent-Length: 0\r\n"
                                        "Connection: close\r\n\r\n")),
                   .by_name = true});
}

}  // namespace schoolwatch::hostile
