#include "matchers/second_reader.h"

#include <fasttext/args.h>
#include <fasttext/fasttext.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "matchers/reading_form.h"

namespace schoolwatch::matchers {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLabel = "__label__";
constexpr std::string_view kHarmless = "harmless";
// The file: fastText's own bytes, which it reads by itself and which say how long they are, and
// after them a line "schoolwatch second reader 1 POSTS SHA256\n".
constexpr std::string_view kMagic = "\nschoolwatch second reader 1 ";
constexpr std::uintmax_t kMaxFile = 64u << 20;
constexpr std::size_t kLeastPosts = 20;  // Of each category, and harmless ones.

core::Result<std::string> ReadFile(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) {
    return core::Fail(core::ErrorKind::kNotFound, file.string() + ": " + error.message());
  }
  if (size > kMaxFile) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("{}: larger than {} MB", file.string(), kMaxFile >> 20));
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    return core::Fail(core::ErrorKind::kNotFound, file.string() + ": cannot be read");
  }
  return bytes;
}

core::Result<void> WriteFile(const fs::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    return core::Fail(core::ErrorKind::kUnavailable, file.string() + ": cannot be written");
  }
  return {};
}

class FastTextReader final : public SecondReader {
 public:
  FastTextReader(std::string version, std::size_t trained_on)
      : version_(std::move(version)), trained_on_(trained_on) {}

  core::Result<void> Load(const fs::path& file) {
    try {
      fast_text_.loadModel(file.string());
    } catch (const std::exception& e) {
      return core::Fail(core::ErrorKind::kBadInput, e.what());
    }
    return {};
  }

  Opinion Read(const core::Post& post) const override {
    std::istringstream line(ReadingForm(post) + "\n");
    std::vector<std::pair<fasttext::real, std::string>> labels;
    fast_text_.predictLine(line, labels, 4, 0.0F);
    Opinion likely{};
    for (const auto& [probability, label] : labels) {
      if (const auto category =
              core::ParseCategory(std::string_view(label).substr(kLabel.size()))) {
        likely[static_cast<std::size_t>(*category)] = std::clamp<double>(probability, 0, 1);
      }
    }
    return likely;
  }
  const std::string& version() const override { return version_; }
  std::size_t trained_on() const override { return trained_on_; }

 private:
  std::string version_;
  std::size_t trained_on_;
  fasttext::FastText fast_text_;
};

// A folder beside `file` that is gone at the end.
class WorkFolder {
 public:
  explicit WorkFolder(const fs::path& file)
      : path_(file.string() + ".training-" + core::RandomHex(4)) {}
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  core::Result<void> Make() const {
    std::error_code error;
    fs::create_directory(path_, error);
    if (!error) {
      fs::permissions(path_, fs::perms::owner_all, error);
    }
    if (error) {
      return core::Fail(core::ErrorKind::kUnavailable, path_.string() + ": " + error.message());
    }
    return {};
  }
  fs::path operator/(std::string_view name) const { return path_ / name; }

 private:
  fs::path path_;
};

fasttext::Args TrainingArgs(const std::string& input) {
  fasttext::Args args;
  args.input = input;
  args.model = fasttext::model_name::sup;
  args.loss = fasttext::loss_name::ova;
  args.lr = 1.0;
  args.epoch = 40;
  args.dim = 16;
  args.wordNgrams = 2;
  args.minn = 3;
  args.maxn = 5;
  args.minCount = 1;
  args.bucket = 50'000;
  args.thread = 1;  // More would make every run another model.
  args.verbose = 0;
  return args;
}

}  // namespace

core::Result<std::shared_ptr<const SecondReader>> LoadSecondReader(const fs::path& file) {
  SW_ASSIGN(const std::string bytes, ReadFile(file));
  const auto refuse = [&file](std::string_view why) {
    return core::Fail(
        core::ErrorKind::kBadInput,
        fmt::format("{}: {}; train it again with `schoolwatch rules train`", file.string(), why));
  };
  const std::size_t end = bytes.rfind(kMagic);
  if (end == std::string::npos) {
    return refuse("is no second reader, or is cut off");
  }
  const std::string_view model = std::string_view(bytes).substr(0, end);
  std::istringstream fields(bytes.substr(end + kMagic.size()));
  std::size_t posts = 0;
  std::string digest;
  if (!(fields >> posts >> digest) || core::ToHex(core::HashSha256(model)) != digest) {
    return refuse("is damaged");
  }
  auto reader = std::make_shared<FastTextReader>(digest.substr(0, 16), posts);
  if (const auto loaded = reader->Load(file); !loaded) {
    return refuse(loaded.error().message);
  }
  return reader;
}

core::Result<void> TrainSecondReader(std::span<const JudgedPost> posts, const fs::path& file) {
  std::array<std::size_t, 4> counts{};
  std::string lines;
  for (const JudgedPost& judged : posts) {
    for (const core::Category category : judged.categories) {
      lines += fmt::format("{}{} ", kLabel, core::CategoryName(category));
      ++counts[static_cast<std::size_t>(category)];
    }
    if (judged.categories.empty()) {
      lines += fmt::format("{}{} ", kLabel, kHarmless);
      ++counts[3];
    }
    lines += ReadingForm(judged.post);
    lines += '\n';
  }
  if (std::ranges::min(counts) < kLeastPosts) {
    return core::Fail(
        core::ErrorKind::kBadInput,
        fmt::format("too little to learn from: {} safeguarding, {} defamatory, {} reputational and "
                    "{} harmless posts; at least {} of each are needed",
                    counts[0], counts[1], counts[2], counts[3], kLeastPosts));
  }
  const WorkFolder folder(file);
  SW_TRY(folder.Make());
  const fs::path input = folder / "posts.txt";
  const fs::path output = folder / "model.bin";
  SW_TRY(WriteFile(input, lines));
  try {
    fasttext::FastText fast_text;
    fast_text.train(TrainingArgs(input.string()));
    fast_text.saveModel(output.string());
  } catch (const std::exception& e) {
    return core::Fail(core::ErrorKind::kUnavailable, std::string("training failed: ") + e.what());
  }
  SW_ASSIGN(const std::string model, ReadFile(output));
  const fs::path whole = folder / "whole";
  SW_TRY(WriteFile(whole, fmt::format("{}{}{} {}\n", model, kMagic, posts.size(),
                                      core::ToHex(core::HashSha256(model)))));
  std::error_code error;
  fs::rename(whole, file, error);
  if (error) {
    return core::Fail(core::ErrorKind::kUnavailable, file.string() + ": " + error.message());
  }
  return {};
}

}  // namespace schoolwatch::matchers
