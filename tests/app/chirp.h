#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/platforms/platform.h"
#include "net/fetcher.h"
#include "net/http_post.h"

namespace schoolwatch::app {

// A made-up platform, Chirp: logins that end, pages, a paid search, deletions, notes by id. What it
// was asked for and what it billed is its own count.
class Chirp {
 public:
  struct Note {
    std::string id;
    std::string text;
    std::string at = "2026-11-20T17:00:00Z";
    bool deleted = false;
  };

  net::Response Answer(const net::Request& request);
  net::PostAnswer Post(std::string_view url, const net::Headers& headers, std::string_view body);

  std::vector<Note> notes;    // The newest first.
  std::size_t page_size = 2;  // Of free searches.
  std::string password = "correct horse battery";
  std::string access;  // That is good now; empty: none.
  std::string refresh;
  int logins = 0;
  int refreshes = 0;
  int searches = 0;
  int paid = 0;
  bool forgets = false;  // Its search finds nothing any more; notes can be had by id all the same.
  std::vector<std::string> asked;                             // Targets of notes by id.
  std::uint64_t billed = 0;                                   // Millionths.
  std::vector<std::string> targets;                           // Of searches, in their order.
  std::map<std::string, net::Response, std::less<>> instead;  // By path: an answer once.
  bool refuse_all = false;                                    // No token is any good.

 private:
  std::string Page(std::string_view target, std::size_t size);
  std::string ById(std::string_view target) const;
};

// Its file, as text, with every address at `origin`; and what that loads to, without the gap.
std::string ChirpFile(std::string_view origin);
std::shared_ptr<const crawler::Platform> MakeChirp(std::string_view origin);

}  // namespace schoolwatch::app
