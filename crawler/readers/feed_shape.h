#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

struct Recipe;

// Makes posts that a feed's reader read what the platform's recipe says they are: their kind, the
// platform's own lines dropped, its sources as authors.
void ShapeFeed(const Recipe& recipe, Document& document);

// "https://lemmy.example/u/tamsin" in place of a name: the address is the author's page.
void SettleAuthor(core::Post& post);

// `text` without the lines that one of `patterns` is, in which "*" stands for anything. Linear in
// the text times the patterns.
std::string WithoutLines(std::string_view text, const std::vector<std::string>& patterns);

}  // namespace schoolwatch::crawler
