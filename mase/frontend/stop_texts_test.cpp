// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/stop_texts.h"

#include "mase/support/error.h"

#include <gtest/gtest.h>

namespace mase {
namespace {

/// What is shown of `pieces`, with a bar behind each piece's share.
std::string shown(std::vector<std::string> texts, const std::vector<std::string> &pieces) {
  StopTexts stop(std::move(texts));
  std::string all;
  for (const std::string &piece : pieces)
    all += stop.push(piece) + "|";
  return all + stop.finish() + (stop.stopped() ? "#" : "");
}

TEST(StopTexts, WithoutATextEverythingPasses) { EXPECT_EQ(shown({}, {"a", "", "bc"}), "a||bc|"); }

TEST(StopTexts, EndInFrontOfTheText) {
  EXPECT_EQ(shown({"STOP"}, {"one STOP two", "three"}), "one ||#");
  EXPECT_EQ(shown({"STOP"}, {"STOP"}), "|#");
  EXPECT_EQ(shown({"b", "a"}, {"xab"}), "x|#"); // the first in the text, whatever their order
}

TEST(StopTexts, HoldBackWhatMightBegin) {
  EXPECT_EQ(shown({"STOP"}, {"a S", "T", "O", "P b"}), "a ||||#");
  EXPECT_EQ(shown({"STOP"}, {"a S", "TO", "p"}), "a ||STOp|");
  EXPECT_EQ(shown({"STOP"}, {"a STO"}), "a |STO");           // the text ends first
  EXPECT_EQ(shown({"aab"}, {"a", "a", "a", "b"}), "||a||#"); // it begins anew inside itself
  EXPECT_EQ(shown({"cd", "bcx"}, {"abc", "d"}), "a|b|#");    // a longer one is held for, a shorter one comes
  EXPECT_EQ(shown({"\n\n"}, {"a\n", "b\n", "\nc"}), "a|\nb||#");
}

TEST(StopTexts, KeepCharactersWhole) {
  EXPECT_EQ(shown({"é!"}, {"è", "é", "?"}), "è||é?|"); // è and é share their first byte
}

TEST(StopTexts, RefuseWhatNoTextHolds) {
  const auto errorOf = [](const char *text) -> std::string {
    try {
      StopTexts({"fine", text});
    } catch (const InputError &error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(errorOf(""), "a stop text is empty (it would end every text)");
  EXPECT_EQ(errorOf("\xC3"), "a stop text is not UTF-8 (the text never is anything else)");
}

} // namespace
} // namespace mase
