#include "app/access/held_lines.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <ostream>
#include <string>
#include <string_view>

#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

std::string Text(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

std::string Joined(const json::array& words) {
  std::string line;
  for (const json::value& word : words) {
    line += (line.empty() ? "" : ", ") + std::string(word.as_string());
  }
  return line;
}

// What the program made of a post is held about its author too.
void PrintJudgement(const json::object& judgement, std::size_t width, std::ostream& out) {
  const std::string categories = Joined(judgement.at("categories").as_array());
  const std::string topics = Joined(judgement.at("topics").as_array());
  out << Wrap(fmt::format("Judged by rules: {}, {}{}",
                          categories.empty() ? "no concern" : "possibly " + categories,
                          Text(judgement, "severity"), topics.empty() ? "" : "; about " + topics),
              4, width);
  for (const json::value& value : judgement.at("hits").as_array()) {
    const json::object& hit = value.as_object();
    const std::string words = Text(hit, "text");  // None where all of the text told.
    out << Wrap(SafeForTerminal((words.empty() ? "because: " : "because of “" + words + "”: ") +
                                Text(hit, "why")),
                6, width);
  }
}

void PrintVersion(const json::object& version, std::size_t width, std::ostream& out) {
  out << fmt::format("    As read {}:\n", Text(version, "read"));
  for (const char* const part : {"title", "text"}) {
    if (const std::string text = Text(version, part); !text.empty()) {
      out << Wrap(SafeForTerminal(text), 6, width);
    }
  }
}

void PrintPosts(std::string_view heading, const json::array& posts, std::size_t width,
                std::ostream& out) {
  if (posts.empty()) {
    return;
  }
  out << '\n' << heading << '\n';
  for (const json::value& value : posts) {
    const json::object& finding = value.as_object();
    const json::object& post = finding.at("post").as_object();
    out << '\n'
        << Wrap(Text(post, "published") + "  " + SafeForTerminal(Text(post, "url")), 2, width);
    for (const char* const part : {"title", "text", "quoted"}) {
      if (const std::string text = Text(post, part); !text.empty()) {
        out << Wrap(SafeForTerminal(text), 4, width);
      }
    }
    PrintJudgement(finding.at("judgement").as_object(), width, out);
    const json::value* const versions = finding.if_contains("versions");
    for (const json::value& one : versions != nullptr ? versions->as_array() : json::array()) {
      PrintVersion(one.as_object(), width, out);
    }
  }
}

void PrintCases(const json::array& cases, std::size_t width, std::ostream& out) {
  if (!cases.empty()) {
    out << "\nCases that these belong to, or that name it\n";
  }
  for (const json::value& value : cases) {
    const json::object& one = value.as_object();
    const std::string outcome(Text(one, "outcome"));
    out << fmt::format("\n  {}  {}  {}{}{}\n", Text(one, "case"), Text(one, "opened"),
                       Text(one, "state"), outcome.empty() ? "" : ": ", outcome)
        << Wrap(SafeForTerminal(Text(one, "title")), 4, width);
    for (const json::value& event_value : one.at("history").as_array()) {
      const json::object& event = event_value.as_object();
      out << Wrap(fmt::format("{}  {} {}  {}", Text(event, "at"), Text(event, "what"),
                              Text(event, "about"), SafeForTerminal(Text(event, "reason"))),
                  4, width);
    }
  }
}

void PrintEvidence(const json::object& all, std::size_t width, std::ostream& out) {
  const json::array& own = all.at("evidence").as_array();
  if (!own.empty()) {
    out << "\nEvidence kept of these posts (the part of the page itself: --json)\n";
  }
  for (const json::value& value : own) {
    const json::object& one = value.as_object();
    out << Wrap(fmt::format("{}  {}  {} bytes of the page, SHA-256 of the whole page {}",
                            Text(one, "fetched_at"), SafeForTerminal(Text(one, "url")),
                            Text(one, "part_of_the_page").size(), Text(one, "page_sha256")),
                2, width);
  }
  const json::array& pages = all.at("named_in_evidence_of_others").as_array();
  if (!pages.empty()) {
    out << "\nEvidence kept of others' posts that names it or leads there (the same)\n";
  }
  for (const json::value& value : pages) {
    const json::object& one = value.as_object();
    out << fmt::format("  {}  {} bytes of the page\n", Text(one, "fetched_at"),
                       Text(one, "part_of_the_page").size());
  }
}

}  // namespace

void PrintHeld(const json::object& all, std::size_t width, std::ostream& out) {
  out << Wrap(fmt::format("What is held about the public name “{}”, as of {}",
                          SafeForTerminal(Text(all, "name")), Text(all, "as_of")),
              0, width);
  PrintPosts("Posts under this name", all.at("posts").as_array(), width, out);
  PrintPosts("Posts of others that name it", all.at("named_in_posts_of_others").as_array(), width,
             out);
  PrintPosts("Posts of others that quote these posts or lead there",
             all.at("posts_of_others_that_lead_there").as_array(), width, out);
  const json::array& versions = all.at("named_in_earlier_versions_of_others").as_array();
  if (!versions.empty()) {
    out << "\nEarlier versions of others' posts that name it\n";
  }
  for (const json::value& version : versions) {
    PrintVersion(version.as_object(), width, out);
  }
  PrintCases(all.at("cases").as_array(), width, out);
  PrintEvidence(all, width, out);
  const json::array& notes = all.at("notes").as_array();
  if (!notes.empty()) {
    out << "\nNotes that name it, such as reasons for looks\n";
  }
  for (const json::value& value : notes) {
    const json::object& note = value.as_object();
    out << Wrap(SafeForTerminal(Text(note, "note") + ": " + Text(note, "line")), 2, width);
  }
  const json::array& examples = all.at("kept_examples").as_array();
  const json::object& records = all.at("other_records").as_object();
  if (!records.empty() || !examples.empty()) {
    out << "\nOther records\n";
  }
  for (const auto& [kind, count] : records) {
    out << fmt::format("  {}: {}\n", std::string_view(kind), count.to_number<std::size_t>());
  }
  if (!examples.empty()) {
    out << fmt::format("  examples for rules, with names masked: {}\n", examples.size());
  }
}

}  // namespace schoolwatch::app
