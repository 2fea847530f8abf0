#include "app/archive/archive_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "app/archive/case_archive.h"
#include "app/archive/warc.h"
#include "app/terminal.h"
#include "core/hash.h"
#include "core/time.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostProblems = 100;
constexpr std::size_t kMaxRecordBytes = 4u << 20;
constexpr std::size_t kMaxRecords = 100'000;

// Fields of foreign JSON: what is missing or of another kind is empty, and so fails its check.
std::string TextAt(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::uint64_t NumberAt(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) {
    return 0;
  }
  boost::system::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

const json::array& ListAt(const json::object& object, std::string_view name) {
  static const json::array kNone;
  const json::value* value = object.if_contains(name);
  const json::array* list = value == nullptr ? nullptr : value->if_array();
  return list == nullptr ? kNone : *list;
}

const json::object& ObjectAt(const json::value& value) {
  static const json::object kNone;
  const json::object* object = value.if_object();
  return object == nullptr ? kNone : *object;
}

std::optional<json::object> ParseObject(std::string_view text) {
  json::parse_options options;
  options.max_depth = 8;
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) {
    return std::nullopt;
  }
  return std::move(value.get_object());
}

std::string HexHash(std::string_view bytes) { return core::ToHex(core::HashSha256(bytes)); }

// Bytes of hexadecimal digits; empty where they are none.
std::string FromHex(std::string_view hex) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string bytes;
  if (hex.size() % 2 != 0) {
    return {};
  }
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const std::size_t high = kDigits.find(hex[i]);
    const std::size_t low = kDigits.find(hex[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return {};
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

// One line of audit.log.
struct LogLine {
  std::uint64_t number = 0;
  std::string hash;
  std::string what;
  std::string content;
};

class Checker {
 public:
  explicit Checker(std::string_view bytes, const ZipLimits& limits)
      : contents_(ReadZip(bytes, limits)) {}

  ArchiveReport Check() {
    for (std::string& problem : contents_.problems) {
      Tell(std::move(problem));
    }
    if (!report_.problems.empty()) {
      // Tools that unpack and pack write another zip of the same files.
      report_.notes.push_back(
          "an archive that was opened and packed anew is never as it was written, though its files "
          "may be: docs/evidence.md says how they are checked by hand");
    }
    const std::string* manifest = Find(kManifestFile);
    if (manifest == nullptr) {
      Tell("the archive has no manifest.json");
      return std::move(report_);
    }
    std::optional<json::object> parsed = ParseObject(*manifest);
    if (!parsed || TextAt(*parsed, "format") != "schoolwatch case archive") {
      Tell("manifest.json is no manifest of an exported case");
      return std::move(report_);
    }
    manifest_ = std::move(*parsed);
    if (NumberAt(manifest_, "version") != 1) {
      Tell("manifest.json is of a version that this schoolwatch does not know");
      return std::move(report_);
    }
    report_.case_id = TextAt(manifest_, "case");
    report_.exported_at = TextAt(manifest_, "exported_at");
    // Archives of before do not say it, and count each text of an edited post.
    report_.posts = manifest_.contains("posts") ? NumberAt(manifest_, "posts")
                                                : ListAt(manifest_, "evidence").size();
    if (report_.case_id.empty()) {
      Tell("manifest.json names no case");
    }
    CheckFiles();
    CheckTime();
    CheckLog();
    CheckRecords();
    CheckEvidence();
    report_.evidence = statements_.size();
    return std::move(report_);
  }

 private:
  void Tell(std::string problem) {
    if (report_.problems.size() < kMostProblems) {
      report_.problems.push_back(std::move(problem));
    }
  }

  const std::string* Find(std::string_view name) const {
    const auto file = std::ranges::find(contents_.files, name, &ArchivedFile::name);
    return file == contents_.files.end() ? nullptr : &file->bytes;
  }

  void CheckFiles() {
    std::set<std::string> listed{std::string(kManifestFile)};
    for (const json::value& value : ListAt(manifest_, "files")) {
      const json::object& line = ObjectAt(value);
      const std::string name = TextAt(line, "name");
      listed.insert(name);
      const std::string* bytes = Find(name);
      if (bytes == nullptr) {
        Tell(fmt::format("'{}' is missing from the archive", SafeForTerminal(name)));
      } else if (HexHash(*bytes) != TextAt(line, "sha256") ||
                 bytes->size() != NumberAt(line, "bytes")) {
        Tell(fmt::format("'{}' is not the file that manifest.json lists: one of both was changed",
                         SafeForTerminal(name)));
      }
    }
    for (const ArchivedFile& file : contents_.files) {
      if (!listed.contains(file.name)) {
        Tell(fmt::format("'{}' is in the archive, but not in manifest.json", file.name));
      }
    }
    for (const std::string_view name : {kPageFile, kWarcFile, kAuditFile, kReadmeFile}) {
      if (!listed.contains(std::string(name))) {
        Tell(fmt::format("manifest.json does not list '{}'", name));
      }
    }
  }

  // The files' times are under no other hash.
  void CheckTime() {
    const core::Result<core::Timestamp> at = core::ParseRfc3339(report_.exported_at);
    if (!at) {
      return Tell("manifest.json says no time of the export");
    }
    if (!contents_.problems.empty()) {
      return;
    }
    const std::string header = WriteZip(std::span(contents_.files).first(1), *at).substr(0, 30);
    if (!contents_.first_header.starts_with(header)) {
      Tell("the time of the files in the archive is not that of the export in manifest.json");
    }
  }

  void CheckLog() {
    const std::string* log = Find(kAuditFile);
    if (log == nullptr) {
      return;
    }
    std::string_view rest = *log;
    for (std::size_t line = 1; !rest.empty(); ++line) {
      const std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) {
        Tell("audit.log is cut in its last line");
        break;
      }
      CheckLogLine(line, rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    report_.audit_entries = log_.size();
    const json::value* head = manifest_.if_contains("audit_head");
    const json::object& last = head == nullptr ? ObjectAt(json::value()) : ObjectAt(*head);
    report_.log_entries = NumberAt(last, "number");
    report_.log_head = TextAt(last, "hash");
    if (log_.empty() || log_.back().hash != report_.log_head ||
        log_.back().number != report_.log_entries) {
      Tell("audit.log does not end with the entry that manifest.json names");
    }
  }

  void CheckLogLine(std::size_t line, std::string_view text) {
    constexpr std::size_t kHashDigits = 64;
    const auto tell = [&](std::string_view what) {
      Tell(fmt::format("audit.log, line {}: {}", line, what));
    };
    const bool shaped = text.size() > 2 * kHashDigits + 2 && text[kHashDigits] == ' ' &&
                        text[2 * kHashDigits + 1] == ' ';
    if (!shaped) {
      return tell("it is no entry");
    }
    const std::string hash(text.substr(0, kHashDigits));
    const std::string previous = FromHex(text.substr(kHashDigits + 1, kHashDigits));
    const std::string_view entry = text.substr(2 * kHashDigits + 2);
    const std::optional<json::object> parsed = ParseObject(entry);
    if (previous.empty() || HexHash(previous + std::string(entry)) != hash) {
      tell("it was changed: its bytes do not have its hash");
    }
    if (!parsed) {
      return tell("it is no entry");
    }
    const std::uint64_t before = log_.empty() ? 0 : log_.back().number;
    const std::string before_hash = log_.empty() ? "" : log_.back().hash;
    if (TextAt(*parsed, "case") != report_.case_id) {
      tell("it is of another case");
    }
    if (NumberAt(*parsed, "case_entry") != log_.size() + 1 ||
        NumberAt(*parsed, "case_before") != before) {
      tell("an entry before it is missing, or it stands out of its place");
    } else if (TextAt(*parsed, "case_previous") != before_hash) {
      tell("it names another hash for the entry before it: one of both was replaced");
    }
    log_.push_back(
        {NumberAt(*parsed, "number"), hash, TextAt(*parsed, "what"), TextAt(*parsed, "content")});
  }

  void CheckRecords() {
    const std::string* warc = Find(kWarcFile);
    if (warc == nullptr) {
      return;
    }
    const json::array& places = ListAt(manifest_, "records");
    if (places.size() > kMaxRecords) {
      return Tell("manifest.json lists more records than a case has");
    }
    std::size_t at = 0;
    std::size_t number = 0;
    for (const json::value& value : places) {
      const json::object& place = ObjectAt(value);
      ++number;
      const std::string finding = TextAt(place, "finding");
      std::string name = fmt::format("evidence.warc.gz, record {}", number);
      if (!finding.empty()) {  // Else it is about the file itself.
        ++report_.records;
        name += fmt::format(" ({} of finding {})", SafeForTerminal(TextAt(place, "type")),
                            SafeForTerminal(finding));
      }
      const std::uint64_t length = NumberAt(place, "length");
      if (NumberAt(place, "offset") != at || length == 0 || length > warc->size() - at) {
        return Tell(name + ": manifest.json does not say where it lies, or the file was cut");
      }
      CheckRecord(name, std::string_view(*warc).substr(at, length), place, finding);
      at += length;
    }
    if (at != warc->size()) {
      Tell("evidence.warc.gz: behind its last record stand bytes that manifest.json does not list");
    }
  }

  void CheckRecord(const std::string& name, std::string_view member, const json::object& place,
                   const std::string& finding) {
    if (HexHash(member) != TextAt(place, "sha256")) {
      Tell(name + ": it was changed");
    }
    const core::Result<std::string> text = GunzipMember(member, kMaxRecordBytes);
    if (!text) {
      return Tell(name + ": " + text.error().message);
    }
    const core::Result<WarcRecord> record = ParseWarcRecord(*text);
    if (!record) {
      return Tell(name + ": " + record.error().message);
    }
    if (record->Field("WARC-Type") != TextAt(place, "type")) {
      Tell(name + ": it is of another type than manifest.json says");
    }
    if (record->Field("WARC-Block-Digest") != WarcDigest(record->block)) {
      Tell(name + ": its content does not have the digest in its header");
    }
    if (record->Field("WARC-Type") == "resource") {
      fragments_.emplace(finding, HexHash(record->block));
    } else if (record->Field("WARC-Type") == "metadata") {
      statements_.emplace(finding, record->block);
    }
  }

  void CheckEvidence() {
    for (const json::value& value : ListAt(manifest_, "evidence")) {
      const json::object& line = ObjectAt(value);
      const std::string id = TextAt(line, "finding");
      const std::string name = "finding " + SafeForTerminal(id);
      const json::value* kept = line.if_contains("kept");
      const auto statement = statements_.find(id);
      if (statement == statements_.end()) {
        if (kept != nullptr && kept->is_bool() && kept->get_bool()) {
          Tell(name + ": its evidence is missing from evidence.warc.gz");
        } else {
          report_.notes.push_back(name +
                                  ": no evidence was kept, or it was deleted or lost (`schoolwatch "
                                  "doctor` tells which)");
        }
        continue;
      }
      const std::optional<json::object> said = ParseObject(statement->second);
      const auto fragment = fragments_.find(id);
      if (!said || TextAt(*said, "finding") != id) {
        Tell(name + ": its metadata record is of another finding");
      } else if (fragment == fragments_.end() ||
                 fragment->second != TextAt(*said, "fragment_sha256")) {
        Tell(name + ": its part of the page is not the one that its metadata record tells of");
      }
      CheckSeal(name, line, statement->second);
    }
  }

  // That the log recorded these very words when they were found.
  void CheckSeal(const std::string& name, const json::object& line, const std::string& statement) {
    const std::uint64_t number = NumberAt(line, "audit_entry");
    if (number == 0) {
      report_.notes.push_back(name +
                              ": this case's part of the audit log does not tell of its evidence");
      return;
    }
    const auto entry = std::ranges::find(log_, number, &LogLine::number);
    const std::string key = FromHex(TextAt(line, "key"));
    if (entry == log_.end() || entry->what != "evidence kept" || key.empty() ||
        core::ToHex(core::HmacSha256(key, statement)) != entry->content) {
      Tell(fmt::format("{}: its evidence is not what entry {} of the audit log recorded", name,
                       number));
    }
  }

  ZipContents contents_;
  json::object manifest_;
  std::vector<LogLine> log_;
  std::map<std::string, std::string> fragments_;   // Finding to hash.
  std::map<std::string, std::string> statements_;  // Finding to text.
  ArchiveReport report_;
};

}  // namespace

ArchiveReport CheckCaseArchive(std::string_view bytes, const ZipLimits& limits) {
  return Checker(bytes, limits).Check();
}

}  // namespace schoolwatch::app
