#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawler/platforms/route_request.h"

// A request's address and body changed in one place: its further pages.
namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kQueryPrefix = "query.";
constexpr std::string_view kBodyPrefix = "body.";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

// The name of one "name=value", its %XX undone.
std::string NameOf(std::string_view pair) {
  const std::string_view name = pair.substr(0, pair.find('='));
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto digit = [](char c) {
      return c >= '0' && c <= '9'   ? c - '0'
             : c >= 'a' && c <= 'f' ? c - 'a' + 10
             : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                    : -1;
    };
    if (name[i] == '%' && i + 2 < name.size() && digit(name[i + 1]) >= 0 &&
        digit(name[i + 2]) >= 0) {
      out += static_cast<char>(digit(name[i + 1]) * 16 + digit(name[i + 2]));
      i += 2;
    } else {
      out += name[i];
    }
  }
  return out;
}

std::vector<std::string_view> Pairs(std::string_view query) {
  std::vector<std::string_view> pairs;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    if (end > 0) {
      pairs.push_back(query.substr(0, end));
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return pairs;
}

// A query without parameters of these names, and one more.
std::string ChangedQuery(std::string_view query, const std::set<std::string>& without,
                         const std::string& more) {
  std::string out;
  for (const std::string_view pair : Pairs(query)) {
    if (!without.contains(NameOf(pair))) {
      out += (out.empty() ? "" : "&") + std::string(pair);
    }
  }
  if (!more.empty()) {
    out += (out.empty() ? "" : "&") + more;
  }
  return out;
}

}  // namespace

core::Result<CrawlRequest> WithValue(const CrawlRequest& request, std::string_view into,
                                     const std::string& value, JsonForm form) {
  CrawlRequest next = request;
  auto call = std::make_shared<ApiCall>(*request.call);
  if (into.starts_with(kBodyPrefix)) {
    const std::string name(into.substr(kBodyPrefix.size()));
    const std::string pair = PercentEncode(name) + "=" + PercentEncode(value);
    call->body = call->body_type == kFormType ? ChangedQuery(call->body, {name}, pair)
                                              : WithMember(call->body, name, value, form);
  } else {
    const std::string name(into.substr(std::min(kQueryPrefix.size(), into.size())));
    const std::string pair = PercentEncode(name) + "=" + PercentEncode(value);
    const std::string query = ChangedQuery(request.url.query(), {name}, pair);
    SW_ASSIGN(next.url, core::HttpUrl::Parse(request.url.origin() +
                                             std::string(request.url.path()) + "?" + query));
    if (!call->secret_target.empty()) {
      call->secret_target = call->secret_target.substr(0, call->secret_target.find('?')) + "?" +
                            std::string(next.url.query());
    }
  }
  next.call = std::move(call);
  return next;
}

core::Result<CrawlRequest> WithAddress(const CrawlRequest& request, std::string_view address) {
  SW_ASSIGN(const core::HttpUrl given, core::HttpUrl::Parse(address, request.url));
  if (given.origin() != request.url.origin() || given.has_credentials()) {
    return core::Fail(core::ErrorKind::kForbidden, "the next page is on another host");
  }
  std::set<std::string> secret_names;
  for (const std::string_view pair : Pairs(request.call->secret_query)) {
    secret_names.insert(NameOf(pair));
  }
  const std::string query = ChangedQuery(given.query(), secret_names, {});
  CrawlRequest next = request;
  SW_ASSIGN(next.url, core::HttpUrl::Parse(given.origin() + std::string(given.path()) +
                                           (query.empty() ? "" : "?" + query)));
  auto call = std::make_shared<ApiCall>(*request.call);
  if (!call->secret_target.empty()) {
    // Its path is known only with the secret in it.
    return core::Fail(core::ErrorKind::kForbidden, "the next page's path holds a secret");
  }
  next.call = std::move(call);
  return next;
}

}  // namespace schoolwatch::crawler
