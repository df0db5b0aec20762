// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/one_line.h"

#include <gtest/gtest.h>

namespace mase {
namespace {

TEST(OneLine, ControlCharactersAreShown) {
  EXPECT_EQ(oneLine("m.toml: 'a\nb\tc\r\x1b[2J\x7f' is \u00fcber"),
            "m.toml: 'a\\nb\\tc\\x0d\\x1b[2J\\x7f' is \u00fcber");
  EXPECT_EQ(oneLine(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(oneLine(""), "");
}

} // namespace
} // namespace mase
