// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/nearest_name.h"

#include <gtest/gtest.h>

namespace mase {
namespace {

TEST(NearestName, FindsTheFewestEdits) {
  std::vector<std::string> known = {"kv260", "u250", "zcu102"};
  EXPECT_EQ(nearestName("vk260", known), "kv260"); // a transposition is one edit
  EXPECT_EQ(nearestName("U250", known), "u250");
  EXPECT_EQ(nearestName("zcu", known), "zcu102");
  EXPECT_EQ(nearestName("stratix10", known), "");
  EXPECT_EQ(nearestName("x", {}), "");
}

TEST(NearestName, TheHintListsAllThatIsKnown) {
  EXPECT_EQ(nameHint("u25", {"kv260", "u250"}), "did you mean 'u250'? known: kv260, u250");
  EXPECT_EQ(nameHint("stratix10", {"kv260", "u250"}), "known: kv260, u250");
}

} // namespace
} // namespace mase
