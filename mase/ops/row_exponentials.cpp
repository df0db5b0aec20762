// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/row_exponentials.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/row_exponentials.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

float exponentialsOfRow(const float *x, float factor, int64_t count, float *y, float &largest) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  largest = *std::max_element(x, x + count);
  const auto top = hn::Set(f, largest), times = hn::Set(f, factor);
  const auto exponential = [&](auto v) { return hn::Exp(f, hn::Mul(hn::Sub(v, top), times)); };
  auto sums = hn::Zero(f);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto e = exponential(hn::LoadU(f, x + i));
    sums = hn::Add(sums, e);
    hn::StoreU(e, f, y + i);
  }
  float sum = hn::GetLane(hn::SumOfLanes(f, sums));
  if (i < count) {
    HWY_ALIGN float edge[16] = {};
    std::copy(x + i, x + count, edge);
    hn::Store(exponential(hn::Load(f, edge)), f, edge);
    for (int64_t j = 0; i + j < count; ++j)
      sum += y[i + j] = edge[j];
  }
  return sum;
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(exponentialsOfRow);

float rowExponentials(const float *x, float factor, int64_t count, float *y, float &largest) {
  return HWY_DYNAMIC_DISPATCH(exponentialsOfRow)(x, factor, count, y, largest);
}

} // namespace mase
#endif
