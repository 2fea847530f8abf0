#include "app/archive/case_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "app/archive/warc.h"
#include "core/hash.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

// A record's place in the compressed file.
struct Place {
  std::string type;
  std::string finding;
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string hash;
};

struct Warc {
  std::string bytes;
  std::vector<Place> places;
};

void AddRecord(const WarcRecord& record, std::string type, std::string finding, Warc& warc) {
  const std::string member = GzipMember(FormatWarcRecord(record));
  warc.places.push_back({std::move(type), std::move(finding), warc.bytes.size(), member.size(),
                         core::ToHex(core::HashSha256(member))});
  warc.bytes += member;
}

// The fields that every record has.
WarcRecord MakeRecord(std::string_view type, const std::string& id, core::Timestamp date,
                      std::string block) {
  WarcRecord record;
  record.fields = {{"WARC-Type", std::string(type)},
                   {"WARC-Record-ID", id},
                   {"WARC-Date", core::FormatRfc3339(date)},
                   {"WARC-Block-Digest", WarcDigest(block)}};
  record.block = std::move(block);
  return record;
}

void AddEvidence(const core::Evidence& evidence, const std::string& info_id, Warc& warc) {
  const std::string resource_id = WarcRecordId("resource " + evidence.finding_id);
  WarcRecord resource = MakeRecord("resource", resource_id, evidence.fetched_at, evidence.fragment);
  resource.fields.emplace_back("WARC-Payload-Digest", WarcDigest(evidence.fragment));
  resource.fields.emplace_back("WARC-Target-URI", evidence.url);
  resource.fields.emplace_back("WARC-Warcinfo-ID", info_id);
  if (!evidence.address.empty()) {
    resource.fields.emplace_back("WARC-IP-Address", evidence.address);
  }
  if (evidence.fragment_cut) {
    resource.fields.emplace_back("WARC-Truncated", "length");
  }
  resource.fields.emplace_back("Content-Type", evidence.fragment_type);
  AddRecord(resource, "resource", evidence.finding_id, warc);

  WarcRecord metadata = MakeRecord("metadata", WarcRecordId("metadata " + evidence.finding_id),
                                   evidence.fetched_at, core::EvidenceStatement(evidence));
  metadata.fields.emplace_back("WARC-Target-URI", evidence.url);
  metadata.fields.emplace_back("WARC-Warcinfo-ID", info_id);
  metadata.fields.emplace_back("WARC-Refers-To", resource_id);
  metadata.fields.emplace_back("WARC-Concurrent-To", resource_id);
  metadata.fields.emplace_back("Content-Type", "application/json");
  AddRecord(metadata, "metadata", evidence.finding_id, warc);
}

Warc MakeWarc(const CaseExport& made) {
  Warc warc;
  const std::string info_id =
      WarcRecordId("warcinfo " + made.of.id + core::FormatRfc3339(made.exported_at));
  WarcRecord info = MakeRecord(
      "warcinfo", info_id, made.exported_at,
      fmt::format("software: {}\r\nformat: WARC File Format 1.1\r\nconformsTo: "
                  "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
                  "\r\ndescription: posts of case {}, each with the part of the page on which it "
                  "was public\r\n",
                  made.made_by, made.of.id));
  info.fields.emplace_back("WARC-Filename", std::string(kWarcFile));
  info.fields.emplace_back("Content-Type", "application/warc-fields");
  AddRecord(info, "warcinfo", "", warc);
  for (const ExportedFinding& one : made.findings) {
    if (one.evidence) {
      AddEvidence(*one.evidence, info_id, warc);
    }
  }
  return warc;
}

// A line an entry: its hash, the hash of the log's entry before it, its canonical text.
std::string MakeAuditLog(const std::vector<core::AuditEntry>& entries) {
  std::string text;
  for (const core::AuditEntry& entry : entries) {
    text += core::ToHex(entry.hash) + " " + core::ToHex(entry.previous) + " " +
            core::CanonicalText(entry) + "\n";
  }
  return text;
}

// A line a text: what the post said before it was found, or after it was edited.
std::string MakeVersions(const std::vector<ExportedFinding>& findings) {
  std::string text;
  for (const ExportedFinding& one : findings) {
    for (const core::PostVersion& version : one.versions) {
      json::array categories;
      for (const core::Category category : version.categories) {
        categories.emplace_back(core::CategoryName(category));
      }
      text += json::serialize(json::object{{"finding", version.finding_id},
                                           {"read_at", core::FormatRfc3339(version.at)},
                                           {"title", version.title},
                                           {"text", version.text},
                                           {"severity", core::SeverityName(version.severity)},
                                           {"categories", std::move(categories)}}) +
              "\n";
    }
  }
  return text;
}

