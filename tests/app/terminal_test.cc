#include "app/terminal.h"

#include <gtest/gtest.h>

namespace schoolwatch::app {
namespace {

TEST(SafeForTerminalTest, ControlCharactersAreTakenOut) {
  EXPECT_EQ(SafeForTerminal("a\x1b[31mb\r\x07\x7f"
                            "c\xc2\x9b"
                            "d\n\te"),
            "a[31mbcd\n e");
  EXPECT_EQ(SafeForTerminal("Ünï £5 😀"), "Ünï £5 😀");
  EXPECT_EQ(SafeForTerminal("MANIFES\xd4-4 \x9b"
                            "1m \xf0\x9f"),
            "MANIFES\uFFFD-4 \uFFFD1m \uFFFD");
}

TEST(CountTest, OneIsSingular) {
  EXPECT_EQ(Count(1, "post"), "1 post");
  EXPECT_EQ(Count(2, "post"), "2 posts");
  EXPECT_EQ(Count(0, "address", "addresses"), "0 addresses");
}

}  // namespace
}  // namespace schoolwatch::app
