#pragma once

#include "core/post.h"
#include "storage/codec_fields.h"

namespace schoolwatch::storage {

// The fields of a post, for the records that hold one.

template <>
struct LastOf<core::PostKind> {
  static constexpr auto kValue = core::PostKind::kReview;
};
template <>
struct LastOf<core::Visibility> {
  static constexpr auto kValue = core::Visibility::kReportedPrivate;
};
template <class V>
void Visit(V& visit, typename V::template Ref<core::Post> post) {
  visit(1, post.kind);
  visit(2, post.id);
  visit(3, post.url);
  visit(4, post.title);
  visit(5, post.text);
  visit(6, post.quoted);
  visit(7, post.summary);
  visit(8, post.author);
  visit(9, post.author_url);
  visit(10, post.published);
  visit(11, post.published_text);
  visit(12, post.updated);
  visit(13, post.parent);
  visit(14, post.language);
  visit(15, post.platform);
  visit(16, post.page_of);
  visit(17, post.source);
  visit(18, post.thread_url);
  visit(19, post.thread_title);
  visit(20, post.thread_schools);
  visit(21, post.visibility);
}

}  // namespace schoolwatch::storage
