#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/judgement.h"
#include "core/post.h"
#include "core/result.h"
#include "matchers/opinion.h"

namespace schoolwatch::matchers {

// A post that people judged.
struct JudgedPost {
  core::Post post;
  std::vector<core::Category> categories;  // Empty: harmless.
  core::Severity severity = core::Severity::kNone;
  // Words of the school's name, folded, from which nothing is to be learnt.
  std::vector<std::string> names;
};

// A small text classifier (logistic regression over words, pairs of words and their letters) that
// was trained on posts which people judged. It sees what rules cannot: that the words of a post
// are, taken together, like those of others that were a concern. It never decides alone: see
// matchers/opinion.h. Immutable, thread-safe.
class SecondReader {
 public:
  virtual ~SecondReader() = default;

  virtual Opinion Read(const core::Post& post) const = 0;
  // Which model it is: the first 16 hexadecimal digits of its SHA-256.
  virtual const std::string& version() const = 0;
  virtual std::size_t trained_on() const = 0;  // Posts.
};

// Reads a model that TrainSecondReader wrote. kNotFound, kBadInput: no such file, or it is damaged
// or of another version: its checksum is looked at before anything else of it.
core::Result<std::shared_ptr<const SecondReader>> LoadSecondReader(
    const std::filesystem::path& file);

// Trains on `posts` and on `ordinary` ones, which are harmless and about no school, and writes the
// model, whole or not at all. The same posts in the same order
// give the same bytes on one machine. Takes some seconds for some thousand posts. Words
// that stand in ordinary posts only are not kept. kBadInput: too
// few posts of a category to learn anything.
core::Result<void> TrainSecondReader(std::span<const JudgedPost> posts,
                                     std::span<const core::Post> ordinary,
                                     const std::filesystem::path& file);

}  // namespace schoolwatch::matchers
