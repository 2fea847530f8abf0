#pragma once

#include <string>
#include <string_view>

#include "crawler/readers/node_text.h"
#include "crawler/readers/xml_node.h"

namespace schoolwatch::crawler {

enum class Pictures { kNo, kYes };

class HtmlParts;

// The words of a text construct (RFC 4287, 3.1; Atom 0.3's modes; RSS's unmarked HTML). `parts`:
// which elements of its mark-up count; may be null.
NodeWords WordsOf(XmlElement element, Pictures pictures, const HtmlParts* parts = nullptr);
// The same on one line: titles, names, dates.
std::string LineOf(XmlElement element);

struct Person {
  std::string name;
  std::string url;
};
Person PersonOf(XmlElement element);

// "Dana K" of "dana@x.example (Dana K)", "Dana K <dana@x.example>", "Dana K"; an address alone
// stays.
std::string AuthorName(std::string_view written);

}  // namespace schoolwatch::crawler
