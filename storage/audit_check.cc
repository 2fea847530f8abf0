#include "storage/audit_check.h"

#include <map>

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kPage = 1000;
constexpr std::size_t kMostProblems = 1000;

std::string EntryName(std::uint64_t number) { return "entry " + std::to_string(number); }

class Checker {
 public:
  void Add(const core::AuditEntry& entry) {
    ++report_.entries;
    const core::AuditHead& last = report_.head;
    const std::uint64_t expected = last.number + 1;
    const bool whole = core::HashEntry(entry) == entry.hash;
    if (entry.number < expected) {
      Tell(entry.number,
           EntryName(entry.number) + " stands out of its place, behind " + EntryName(last.number));
      return;
    }
    if (entry.number > expected) {
      TellMissing(expected, entry.number - 1);
    } else if (entry.previous != last.hash && last.number > 0) {
      Tell(last.number, EntryName(last.number) + " was replaced: " + EntryName(entry.number) +
                            " names another hash for it");
    } else if (entry.previous != last.hash) {
      Tell(entry.number, EntryName(entry.number) + " names one before it, and there is none");
    }
    if (!whole) {
      Tell(entry.number, EntryName(entry.number) + " was changed after it was written");
    }
    if (!entry.case_id.empty()) {
      core::AuditHead& tail = tails_[entry.case_id];
      // After a gap the case's part of it is missing too, and that has been said.
      if (whole && report_.problems.empty() &&
          (entry.case_entry != tail.entries + 1 || entry.case_previous != tail.hash)) {
        Tell(entry.number, EntryName(entry.number) + " does not follow its case's last entry");
      }
      tail = {entry.number, entry.case_entry, entry.hash};
    }
    report_.head = {entry.number, report_.entries, entry.hash};
  }

  AuditReport Finish(const core::AuditHead& recorded) {
    const core::AuditHead& last = report_.head;
    if (recorded.number > last.number) {
      TellMissing(last.number + 1, recorded.number);
    } else if (recorded.number < last.number) {
      Tell(last.number, EntryName(last.number) + " came after what the log's head knows of");
    } else if (recorded.hash != last.hash) {
      Tell(last.number,
           EntryName(last.number) + " was replaced: the log's head names another hash");
    }
    return std::move(report_);
  }

  void Tell(std::uint64_t number, std::string what) {
    if (report_.problems.size() < kMostProblems) {
      report_.problems.push_back({number, std::move(what)});
    }
  }

 private:
  void TellMissing(std::uint64_t first, std::uint64_t last) {
    Tell(first, first == last ? EntryName(first) + " is missing"
                              : "entries " + std::to_string(first) + " to " + std::to_string(last) +
                                    " are missing");
  }

  AuditReport report_;
  std::map<std::string, core::AuditHead> tails_;
};

}  // namespace

core::Result<AuditReport> CheckAudit(const AuditLog& log,
                                     const std::optional<core::Sha256>& earlier_head) {
  Checker checker;
  bool found = !earlier_head;
  // Read before the entries: a run may add some meanwhile, but takes none away.
  SW_ASSIGN(const core::AuditHead head, log.LoadAuditHead());
  for (std::uint64_t after = 0;;) {
    SW_ASSIGN(const std::vector<core::AuditEntry> entries, log.LoadAudit(after, kPage));
    for (const core::AuditEntry& entry : entries) {
      checker.Add(entry);
      found = found || entry.hash == earlier_head;
    }
    if (entries.size() < kPage) {
      break;
    }
    after += kPage;
  }
  if (!found) {
    checker.Tell(0, "no entry has the hash " + core::ToHex(*earlier_head) +
                        ": the log was cut before it, or written anew");
  }
  return checker.Finish(head);
}

std::vector<AuditProblem> CheckCaseChain(std::span<const core::AuditEntry> entries) {
  std::vector<AuditProblem> problems;
  core::AuditHead last;
  for (const core::AuditEntry& entry : entries) {
    if (core::HashEntry(entry) != entry.hash) {
      problems.push_back(
          {entry.number, EntryName(entry.number) + " was changed after it was written"});
    }
    if (entry.case_entry != last.entries + 1 || entry.case_before != last.number) {
      problems.push_back(
          {entry.case_before, entry.case_before > last.number
                                  ? EntryName(entry.case_before) + " is missing"
                                  : EntryName(entry.number) + " stands out of its place"});
    } else if (entry.case_previous != last.hash) {
      problems.push_back({last.number, EntryName(last.number) + " was replaced: " +
                                           EntryName(entry.number) + " names another hash for it"});
    }
    last = {entry.number, entry.case_entry, entry.hash};
  }
  return problems;
}

}  // namespace schoolwatch::storage
