#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// What a reporter says of a post in lines such as "Platform: Snapchat".
struct ReportLabels {
  std::string platform;
  std::string link;
  std::string author;
  std::string when;
  bool operator==(const ReportLabels&) const = default;
};

// Takes such lines from the first dozen lines of `text`, and out of it.
ReportLabels TakeLabels(std::string& text);
// The same of a subject, where they stand beside one another: "Platform: X; Author: Y".
ReportLabels LabelsOfSubject(std::string_view subject);

// A mail, or part of one, that was passed on in the words of another.
struct ForwardedWords {
  std::string from;  // As it stands there.
  std::string date;
  std::string subject;
  std::string text;
  bool operator==(const ForwardedWords&) const = default;
};

struct MailWords {
  std::string own;  // What the sender wrote above it.
  std::vector<ForwardedWords> forwarded;
};

// Splits a mail's text where mail programs put what is passed on: by their lines ("----------
// Forwarded message", "Begin forwarded message:", "-----Original Message-----"), by a block of
// From:, Date: or Sent: and Subject:, or by "On … wrote:" and quoted lines.
MailWords SplitForwarded(std::string_view text);

// Without what people put under their mails: after "-- ", "Kind regards", "Sent from my iPhone".
// Lines that are the sender's name alone go too.
std::string WithoutSignature(std::string_view text, std::string_view sender);

// The http(s) addresses in it, each once, in order; twenty at most.
std::vector<std::string> LinksIn(std::string_view text);
// What is left of it without them; empty where nothing is but signs.
std::string WordsBesideLinks(std::string_view text);

// "snapchat" for what people call it in words or by an address's host; empty: none that is known.
std::string PlatformOfLink(std::string_view link);
std::string PlatformInWords(std::string_view words);
// Where what people write is seen by those whom they wrote to alone.
bool IsPrivatePlatform(std::string_view platform);

// "Re: Fwd: x" without these.
std::string_view WithoutPrefixes(std::string_view subject);

}  // namespace schoolwatch::crawler
