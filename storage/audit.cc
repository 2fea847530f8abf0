#include "storage/audit.h"

#include <algorithm>

#include "core/hash.h"
#include "storage/codec.h"
#include "storage/keys.h"

namespace schoolwatch::storage {

core::Result<AuditKey> LoadAuditKey(const std::filesystem::path& folder, MissingKey missing) {
  return LoadKeyFile(folder,
                     {.name = "audit.key",
                      .what = "the audit log's key",
                      .if_damaged = "put back the one of a backup, or move the file away, and the "
                                    "log goes on with a new key"},
                     missing);
}

core::Result<void> AppendAudit(Batch& batch, const RecordReader& reader,
                               const AuditContext& context, const core::AuditEvent& event) {
  SW_ASSIGN(const auto last, reader.Find<core::AuditHead>(std::string(kAuditHeadKey)));
  const std::string tail_key = Key(kAuditTailPrefix, event.case_id);
  core::AuditHead of_case;
  if (!event.case_id.empty()) {
    SW_ASSIGN(const auto tail, reader.Find<core::AuditHead>(tail_key));
    of_case = tail.value_or(core::AuditHead{});
  }
  const core::AuditEntry entry =
      core::MakeEntry(event, context.key, context.now, last.value_or(core::AuditHead{}), of_case);
  batch.Put(AuditKeyOf(entry.number), Encode(entry));
  batch.Put(std::string(kAuditHeadKey),
            Encode(core::AuditHead{entry.number, entry.number, entry.hash}));
  if (!event.case_id.empty()) {
    batch.Put(tail_key, Encode(core::AuditHead{entry.number, entry.case_entry, entry.hash}));
  }
  return {};
}

}  // namespace schoolwatch::storage
