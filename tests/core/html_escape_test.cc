#include "core/text/html_escape.h"

#include <gtest/gtest.h>

namespace schoolwatch::core {
namespace {

using namespace std::string_view_literals;

TEST(EscapeHtml, LeavesNothingThatOpensATagAnEntityOrAnAttribute) {
  EXPECT_EQ(EscapeHtml("<b title=\"a\" id='b'>Tom & Jo</b>"),
            "&lt;b title=&quot;a&quot; id=&#39;b&#39;&gt;Tom &amp; Jo&lt;/b&gt;");
}

TEST(EscapeHtml, KeepsWordsOfAnyAlphabetAndDropsControlCharacters) {
  EXPECT_EQ(EscapeHtml("Sgoil Ghàidhlig 学校\n\tx\0\x1b\r"sv), "Sgoil Ghàidhlig 学校\n\tx");
}

}  // namespace
}  // namespace schoolwatch::core
