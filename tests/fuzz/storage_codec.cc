#include "storage/codec.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "storage/privacy_records.h"

namespace {

// What decodes must encode to something that decodes to the same.
template <class T>
void Check(std::string_view bytes) {
  using schoolwatch::storage::Decode;
  using schoolwatch::storage::Encode;
  const auto record = Decode<T>(bytes);
  if (!record) {
    if (record.error().message.empty()) {
      std::abort();
    }
    return;
  }
  const std::string encoded = Encode(*record);
  const auto again = Decode<T>(encoded);
  if (!again || Encode(*again) != encoded) {
    std::abort();
  }
}

}  // namespace

// The first byte chooses the kind of record, the rest are its bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace core = schoolwatch::core;
  namespace storage = schoolwatch::storage;
  if (size == 0) {
    return 0;
  }
  const std::vector<char> copy(data + 1, data + size);
  const std::string_view bytes(copy.data(), copy.size());
  switch (data[0] % 17) {
    case 0:
      Check<core::SeenMark>(bytes);
      break;
    case 1:
      Check<core::UrlState>(bytes);
      break;
    case 2:
      Check<core::HostState>(bytes);
      break;
    case 3:
      Check<core::SourceState>(bytes);
      break;
    case 4:
      Check<core::Finding>(bytes);
      Check<core::PostVersion>(bytes);
      break;
    case 5:
      Check<core::Case>(bytes);
      break;
    case 7:
      Check<core::OutboxItem>(bytes);
      break;
    case 8:
      Check<core::OutboxBatch>(bytes);
      break;
    case 9:
      Check<storage::ItemTrace>(bytes);
      break;
    case 10:
      Check<storage::NearList>(bytes);
      break;
    case 12:
      Check<core::KeptExample>(bytes);
      break;
    case 13:
      Check<core::AuditEntry>(bytes);
      break;
    case 14:
      Check<core::AuditHead>(bytes);
      break;
    case 15:
      Check<core::Evidence>(bytes);
      break;
    case 16:
      Check<storage::ErasureMark>(bytes);
      break;
    case 6:
      Check<storage::LookCount>(bytes);
      break;
    default:
      Check<core::HostLedger>(bytes);
  }
  return 0;
}
