#include "storage/codec.h"
#include "storage/codec_fields.h"

namespace schoolwatch::storage {

template <class V>
void Visit(V& visit, typename V::template Ref<core::ReceivedFile> file) {
  visit(1, file.name);
  visit(2, file.type);
  visit(3, file.size);
  visit(4, file.sha256);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::IntakeReceipt> receipt) {
  visit(1, receipt.id);
  visit(2, receipt.reporter);
  visit(3, receipt.way);
  visit(4, receipt.received_at);
  visit(5, receipt.findings);
  visit(6, receipt.posts);
  visit(7, receipt.kept);
  visit(8, receipt.files);
}

SW_RECORD(core::IntakeReceipt)

}  // namespace schoolwatch::storage
