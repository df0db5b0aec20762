// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/log_sum.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/runtime/log_sum.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

float largest(const float *x, int64_t count) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  auto most = hn::Set(f, x[0]);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    most = hn::Max(most, hn::LoadU(f, x + i));
  for (; i < count; ++i)
    most = hn::Max(most, hn::Set(f, x[i]));
  return hn::GetLane(hn::MaxOfLanes(f, most));
}

// The sum of exp(x - maximum) over a row.
float exponentialSum(const float *x, float maximum, int64_t count) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  const auto top = hn::Set(f, maximum);
  auto sums = hn::Zero(f);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    sums = hn::Add(sums, hn::Exp(f, hn::Sub(hn::LoadU(f, x + i), top)));
  float sum = hn::GetLane(hn::SumOfLanes(f, sums));
  for (; i < count; ++i)
    sum += hn::GetLane(hn::Exp(f, hn::Sub(hn::Set(f, x[i]), top)));
  return sum;
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(largest);
HWY_EXPORT(exponentialSum);

LogSum logSumOf(const float *row, int64_t count) {
  const float best = HWY_DYNAMIC_DISPATCH(largest)(row, count);
  return {best, std::log(static_cast<double>(HWY_DYNAMIC_DISPATCH(exponentialSum)(row, best, count))) + best};
}

bool isPrediction(const float *row, int32_t id, float largest) {
  return row[id] == largest && std::find(row, row + id, largest) == row + id;
}

} // namespace mase
#endif
