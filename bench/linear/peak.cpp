// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench/linear/peak.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/linear/peak.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

int64_t multiplyAddOnly(int64_t operations) {
  const hn::CappedTag<float, 16> f;
  // Enough independent sums to hide the latency of two units, few enough for 16 registers.
  constexpr int sums = 12;
  const int64_t each = sums * 2 * static_cast<int64_t>(hn::Lanes(f)), rounds = operations / each;
  hn::Vec<decltype(f)> sum[sums];
  for (int i = 0; i < sums; ++i)
    sum[i] = hn::Set(f, static_cast<float>(i));
  const auto a = hn::Set(f, 0.5F), b = hn::Set(f, 0.25F);
  for (int64_t round = 0; round < rounds; ++round)
    for (int i = 0; i < sums; ++i)
      sum[i] = hn::MulAdd(sum[i], a, b);
  auto total = sum[0];
  for (int i = 1; i < sums; ++i)
    total = hn::Add(total, sum[i]);
  volatile float kept = hn::GetLane(total); // or the compiler drops the loop
  (void)kept;
  return rounds * each;
}

} // namespace mase::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase::bench {

HWY_EXPORT(multiplyAddOnly);

int64_t multiplyAddOnly(int64_t operations) { return HWY_DYNAMIC_DISPATCH(multiplyAddOnly)(operations); }

} // namespace mase::bench
#endif
