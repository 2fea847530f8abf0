#include "crawler/platforms/route_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "config/school_checks.h"
#include "core/text/ascii.h"
#include "crawler/platforms/template.h"

namespace schoolwatch::crawler {
namespace {

bool Wants(const WordsSpec& spec, std::string_view kind) {
  return spec.of.empty() ? kind == "names" : std::ranges::find(spec.of, kind) != spec.of.end();
}

// Code points: bytes that go on with none.
std::size_t SizeOf(std::string_view text, const WordsSpec& spec) {
  if (spec.count_bytes) {
    return text.size();
  }
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string Quoted(std::string_view name, const WordsSpec& spec) {
  std::string out = spec.quote;
  for (const char c : name) {
    const bool is_mark = (!spec.quote.empty() && spec.quote.find(c) != std::string::npos) ||
                         (!spec.escape.empty() && spec.escape.find(c) != std::string::npos);
    if (!is_mark) {
      out += c;
    } else if (spec.escape.empty()) {
      out += ' ';
    } else {
      out += spec.escape + c;
    }
  }
  return out + spec.quote;
}

// "QuillbrookAcademy" of "Quillbrook Academy"; "" of a single word, which is no school's alone.
std::string AsHashtag(std::string_view name) {
  std::string tag;
  int words = 0;
  bool at_start = true;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) {
      words += at_start ? 1 : 0;
      tag += at_start ? static_cast<char>(std::toupper(byte)) : c;
      at_start = false;
    } else if (c != '\'') {
      at_start = true;
    }
  }
  return words >= 2 ? tag : std::string();
}

// A name that says which school it is only together with its place.
bool IsCommon(const core::School& school, const std::string& name) {
  core::School bare;
  bare.key = school.key;
  bare.name = name;
  const std::vector<config::SchoolProblem> problems = config::FindSchoolProblems(bare);
  return std::ranges::any_of(problems, [](const auto& problem) { return problem.field == "name"; });
}

class WordList {
 public:
  explicit WordList(const WordsSpec& spec) : spec_(spec) {}

  void AddSchool(const core::School& school) {
    if (Wants(spec_, "names")) {
      AddName(school, school.name);
      for (const std::string& other : school.also) {
        // Short forms ("QA") mean too much elsewhere; in what is read they still count.
        if (config::CheckSchoolName(other)) {
          AddName(school, other);
        }
      }
    }
    for (const std::string& handle : school.handles) {
      AddHandle(handle);
    }
    if (Wants(spec_, "hashtags")) {
      Add(AsHashtag(school.name).empty() ? "" : Mark("#" + AsHashtag(school.name)));
    }
  }
  void AddOwn(const std::string& word) {
    if (word.starts_with('@') || word.starts_with('#')) {
      AddHandle(word);
    } else if (Wants(spec_, "names")) {
      Add(Quoted(word, spec_));
    }
  }

  const std::vector<std::string>& words() const { return words_; }

 private:
  void AddName(const core::School& school, const std::string& name) {
    if (spec_.common.empty() || school.town.empty() || !IsCommon(school, name)) {
      Add(Quoted(name, spec_));
      return;
    }
    const auto both = FillTemplate(
        spec_.common, {{"word", Quoted(name, spec_)}, {"town", Quoted(school.town, spec_)}});
    Add(both ? *both : Quoted(name, spec_));
  }
  void AddHandle(const std::string& handle) {
    if (handle.size() > 1 && Wants(spec_, handle[0] == '#' ? "hashtags" : "handles")) {
      Add(Mark(handle));
    }
  }
  std::string Mark(const std::string& handle) const {
    return spec_.bare ? handle.substr(1) : handle;
  }
  void Add(std::string word) {
    std::string folded = word;
    core::LowerAscii(folded);
    if (!word.empty() && known_.insert(std::move(folded)).second) {
      words_.push_back(std::move(word));
    }
  }

  const WordsSpec& spec_;
  std::vector<std::string> words_;
  std::set<std::string> known_;
};

std::string Whole(const WordsSpec& spec, const std::string& words) {
  const auto whole = FillTemplate(spec.whole, {{"words", words}});
  return whole ? *whole : words;
}

}  // namespace

std::vector<std::string> PlanWords(const WordsSpec& spec, std::span<const core::School> schools,
                                   std::span<const std::string> own,
                                   std::vector<std::string>& notes) {
  WordList list(spec);
  for (const std::string& word : own) {
    list.AddOwn(word);
  }
  for (const core::School& school : own.empty() ? schools : std::span<const core::School>()) {
    list.AddSchool(school);
  }
  std::vector<std::string> values;
  std::string joined;
  const auto finish = [&] {
    if (!joined.empty()) {
      values.push_back(Whole(spec, joined));
      joined.clear();
    }
  };
  for (const std::string& word : list.words()) {
    if (SizeOf(Whole(spec, word), spec) > spec.most) {
      notes.push_back(fmt::format("{} is too long to be asked for: at most {} {}", word, spec.most,
                                  spec.count_bytes ? "bytes" : "characters"));
      continue;
    }
    const std::string longer = joined.empty() ? word : joined + spec.join + word;
    if (!joined.empty() &&
        (spec.one_request_each || SizeOf(Whole(spec, longer), spec) > spec.most)) {
      finish();
      joined = word;
    } else {
      joined = longer;
    }
  }
  finish();
  if (values.size() > spec.most_requests) {
    notes.push_back(fmt::format("the schools' names make {} requests; the first {} are asked",
                                values.size(), spec.most_requests));
    values.resize(spec.most_requests);
  }
  return values;
}

}  // namespace schoolwatch::crawler
