#include "crawler/readers/redirects.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "config/schema.h"
#include "core/url.h"
#include "crawler/readers/document.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr int kMostInARow = 3;

int HexValue(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

// A value of an address's query, its percent-encoding undone.
std::string Decoded(std::string_view value) {
  std::string out;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const int high = value[at] == '%' && at + 2 < value.size() ? HexValue(value[at + 1]) : -1;
    const int low = high >= 0 ? HexValue(value[at + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
      at += 2;
    } else {
      out += value[at] == '+' ? ' ' : value[at];
    }
  }
  return out;
}

std::string QueryValue(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return Decoded(pair.substr(name.size() + 1));
    }
  }
  return {};
}

}  // namespace

const config::Schema<RedirectList>& RedirectSchema() {
  static const config::Schema<Redirect> kRedirect =
      config::Schema<Redirect>("Redirect", "An address that only leads on.")
          .Field("host", &Redirect::host, config::Text({.max_bytes = 253}),
                 {.help = "Its host.", .required = true, .example = "www.google.com"})
          .Field("path", &Redirect::path, config::Text({.max_bytes = 300}),
                 {.help = "Its whole path.", .required = true, .example = "/url"})
          .Field(
              "parameter", &Redirect::parameters,
              config::ListOf(config::Text({.max_bytes = 64}),
                             {.min_items = 1, .max_items = 10, .one_or_more = true}),
              {.help = "Which value of the query is the address it leads to.", .required = true});
  static const config::Schema<RedirectList> kSchema =
      config::Schema<RedirectList>("RedirectList", "Addresses that only lead on.")
          .Field("redirects", &RedirectList::redirects,
                 config::ListOf(kRedirect, {.max_items = 500, .noun = "redirect"}),
                 {.help = "Each host and path once.", .required = true});
  return kSchema;
}

RedirectTable::RedirectTable(std::vector<Redirect> rows) {
  for (Redirect& row : rows) {
    std::string host = ToAsciiLower(row.host);
    by_host_.emplace(std::move(host), std::move(row));
  }
}

const Redirect* RedirectTable::Find(const std::string& host, const std::string& path) const {
  const auto [begin, end] = by_host_.equal_range(host);
  for (auto row = begin; row != end; ++row) {
    if (row->second.path == path) {
      return &row->second;
    }
  }
  return nullptr;
}

std::optional<std::string> RedirectTable::Unwrap(const std::string& url) const {
  std::optional<std::string> leads_to;
  for (int step = 0; step < kMostInARow; ++step) {
    const std::string& at = leads_to ? *leads_to : url;
    // Most addresses have no query; nothing to be parsed then.
    if (by_host_.empty() || at.find('?') == std::string::npos) {
      break;
    }
    const auto parsed = core::HttpUrl::Parse(at);
    const Redirect* row =
        parsed ? Find(std::string(parsed->host()), std::string(parsed->path())) : nullptr;
    if (row == nullptr) {
      break;
    }
    std::optional<std::string> next;
    for (const std::string& name : row->parameters) {
      if (const auto target = core::HttpUrl::Parse(QueryValue(parsed->query(), name))) {
        next = target->href();
        break;
      }
    }
    if (!next) {
      break;
    }
    leads_to = std::move(next);
  }
  return leads_to;
}

void RedirectTable::UnwrapAll(Document& document) const {
  const auto unwrap = [this](std::string& url) {
    if (auto leads_to = Unwrap(url)) {
      url = *std::move(leads_to);
    }
  };
  for (core::Post& post : document.posts) {
    unwrap(post.url);
    unwrap(post.author_url);
  }
  for (Link& link : document.links) {
    unwrap(link.url);
  }
}

RedirectTable LoadRedirects(const std::filesystem::path& file, config::Diagnostics& problems) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return {};
  }
  const auto section = config::LoadYamlFile(file, problems);
  return section ? RedirectTable(RedirectSchema().Read(*section, problems).redirects)
                 : RedirectTable();
}

}  // namespace schoolwatch::crawler
