// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Characters whose class changed from one version of Unicode to another: each part has that of its version.
#include "mase/frontend/characters.h"

#include <gtest/gtest.h>

namespace mase {
namespace {

TEST(Characters, ClassesAreThoseOfTheirVersion) {
  EXPECT_TRUE(isMark(0x301));
  EXPECT_TRUE(isMark(0x1CF2)) << "a letter since Unicode 12";
  EXPECT_TRUE(isMark(0x1CF3));
  EXPECT_FALSE(isMark(0x111C9)) << "a mark since Unicode 11";
  EXPECT_FALSE(isMark(0x9FE)) << "assigned in Unicode 11";
  EXPECT_TRUE(isPunctuation(0x166D)) << "a symbol since Unicode 12";
  EXPECT_TRUE(isAccent(0x1734)) << "takes room since Unicode 14";
}

} // namespace
} // namespace mase
