// Whatever a post holds, the mail about it is well formed: our headers and no others, one
// recipient, two parts, no control byte, no element that no template holds. The input is cut at
// NULs into the fields of two findings of a case.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/composer.h"
#include "core/text/fold.h"

#ifndef SW_SOURCE_DIR
#define SW_SOURCE_DIR "."
#endif

namespace {

using schoolwatch::alerts::AlertBatch;
using schoolwatch::alerts::Composer;
using schoolwatch::alerts::MailMessage;

std::unique_ptr<Composer> MakeComposer(const char* display) {
  auto composer = Composer::Make({.from = "alerts@quillbrook.example",
                                  .display = display,
                                  .templates_folder = SW_SOURCE_DIR "/config/templates"});
  if (!composer.has_value()) {
    std::abort();
  }
  return std::move(*composer);
}

// Takes fields from the front of the input, then empty ones.
class Fields {
 public:
  explicit Fields(std::string_view rest) : rest_(rest) {}
  std::string Next() {
    const std::size_t end = std::min(rest_.find('\0'), rest_.size());
    std::string field(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return field;
  }
  std::size_t NextNumber() {
    std::size_t number = 0;
    const std::string field = Next();
    std::memcpy(&number, field.data(), std::min(field.size(), sizeof(number)));
    return field.size() < 3 ? number : number % 300;
  }

 private:
  std::string_view rest_;
};

void Require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

// Every tag that stands in a template, as it stands there. What is filled into one (an address, a
// colour) is cut out, as it is in what is checked.
std::string WithoutValues(std::string tag) {
  for (const std::string_view open : {"href=\"", "line-height:24px;"}) {
    const std::size_t start = tag.find(open);
    if (start != std::string::npos) {
      const std::size_t value = start + open.size();
      const std::size_t end = tag.find('"', value);
      tag.erase(value, std::min(end, tag.size()) - value);
    }
  }
  return tag;
}

std::set<std::string> TagsOf(std::string_view html) {
  std::set<std::string> tags;
  while (!html.empty()) {
    const std::size_t start = std::min(html.find('<'), html.size());
    html.remove_prefix(start);
    const std::size_t end = html.find('>');
    if (html.empty()) {
      break;
    }
    Require(end != std::string_view::npos);
    tags.insert(WithoutValues(std::string(html.substr(0, end + 1))));
    html.remove_prefix(end + 1);
  }
  return tags;
}

// The badge of a list's entry has its colour in the middle.
std::string ForComparison(std::string tag) {
  return tag.starts_with("<span style=") ? "<span style>" : tag;
}

const std::set<std::string>& OurTags() {
  static const std::set<std::string> tags = [] {
    std::set<std::string> all;
    for (const auto& file :
         std::filesystem::directory_iterator(SW_SOURCE_DIR "/config/templates")) {
      if (file.path().string().ends_with(".html.mustache")) {
        std::ifstream in(file.path());
        for (const std::string& tag : TagsOf(std::string(std::istreambuf_iterator<char>(in), {}))) {
          all.insert(ForComparison(tag));
        }
      }
    }
    return all;
  }();
  return tags;
}

void CheckMessage(const MailMessage& message) {
  for (const std::string& tag : TagsOf(message.html)) {
    Require(OurTags().contains(ForComparison(tag)));
  }
  Require(schoolwatch::core::IsValidUtf8(message.html));
  Require(schoolwatch::core::IsValidUtf8(message.subject));
  Require(schoolwatch::core::IsValidUtf8(message.text));
  const std::string_view bytes = message.rfc5322;
  std::size_t line = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Require(bytes[i] != '\0' && bytes[i] != '\n' && line <= 998);
    ++line;
    if (bytes[i] == '\r') {
      Require(++i < bytes.size() && bytes[i] == '\n');
      line = 0;
    }
  }
  constexpr std::array<std::string_view, 13> kOurs{"From",
                                                   "To",
                                                   "Subject",
                                                   "Date",
                                                   "Message-Id",
                                                   "References",
                                                   "MIME-Version",
                                                   "Auto-Submitted",
                                                   "Content-Type",
                                                   "X-Priority",
                                                   "Importance",
                                                   "X-Auto-Response-Suppress",
                                                   "Content-Language"};
  std::string_view headers = bytes.substr(0, bytes.find("\r\n\r\n"));
  while (!headers.empty()) {
    const std::size_t end = std::min(headers.find("\r\n"), headers.size());
    const std::string_view header = headers.substr(0, end);
    headers.remove_prefix(std::min(end + 2, headers.size()));
    Require(header.starts_with(' ') || header.starts_with('\t') ||
            std::ranges::find(kOurs, header.substr(0, header.find(':'))) != kOurs.end());
  }
  std::size_t boundaries = 0;
  for (std::size_t at = bytes.find("\r\n--=_sw_"); at != std::string_view::npos;
       at = bytes.find("\r\n--=_sw_", at + 1)) {
    ++boundaries;
  }
  Require(boundaries == 3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<std::unique_ptr<Composer>, 3> composers{
      MakeComposer("masked"), MakeComposer("snippet"), MakeComposer("full")};
  const std::unique_ptr<char[]> exact(new char[size]);
  std::copy_n(reinterpret_cast<const char*>(data), size, exact.get());
  Fields fields({exact.get(), size});

  AlertBatch batch;
  batch.batch.message_id = "alert-0123456789abcdef@quillbrook.example";
  batch.batch.recipient = "dsl@quillbrook.example";
  batch.batch.delivery = static_cast<schoolwatch::core::Delivery>(fields.NextNumber() % 4);
  batch.entries.resize(2);
  schoolwatch::core::Finding& finding = batch.entries[0].finding;
  finding.post.text = fields.Next();
  finding.post.title = fields.Next();
  finding.post.author = fields.Next();
  finding.post.url = fields.Next();
  finding.post.thread_title = fields.Next();
  finding.post.published_text = fields.Next();
  finding.post.source = fields.Next();
  batch.entries[0].case_now.id = fields.Next();
  batch.school_name = fields.Next();
  finding.judgement.rules_version = fields.Next();
  finding.judgement.categories = {
      static_cast<schoolwatch::core::Category>(fields.NextNumber() % 3)};
  finding.judgement.severity = static_cast<schoolwatch::core::Severity>(fields.NextNumber() % 5);
  for (int hit = 0; hit < 3; ++hit) {
    schoolwatch::core::Hit& one = finding.judgement.hits.emplace_back();
    one.weight = 1;
    one.start = fields.NextNumber();
    one.end = fields.NextNumber();
    one.why = fields.Next();
    one.rule = fields.Next();
    one.field = hit == 2 ? schoolwatch::core::PostField::kTitle : one.field;
  }
  schoolwatch::alerts::AlertEntry& entry = batch.entries[0];
  entry.reason = fields.Next();
  entry.source_title = fields.Next();
  entry.withheld = {fields.Next()};
  entry.versions.resize(1);
  entry.versions[0].text = fields.Next();
  entry.case_now.history.resize(1);
  entry.case_now.history[0].kind = schoolwatch::core::CaseEventKind::kGone;
  entry.case_now.history[0].about = fields.Next();
  batch.answers.push_back(
      {entry.case_now.id, fields.Next(), fields.Next(), fields.Next(), fields.Next()});
  batch.batch.items.resize(1);
  batch.batch.items[0].role = fields.Next();
  finding.judgement.topics = {fields.Next()};
  finding.fetched_at = schoolwatch::core::Timestamp(std::chrono::milliseconds(1));
  batch.entries[1] = entry;
  for (const std::unique_ptr<Composer>& composer : composers) {
    const auto message = composer->Compose(batch);
    Require(message.has_value());
    CheckMessage(*message);
  }
  return 0;
}
