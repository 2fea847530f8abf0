#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"

namespace schoolwatch::config {
template <class T>
class Schema;
}  // namespace schoolwatch::config

namespace schoolwatch::crawler {

struct Document;

// An address that only leads on: the one it leads to stands in its query.
struct Redirect {
  std::string host;                     // "www.google.com"
  std::string path;                     // "/url"
  std::vector<std::string> parameters;  // Of the query; the first that is an http(s) address.
};

// Addresses of search engines and networks that count clicks, by data: without asking them, whoever
// reads an answer knows where its links lead. Immutable.
class RedirectTable {
 public:
  RedirectTable() = default;
  explicit RedirectTable(std::vector<Redirect> rows);

  // Where `url` leads; nothing where it is no such address. Follows at most three in a row.
  std::optional<std::string> Unwrap(const std::string& url) const;
  // The same of all addresses in a document.
  void UnwrapAll(Document& document) const;

 private:
  const Redirect* Find(const std::string& host, const std::string& path) const;
  std::multimap<std::string, Redirect> by_host_;
};

struct RedirectList {
  std::vector<Redirect> redirects;
};
const config::Schema<RedirectList>& RedirectSchema();

// redirects.yaml; what is wrong goes into `problems`. A missing file is an empty table.
RedirectTable LoadRedirects(const std::filesystem::path& file, config::Diagnostics& problems);

}  // namespace schoolwatch::crawler
