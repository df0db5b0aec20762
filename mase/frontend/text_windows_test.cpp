// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/text_windows.h"

#include "mase/frontend/refusals.h"
#include "mase/support/output.h"

#include <gmock/gmock.h>
#include <numeric>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

TextWindows windowsOf(int32_t ids, int64_t context) {
  std::vector<int32_t> numbers(static_cast<size_t>(ids)), bytes(numbers.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<int32_t>(10 + i);
  return {"text", numbers, bytes, context};
}

TEST(TextWindows, InputsTargetsAndTheRaggedTail) {
  for (int32_t ids : {7, 8, 9}) { // two windows of 3 need 7 ids, three need 10
    TextWindows windows = windowsOf(ids, 3);
    EXPECT_EQ(windows.count(), 2);
    EXPECT_EQ(windows.tokens(), 6);
    EXPECT_THAT(windows.inputs(0), ElementsAre(0, 1, 2));
    EXPECT_THAT(windows.targets(0), ElementsAre(1, 2, 3));
    EXPECT_THAT(windows.inputs(1), ElementsAre(3, 4, 5));
    EXPECT_THAT(windows.targets(1), ElementsAre(4, 5, 6));
    EXPECT_EQ(windows.targetBytes(), 11 + 12 + 13 + 14 + 15 + 16);
  }
}

TEST(TextWindows, ASearchAndItsReportShareNoWindow) {
  TextWindows windows = windowsOf(8 * 2 + 1, 2);
  TextWindows search = windows.searchPart(), report = windows.reportPart();
  EXPECT_EQ(search.count(), 2);
  EXPECT_EQ(report.count(), 6);
  EXPECT_THAT(search.inputs(1), ElementsAre(2, 3));
  EXPECT_THAT(report.inputs(0), ElementsAre(4, 5));
  EXPECT_EQ(search.targetBytes() + report.targetBytes(), windows.targetBytes());
  EXPECT_THAT(report.slice(1, 2).targets(0), ElementsAre(7, 8));
}

TEST(TextWindows, RefusesTooLittleText) {
  EXPECT_EQ(refusalOf([] { windowsOf(3, 3); }), "text: 3 tokens are too short for one window (context 3 needs 4)");
  EXPECT_THAT(refusalOf([] { windowsOf(0, 3); }), HasSubstr("0 tokens are too short"));
  EXPECT_THAT(
      refusalOf([] { windowsOf(7, 3).searchPart(); }),
      HasSubstr("2 windows are too few to search on a third of them (at least 3: a longer text or a shorter context)"));

  Tokenizer tokenizer = Tokenizer::read(std::filesystem::path(MASE_SOURCE_DIR) / "models/llama-stories-1m");
  ScratchFolder folder("text-windows");
  auto refusal = [&](const char *text, int64_t context) {
    writeFile(folder / "t.txt", text);
    return refusalOf([&] { readTextWindows(tokenizer, folder / "t.txt", context); });
  };
  EXPECT_THAT(refusal("", 2), HasSubstr("t.txt: is empty"));
  EXPECT_THAT(refusal("the the", 512), HasSubstr("too short for one window (context 512 needs 513)"));
  EXPECT_THAT(refusal("the \xff", 2), HasSubstr("t.txt: cannot be encoded: the text is not UTF-8 at byte 4"));
  EXPECT_EQ(refusal("the the", 1), "accepted");
}

} // namespace
} // namespace mase
