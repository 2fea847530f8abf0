#include "app/demo/town.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "core/hash.h"
#include "core/mutex.h"
#include "net/local_server.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::optional<std::string> FormatTime(std::string_view format, core::Timestamp time) {
  if (format == "iso") {
    return core::FormatRfc3339(std::chrono::floor<std::chrono::seconds>(time));
  }
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const std::string_view month = kMonths[static_cast<unsigned>(date.month()) - 1];
  if (format == "rfc822") {
    return fmt::format(
        "{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
        static_cast<unsigned>(date.day()), month.substr(0, 3), static_cast<int>(date.year()),
        clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  }
  if (format == "human") {
    return fmt::format("{} {} {}, {:02}:{:02}", static_cast<unsigned>(date.day()), month,
                       static_cast<int>(date.year()), clock.hours().count(),
                       clock.minutes().count());
  }
  return std::nullopt;
}

std::optional<std::chrono::minutes> ParseAge(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() - 1) {
    return std::nullopt;
  }
  switch (text.back()) {
    case 'm':
      return std::chrono::minutes{number};
    case 'h':
      return std::chrono::hours{number};
    case 'd':
      return std::chrono::days{number};
    default:
      return std::nullopt;
  }
}

std::optional<std::string> ReadFile(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream buffer;
  buffer << file.rdbuf();
  return std::move(buffer).str();
}

std::string ContentType(std::string_view path, std::string_view body) {
  const auto ends = [path](std::string_view end) {
    return path.substr(0, path.find('@')).ends_with(end);
  };
  if (ends(".xml")) {
    return "application/rss+xml; charset=utf-8";
  }
  if (ends(".txt")) {
    return "text/plain; charset=utf-8";
  }
  return body.starts_with('[') ? "application/json; charset=utf-8" : "text/html; charset=utf-8";
}

class TownServer final : public Town {
 public:
  TownServer(fs::path folder, core::Timestamp now) : folder_(std::move(folder)), now_(now) {}

  core::Result<void> Start() {
    SW_ASSIGN(server_, net::LocalServer::Start(
                           [this](const net::ServerRequest& request) { return Answer(request); }));
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }

  void StartSecondPass() override {
    core::MutexLock lock(mutex_);
    second_pass_ = true;
  }

  std::vector<std::string> RequestLog() const override {
    core::MutexLock lock(mutex_);
    return log_;
  }

 private:
  net::ServerResponse Answer(const net::ServerRequest& request) {
    bool second_pass = false;
    {
      core::MutexLock lock(mutex_);
      second_pass = second_pass_;
    }
    net::ServerResponse response = Page(request, second_pass);
    core::MutexLock lock(mutex_);
    log_.push_back(fmt::format("{} {}{} -> {}", request.method, request.host, request.target,
                               response.status));
    return response;
  }

  net::ServerResponse Page(const net::ServerRequest& request, bool second_pass) const {
    // Hosts and paths name files here, so nothing may lead out of the folder.
    std::string path = request.target.substr(1);
    if (request.host.find('/') != std::string::npos || request.host.starts_with('.') ||
        path.find("..") != std::string::npos) {
      return {.status = 400, .headers = {}, .body = "bad request\n"};
    }
    std::optional<std::string> body = DiaryMonth(request);
    if (!body) {
      if (const auto query = path.find('?'); query != std::string::npos) {
        path[query] = '@';
      }
      body = Find(request.host, path, second_pass);
      if (!body) {
        body = Find(request.host, path.substr(0, path.find('@')), second_pass);
      }
    }
    if (!body) {
      return {.status = 404, .headers = {{"Content-Type", "text/plain"}}, .body = "not here\n"};
    }
    const std::string page = FillInTimes(*body, now_);
    const std::string etag = "\"" + core::ShortHash(page) + "\"";
    net::ServerResponse response{
        .status = 200,
        .headers = {{"Content-Type", ContentType(path, page)}, {"ETag", etag}},
        .body = page};
    if (net::FindHeader(request.headers, "if-none-match") == etag) {
      response.status = 304;
      response.body.clear();
    }
    return response;
  }

  std::optional<std::string> Find(const std::string& host, const std::string& path,
                                  bool second_pass) const {
    if (second_pass) {
      if (auto body = ReadFile(folder_ / "second-pass" / host / path)) {
        return body;
      }
    }
    return ReadFile(folder_ / "town" / host / path);
  }

  // The diary has a page for every month there will ever be.
  std::optional<std::string> DiaryMonth(const net::ServerRequest& request) const {
    int year = 0;
    int month = 0;
    if (request.host != "quillbrook-diary.example" ||
        std::sscanf(request.target.c_str(), "/events/%4d/%2d/", &year, &month) != 2) {
      return std::nullopt;
    }
    std::optional<std::string> page = ReadFile(folder_ / "town" / request.host / "month.html");
    const std::string next = month >= 12 ? fmt::format("/events/{}/01/", year + 1)
                                         : fmt::format("/events/{}/{:02}/", year, month + 1);
    constexpr std::string_view kMark = "@{next-month}";
    for (std::size_t at = 0; page && (at = page->find(kMark, at)) != std::string::npos;) {
      page->replace(at, kMark.size(), next);
    }
    return page;
  }

  fs::path folder_;
  core::Timestamp now_;
  mutable core::Mutex mutex_;
  bool second_pass_ SW_GUARDED_BY(mutex_) = false;
  std::vector<std::string> log_ SW_GUARDED_BY(mutex_);
  // Last: its threads call Answer until it is gone.
  std::unique_ptr<net::LocalServer> server_;
};

}  // namespace

std::string FillInTimes(std::string_view page, core::Timestamp now) {
  std::string filled;
  filled.reserve(page.size());
  while (!page.empty()) {
    const std::size_t mark = page.find("@{");
    filled += page.substr(0, mark);
    if (mark == std::string_view::npos) {
      break;
    }
    page.remove_prefix(mark);
    const std::size_t end = page.find('}');
    const std::string_view inside =
        page.substr(2, end == std::string_view::npos ? std::string_view::npos : end - 2);
    const std::size_t minus = inside.find(" -");
    std::optional<std::string> time;
    if (end != std::string_view::npos && minus != std::string_view::npos) {
      if (const auto age = ParseAge(inside.substr(minus + 2))) {
        time = FormatTime(inside.substr(0, minus), now - *age);
      }
    }
    if (time) {
      filled += *time;
      page.remove_prefix(end + 1);
    } else {
      filled += page.substr(0, 2);
      page.remove_prefix(2);
    }
  }
  return filled;
}

core::Result<std::unique_ptr<Town>> Town::Open(const fs::path& folder, core::Timestamp now) {
  std::error_code error;
  if (!fs::is_directory(folder / "town", error)) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      "the demonstration's town is missing: there is no folder '" +
                          (folder / "town").string() + "'");
  }
  auto town = std::make_unique<TownServer>(folder, now);
  SW_TRY(town->Start());
  return town;
}

}  // namespace schoolwatch::app
