// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/weight/weight_view.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<float> sixByTwo = {0, 1, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51};

TEST(WeightView, TakesRows) {
  const WeightView part = {.shape = {2, 2}, .stored = {6, 2}, .first = 3, .run = 2, .stride = 2};
  EXPECT_THAT(viewed(part, sixByTwo), ElementsAre(30, 31, 40, 41));
  // By head: one row of each three.
  const WeightView spread = {.shape = {2, 2}, .stored = {6, 2}, .first = 1, .run = 1, .stride = 3};
  EXPECT_THAT(viewed(spread, sixByTwo), ElementsAre(10, 11, 40, 41));
  const WeightView vector = {.shape = {2}, .stored = {12}, .first = 1, .run = 1, .stride = 6};
  EXPECT_THAT(viewed(vector, sixByTwo), ElementsAre(1, 31));
}

TEST(WeightView, Transposes) {
  const WeightView whole = {.shape = {2, 6}, .stored = {6, 2}, .transposed = true};
  EXPECT_THAT(viewed(whole, sixByTwo), ElementsAre(0, 10, 20, 30, 40, 50, 1, 11, 21, 31, 41, 51));
  const WeightView part = {.shape = {1, 6}, .stored = {6, 2}, .transposed = true, .first = 1, .run = 1, .stride = 1};
  EXPECT_THAT(viewed(part, sixByTwo), ElementsAre(1, 11, 21, 31, 41, 51));
}

TEST(WeightView, ScalesAndMoves) {
  const WeightView view = {.shape = {2}, .stored = {2}, .times = 2, .plus = 1};
  EXPECT_FALSE(view.isPlain());
  EXPECT_THAT(viewed(view, {3, -1}), ElementsAre(7, -1));
}

TEST(WeightView, SaysWhatIsWrong) {
  EXPECT_EQ(whyNotAView({.shape = {6, 2}, .stored = {6, 2}}), "");
  EXPECT_THAT(whyNotAView({.shape = {2}, .stored = {6, 2}}), HasSubstr("a weight of 1 dimensions out of 2"));
  EXPECT_THAT(whyNotAView({.shape = {6, 2}, .stored = {6, 3}}),
              HasSubstr("rows of 2 numbers out of a tensor that is 6x3"));
  EXPECT_THAT(whyNotAView({.shape = {4, 2}, .stored = {6, 2}}), HasSubstr("4 rows of a tensor that is 6x2"));
  const auto rows = [](int64_t first, int64_t run, int64_t stride) {
    return whyNotAView({.shape = {4, 2}, .stored = {6, 2}, .first = first, .run = run, .stride = stride});
  };
  EXPECT_EQ(rows(0, 2, 4), "");
  EXPECT_EQ(rows(2, 4, 4), "");
  for (auto [first, run, stride] : {std::tuple(3, 4, 4), {-1, 2, 2}, {0, 2, 5}, {0, 3, 3}, {0, 2, 1}, {7, 1, 1}})
    EXPECT_THAT(rows(first, run, stride), HasSubstr("do not begin at")) << first << " " << run << " " << stride;
  const int64_t huge = int64_t{1} << 62;
  EXPECT_THAT(whyNotAView({.shape = {huge, 1}, .stored = {huge, 1}, .first = huge, .run = huge, .stride = huge}),
              HasSubstr("do not begin at"));
}

} // namespace
} // namespace mase
