#include "app/intake/report_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kMostNamed = 5;

std::string NamesOf(const std::vector<core::ReceivedFile>& files) {
  std::string names;
  for (std::size_t i = 0; i < files.size() && i < kMostNamed; ++i) {
    const std::string name = files[i].name.empty() ? "a file without a name" : files[i].name;
    names += (names.empty() ? "" : ", ") + name;
  }
  if (files.size() > kMostNamed) {
    names += fmt::format(" and {} more", files.size() - kMostNamed);
  }
  return names;
}

std::string AboutPictures(const ReportTally& tally) {
  const bool one = tally.pictures.size() == 1;
  return fmt::format(
      "We did not keep the {} ({}). Nobody has looked at {}: only the name, the size and a number "
      "that {} recognised by are noted. If words in {} matter, please type them in a new mail, "
      "with "
      "where and when you saw them.\n\nIf {} a child undressed: send it to nobody, do not save it "
      "again, and tell the school's designated safeguarding lead now, by telephone or in person. "
      "You have done nothing wrong by telling us.",
      one ? "picture" : "pictures and videos", NamesOf(tally.pictures), one ? "it" : "them",
      one ? "it can be" : "they can be", one ? "it" : "them",
      one ? "it shows" : "one of them shows");
}

std::string AboutChats(const ReportTally& tally) {
  std::string words =
      fmt::format("{} read: {}. ", tally.chats == 1 ? "The chat was" : "The chats were",
                  Count(tally.messages, "message"));
  const std::size_t others = tally.messages - std::min(tally.messages, tally.messages_kept);
  if (tally.messages_kept == 0) {
    words += "None was found to be a possible concern about the school, so nothing of it was kept.";
  } else {
    words += fmt::format(
        "{} kept as a possible concern, with the message before and after; of the other {}, all "
        "but "
        "these were dropped at once and are kept nowhere. Other people in the chat are not named "
        "in "
        "what is kept, and it is shown to the designated safeguarding lead and the headteacher "
        "alone.",
        tally.messages_kept == 1 ? "One was" : fmt::format("{} were", tally.messages_kept), others);
  }
  return words;
}

}  // namespace

core::Notice AnswerToReporter(const ReportTally& tally) {
  core::Notice notice;
  notice.kind = "report";
  notice.subject = "what you reported has arrived";
  std::vector<std::string> paragraphs;
  paragraphs.emplace_back(
      "Thank you for telling us. A program has read what you sent. If it holds what may be a "
      "concern, the people who look after it at the school have been told; they may not be able to "
      "tell you what they do.");
  if (tally.posts > 0) {
    paragraphs.push_back(tally.posts == 1
                             ? "One post was taken from it."
                             : fmt::format("{} posts were taken from it.", tally.posts));
  }
  if (tally.chats > 0) {
    paragraphs.push_back(AboutChats(tally));
  }
  if (tally.links_closed > 0) {
    paragraphs.emplace_back(
        "A link that you sent could not be read by a program, or may not be. Please write what it "
        "says, who wrote it and when you saw it, in a new mail with the link.");
  }
  if (!tally.pictures.empty()) {
    paragraphs.push_back(AboutPictures(tally));
  }
  if (!tally.not_read.empty()) {
    paragraphs.push_back(
        fmt::format("Not read and not kept: {}. Please type what matters in it in a new mail.",
                    NamesOf(tally.not_read)));
  }
  for (const std::string& trouble : tally.troubles) {
    paragraphs.push_back("One file could not be read: " + trouble + ".");
  }
  if (tally.posts == 0 && tally.chats == 0 && tally.links_opened == 0 && tally.links_closed == 0) {
    paragraphs.emplace_back(
        "No words of a post were found in it. To report one, forward it, or write in a mail what "
        "it says. These lines help, as far as you know them:\n\nPlatform: \n\nLink: \n\nAuthor: "
        "\n\nWhen: ");
  }
  paragraphs.emplace_back(
      "Your mail itself was deleted. Your address is kept apart from what you reported, and no "
      "longer than that.");
  paragraphs.emplace_back(
      "If a child is in danger now, do not wait for us: call 999. This answer was written by a "
      "program.");
  for (const std::string& paragraph : paragraphs) {
    notice.text += (notice.text.empty() ? "" : "\n\n") + paragraph;
  }
  return notice;
}

std::string TallyLine(const ReportTally& tally) {
  std::string line = Count(tally.posts, "post");
  if (tally.chats > 0) {
    line += fmt::format(", {} of a chat ({} kept)", Count(tally.messages, "message"),
                        tally.messages_kept);
  }
  if (tally.links_opened + tally.links_closed > 0) {
    line += fmt::format(", {} ({} read)", Count(tally.links_opened + tally.links_closed, "link"),
                        tally.links_opened);
  }
  if (!tally.pictures.empty()) {
    line += fmt::format(", {} not kept", Count(tally.pictures.size(), "picture"));
  }
  if (!tally.not_read.empty()) {
    line += fmt::format(", {} not read", Count(tally.not_read.size(), "file"));
  }
  for (const std::string& trouble : tally.troubles) {
    line += "; " + trouble;
  }
  return line;
}

}  // namespace schoolwatch::app
