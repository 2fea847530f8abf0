#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>

#include "config/settings.h"
#include "core/post.h"
#include "core/school.h"

namespace schoolwatch::app {

// Takes out of a text who is meant, so that it can be kept as an example: configured people, the
// author, whatever follows a title, and other words that look like names become "Someone";
// handles, mail and web addresses and telephone numbers lose what is particular. The schools' own
// names and places stay, since examples are about them. It errs towards taking out: a first name
// that is an everyday word as well ("Jack", "Will") goes where it has a capital and does not begin
// a sentence. A name in small letters, or one that no list knows and that is a word, may remain: a
// person has to read it.
class NameMask {
 public:
  NameMask(std::span<const core::School> schools, std::span<const config::Contact> contacts);

  // What of a post may be kept: kind, platform, language, page_of, title and text; the last two
  // masked.
  core::Post Masked(const core::Post& post) const;
  std::string Mask(std::string_view text, std::string_view author = "") const;

 private:
  bool IsName(std::string_view word, std::string_view lower) const;

  std::set<std::string, std::less<>> people_;   // Surnames, in small letters.
  std::set<std::string, std::less<>> schools_;  // Words of schools' names and places.
};

}  // namespace schoolwatch::app
