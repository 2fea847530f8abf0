// What is erased of all that is neither a finding nor a case: where posts were read, who was told,
// what commands noted.

#include <algorithm>

#include "storage/address_finder.h"
#include "storage/sweeper.h"

namespace schoolwatch::storage {
core::Result<void> Sweeper::Seen() {
  for (const std::string& post_key : subject_.post_keys) {
    const std::string key = Key(kSeenPrefix, post_key);
    SW_ASSIGN(const auto mark, reader_.view().Get(key));
    if (mark) {
      Remove(key, "seen marks");
    }
  }
  // The same posts under the keys of other sources.
  return ForEachRecord<core::SeenMark>(
      kSeenPrefix, [&](const std::string& key, const core::SeenMark& mark) -> core::Result<void> {
        const bool gone = std::ranges::any_of(mark.findings, [&](const std::string& id) {
          return subject_.finding_ids.contains(id);
        });
        std::string post_key = key.substr(kSeenPrefix.size());
        if (gone && !subject_.post_keys.contains(post_key)) {
          Remove(key, "seen marks");
          changes_.gone_post_keys.insert(std::move(post_key));
        }
        return {};
      });
}

core::Result<void> Sweeper::Urls() {
  return ForEachRecord<core::UrlState>(
      kUrlPrefix, [&](const std::string& key, core::UrlState url) -> core::Result<void> {
        if (subject_.Leads(url.key)) {
          Remove(key, "addresses");
          return {};
        }
        // "thread https://…": whatever stands before the address.
        const auto dropped = std::erase_if(url.follow, [&](const std::string& follow) {
          return std::ranges::any_of(
                     subject_.urls,
                     [&](const std::string& erased) { return HasAddress(follow, erased); }) ||
                 subject_.Leads(
                     std::string_view(follow).substr(std::min(follow.find("http"), follow.size())));
        });
        if (dropped > 0) {
          Change(key, url, "addresses that led there");
        }
        return {};
      });
}

core::Result<void> Sweeper::Sources() {
  return ForEachRecord<core::SourceState>(
      kSourcePrefix, [&](const std::string& key, core::SourceState source) -> core::Result<void> {
        std::string masked = source.last_error;
        const bool tells = subject_.MaskAddresses(masked) ||
                           std::ranges::any_of(subject_.urls, [&](const std::string& url) {
                             return HasAddress(source.last_error, url);
                           });
        if (MaskName(source.last_error) || tells) {
          source.last_error = kErasedTitle;
          Change(key, source, "errors of sources");
        }
        return {};
      });
}

core::Result<void> Sweeper::Ledgers() {
  return ForEachRecord<core::HostLedger>(
      kLedgerPrefix, [&](const std::string& key, core::HostLedger ledger) -> core::Result<void> {
        const auto dropped = std::erase_if(ledger.withheld, [&](const core::LedgerRefusal& one) {
          // Kept without its query.
          return subject_.Leads(one.url) ||
                 std::ranges::any_of(subject_.urls, [&](const std::string& url) {
                   return url.substr(0, url.find_first_of("?#")) == one.url;
                 });
        });
        if (dropped > 0) {
          Change(key, ledger, "ledgers of hosts");
        }
        return {};
      });
}

// Where a route has come may be told by the id of somebody's post. Without it, the next look asks
// from a time on.
core::Result<void> Sweeper::Routes() {
  const auto tells = [this](const std::string& text) {
    return std::ranges::any_of(subject_.findings, [&](const core::Finding& finding) {
      return !finding.post.id.empty() && text.contains(finding.post.id);
    });
  };
  return ForEachRecord<core::RouteState>(
      kRoutePrefix, [&](const std::string& key, core::RouteState route) -> core::Result<void> {
        const bool newest = tells(route.newest_id);
        const bool cursor = tells(route.cursor);
        if (newest) {
          route.newest_id.clear();
        }
        if (cursor) {
          route.cursor.clear();
        }
        if (newest || cursor) {
          Change(key, route, "routes of platforms");
        }
        return {};
      });
}

core::Result<void> Sweeper::Items() {
  return ForEachRecord<core::OutboxItem>(
      kItemPrefix, [&](const std::string& key, const core::OutboxItem& item) -> core::Result<void> {
        if (IsMoot(item)) {
          Remove(key, "waiting alerts");
        }
        return {};
      });
}

core::Result<void> Sweeper::Batches() {
  return ForEachRecord<core::OutboxBatch>(
      kBatchPrefix, [&](const std::string& key, core::OutboxBatch batch) -> core::Result<void> {
        for (const core::OutboxItem& item : batch.items) {
          if (IsMoot(item)) {
            Remove(Key(kTracePrefix, item.id), "waiting alerts");
          }
        }
        const auto dropped =
            std::erase_if(batch.items, [&](const core::OutboxItem& item) { return IsMoot(item); });
        if (dropped > 0 && batch.items.empty()) {
          Remove(key, "waiting mails");
        } else if (dropped > 0) {
          Change(key, batch, "waiting mails that tell of others too");
        }
        return {};
      });
}

core::Result<void> Sweeper::Examples() {
  return ForEachRecord<core::KeptExample>(
      kExamplePrefix, [&](const std::string& key, core::KeptExample one) -> core::Result<void> {
        if (subject_.finding_ids.contains(one.id) || IsGone(one.case_id) ||
            subject_.Quotes(one.post.text)) {
          Remove(key, "kept examples");
        } else if (Clean(one.post)) {
          Change(key, one, "kept examples of others");
        }
        return {};
      });
}

core::Result<void> Sweeper::Reports() {
  return ForEachRecord<core::IntakeReceipt>(
      kReportPrefix, [&](const std::string& key, core::IntakeReceipt one) -> core::Result<void> {
        const std::size_t findings = one.findings.size();
        bool changed = std::erase_if(one.findings, [&](const std::string& id) {
                         return subject_.finding_ids.contains(id);
                       }) > 0;
        changed = MaskName(one.reporter) || changed;
        for (core::ReceivedFile& file : one.files) {
          changed = MaskName(file.name) || changed;
        }
        if (findings > 0 && one.findings.empty()) {
          Remove(key, "reports");
        } else if (changed) {
          Change(key, one, "reports of others");
        }
        return {};
      });
}

core::Result<void> Sweeper::Notes() {
  const auto tells = [&](const std::string& text) {
    std::string masked = text;
    return subject_.MaskAddresses(masked) ||
           std::ranges::any_of(subject_.urls,
                               [&](const std::string& url) { return HasAddress(text, url); }) ||
           std::ranges::any_of(
               subject_.names,
               [&](const NameFinder& name) { return name.is_distinct() && name.IsIn(text); }) ||
           subject_.Quotes(text);
  };
  return ForEach(kNotePrefix,
                 [&](const std::string& key, const std::string& value) -> core::Result<void> {
                   // Longer notes are lists, a line each.
                   std::string left;
                   std::size_t dropped = tells(key) ? value.size() : 0;
                   for (std::size_t from = 0; from < value.size() && dropped < value.size();) {
                     const std::size_t end = std::min(value.find('\n', from), value.size() - 1) + 1;
                     const std::string line = value.substr(from, end - from);
                     if (tells(line)) {
                       dropped += line.size();
                     } else {
                       left += line;
                     }
                     from = end;
                   }
                   if (dropped > 0 && left.empty()) {
                     Remove(key, "notes of commands");
                   } else if (dropped > 0) {
                     changes_.batch.Put(key, left);
                     ++changes_.changed["notes of commands"];
                   }
                   return {};
                 });
}

core::Result<void> Sweeper::Looks() {
  for (const std::string& hash : subject_.look_hashes) {
    const std::string key = Key(kLookPrefix, hash);
    SW_ASSIGN(const auto count, reader_.view().Get(key));
    if (count) {
      Remove(key, "counts of looks");
    }
  }
  return {};
}

}  // namespace schoolwatch::storage
