// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/utf8.h"

#include <gtest/gtest.h>

namespace mase {
namespace {

constexpr size_t none = std::string_view::npos;

TEST(Utf8, EveryCodePointThereAndBack) {
  for (uint32_t c = 0; c < 0x110000; ++c) {
    bool surrogate = c >= 0xD800 && c < 0xE000;
    std::string bytes = utf8Of(c);
    Utf8Step step = utf8Step(bytes);
    ASSERT_EQ(step.valid, !surrogate) << c;
    if (surrogate)
      continue;
    ASSERT_EQ(step.codePoint, c);
    ASSERT_EQ(step.bytes, bytes.size());
    for (size_t cut = 1; cut < bytes.size(); ++cut)
      ASSERT_TRUE(utf8Step(std::string_view(bytes).substr(0, cut)).incomplete) << c;
  }
}

TEST(Utf8, FindsTheFirstFault) {
  EXPECT_EQ(firstInvalidUtf8(""), none);
  EXPECT_EQ(firstInvalidUtf8("plain text of more than eight bytes, \u00e9\u65e5\U0001f600"), none);
  for (size_t at = 0; at < 40; ++at) {
    std::string text(40, 'x');
    text[at] = '\x80';
    EXPECT_EQ(firstInvalidUtf8(text), at);
  }
  for (const char *bad :
       {"\xc0\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5", "\xe6\x97"})
    EXPECT_EQ(firstInvalidUtf8(std::string("ab") + bad), 2u) << bad;
}

TEST(Utf8, MendsRunByRun) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(mendUtf8("ok \u00e9"), "ok \u00e9");
  EXPECT_EQ(mendUtf8("a\xff\xfe"
                     "b"),
            "a" + mark + mark + "b");
  EXPECT_EQ(mendUtf8("\xe6\x97"
                     "x"),
            mark + "x");                                   // a begun character is one run
  EXPECT_EQ(mendUtf8("\xf0\x9f\x98"), mark);               // also at the end
  EXPECT_EQ(mendUtf8("\xed\xa0\x80"), mark + mark + mark); // a surrogate never begins one
}

TEST(Utf8, WhiteSpace) {
  int count = 0;
  for (uint32_t c = 0; c < 0x110000; ++c)
    count += isWhiteSpace(c);
  EXPECT_EQ(count, 25); // PropList.txt of the Unicode Character Database
  EXPECT_FALSE(isWhiteSpace(0x180E));
}

} // namespace
} // namespace mase