std::string MakeReadme(const CaseExport& made) {
  return fmt::format(
      "Case {}, exported by {} on {} (UTC).\n"
      "\n"
      "page.html         The case for people: open it in a browser, or print it.\n"
      "evidence.warc.gz  For each post the part of the page on which it was public, and when and\n"
      "                  how it was fetched: WARC/1.1 (ISO 28500), which other tools open.\n"
      "versions.jsonl    Where a post was edited: its other texts, and when each was read.\n"
      "audit.log         What was done about the case, each line tied to the one before by hash.\n"
      "manifest.json     The SHA-256 of each of these files, and where each record lies.\n"
      "\n"
      "Check it with:  schoolwatch cases verify THIS-ARCHIVE.zip\n"
      "Without schoolwatch: unpack it, compare `sha256sum` of each file with manifest.json, open\n"
      "evidence.warc.gz with any WARC reader, and in audit.log hash, for each line, the bytes "
      "that\n"
      "its second word stands for and the rest of the line behind the next space: SHA-256 of that\n"
      "is its first word. docs/evidence.md of schoolwatch shows it step by step.\n"
      "\n"
      "The hashes show that the archive is as it was exported, not who exported it: compare its "
      "own\n"
      "SHA-256 with the one that the school noted at the export.\n"
      "\n"
      "It holds personal data and perhaps allegations: keep it closed, and delete it when it is "
      "no\n"
      "longer needed.\n",
      made.of.id, made.made_by, core::FormatRfc3339(made.exported_at));
}

// 0: it recorded nothing of the kind.
std::uint64_t EvidenceEntry(std::span<const core::AuditEntry> log, const core::Evidence& evidence,
                            const core::Sha256& key) {
  const core::Sha256 content = core::HmacSha256(
      {reinterpret_cast<const char*>(key.data()), key.size()}, core::EvidenceStatement(evidence));
  const auto entry = std::ranges::find_if(log, [&content](const core::AuditEntry& candidate) {
    return candidate.action == core::AuditAction::kEvidenceKept && candidate.content == content;
  });
  return entry == log.end() ? 0 : entry->number;
}

std::string MakeManifest(const CaseExport& made, const std::vector<ArchivedFile>& files,
                         const Warc& warc) {
  const auto lines = [](std::string_view name, const std::vector<json::object>& objects) {
    std::string text = fmt::format("  \"{}\": [", name);
    for (std::size_t i = 0; i < objects.size(); ++i) {
      text += (i == 0 ? "\n    " : ",\n    ") + json::serialize(objects[i]);
    }
    return text + (objects.empty() ? "]" : "\n  ]");
  };
  std::vector<json::object> listed;
  for (const ArchivedFile& file : files) {
    listed.push_back({{"name", file.name},
                      {"bytes", file.bytes.size()},
                      {"sha256", core::ToHex(core::HashSha256(file.bytes))}});
  }
  std::vector<json::object> records;
  for (const Place& place : warc.places) {
    json::object record{{"type", place.type},
                        {"offset", place.offset},
                        {"length", place.length},
                        {"sha256", place.hash}};
    if (!place.finding.empty()) {
      record["finding"] = place.finding;
    }
    records.push_back(std::move(record));
  }
  std::vector<json::object> evidence;
  for (const ExportedFinding& one : made.findings) {
    json::object line{{"finding", one.finding.id}};
    if (one.evidence && one.key) {
      line["key"] = core::ToHex(*one.key);
      // 0: this case's part of the log does not have it.
      line["audit_entry"] = EvidenceEntry(made.audit, *one.evidence, *one.key);
    }
    line["kept"] = one.evidence.has_value();
    evidence.push_back(std::move(line));
  }
  const core::AuditEntry last = made.audit.empty() ? core::AuditEntry{} : made.audit.back();
  return fmt::format(
      "{{\n  \"format\": \"schoolwatch case archive\",\n  \"version\": 1,\n  \"case\": {},\n"
      "  \"exported_at\": \"{}\",\n  \"made_by\": {},\n  \"posts\": {},\n"
      "  \"audit_head\": {{\"number\": {}, \"hash\": \"{}\"}},\n{},\n{},\n{}\n}}\n",
      json::serialize(json::string(made.of.id)), core::FormatRfc3339(made.exported_at),
      json::serialize(json::string(made.made_by)), PostsIn(made), last.number,
      core::ToHex(last.hash), lines("files", listed), lines("evidence", evidence),
      lines("records", records));
}

}  // namespace

std::optional<core::Sha256> SealingKey(std::span<const core::AuditEntry> log,
                                       const core::Evidence& evidence,
                                       std::span<const core::Sha256> keys) {
  const auto found = std::ranges::find_if(
      keys, [&](const core::Sha256& key) { return EvidenceEntry(log, evidence, key) > 0; });
  if (found != keys.end()) {
    return *found;
  }
  return keys.empty() ? std::nullopt : std::optional(keys.front());
}

std::size_t PostsIn(const CaseExport& made) {
  std::set<std::string_view> ids;
  for (const ExportedFinding& one : made.findings) {
    ids.insert(one.finding.id);
  }
  // An edit whose first text was erased, or split off, is all of its post here.
  return static_cast<std::size_t>(std::ranges::count_if(
      made.findings,
      [&](const ExportedFinding& one) { return !ids.contains(one.finding.edit_of); }));
}

std::string MakeCaseArchive(const CaseExport& made) {
  Warc warc = MakeWarc(made);
  std::vector<ArchivedFile> files{{std::string(kPageFile), MakeCasePage(made)},
                                  {std::string(kWarcFile), warc.bytes},
                                  {std::string(kAuditFile), MakeAuditLog(made.audit)},
                                  {std::string(kReadmeFile), MakeReadme(made)}};
  if (std::string versions = MakeVersions(made.findings); !versions.empty()) {
    files.push_back({std::string(kVersionsFile), std::move(versions)});
  }
  std::string manifest = MakeManifest(made, files, warc);
  files.push_back({std::string(kManifestFile), std::move(manifest)});
  return WriteZip(files, made.exported_at);
}

}  // namespace schoolwatch::app
