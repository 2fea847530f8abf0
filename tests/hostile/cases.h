#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tests/hostile/script.h"
#include "tests/hostile/server.h"

namespace schoolwatch::hostile {

// How schoolwatch has to take what a host does.
enum class Outcome {
  kRead,        // Its own address gave a document that was read; no trouble.
  kReported,    // And the concern in it was reported.
  kUnreadable,  // A document came that no reader takes: trouble with these words.
  kFailed,      // Nothing was had: trouble with these words.
  kReadSafely,  // Read, or refused for a reason with these words: what counts is who is asked.
  kRefused,     // Deliberately not fetched, for a reason with these words.
};

// One host that misbehaves: NAME.example.
struct Case {
  std::string name;
  std::string does;  // For people.
  std::function<Script(const Asked&)> site{};
  Outcome outcome = Outcome::kRead;
  std::string words{};  // Of the trouble, or of the refusal's reason and detail.
  std::string keys{};   // Of the source in sources.yaml, beside its url: "reader: html, …".
  std::string target = "/page";
  std::function<Script(const Asked&)> robots{};  // Empty: 404.
  Opening opening = Opening::kPlain;
  bool by_name = false;  // Found by a name look-up, not sent to the server by --connect-to.
  std::string note{};    // Words of a `note`, `refused` or `failed` line of that source, if any.
};

// Everything, in the order of sources.yaml. `port` is the server's plain one.
std::vector<Case> AllCases(std::uint16_t port);

// The parts, by subject.
void AddTransportCases(std::vector<Case>& cases);
void AddEncodingCases(std::vector<Case>& cases);
void AddRedirectCases(std::vector<Case>& cases, std::uint16_t port);
void AddRobotsCases(std::vector<Case>& cases);
void AddPageCases(std::vector<Case>& cases);
void AddFeedCases(std::vector<Case>& cases);
// A reset after each byte of a page's answer, and of a robots.txt's.
void AddResetCases(std::vector<Case>& cases);
// Hosts that do nothing wrong, among the others.
void AddHealthyCases(std::vector<Case>& cases);

// The site that says the same to everybody.
std::function<Script(const Asked&)> Always(Script script);
std::string Repeat(std::string_view text, std::size_t times);
// A page and a feed with a concern about Quillbrook Academy; `rest` follows the concern.
std::string ConcernPage(std::string_view who, std::string_view rest = {});
std::string ConcernFeed(std::string_view who, std::string_view rest = {});

}  // namespace schoolwatch::hostile
